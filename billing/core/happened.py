"""What happened in a cycle: changes of quantities, of billable members, and metered use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

from billing.core.lines import Ref

Use: TypeAlias = Mapping[str, int]
"""The metered use of one cycle: the sum of each product's usage."""

_NOTHING_USED: Use = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Change:
    """One event of the log: from `at` (aware) on, `quantity` of `product` is wanted.

    `day` is the local day of `at` in the billing zone. `waits` None leaves it to the price's
    decrease rule when the change takes hold; True: at the next opening, an increase too; False: at
    once (a decrease is then not credited, unless the price says now_credit). Decision 4.

    `replaces` marks one side of a replacement (decision 7): it holds at once, the old is credited
    and the new is charged pro rata, both at once, whatever the price's rules say.
    """

    at: datetime
    day: date
    product: str
    quantity: int
    ref: Ref
    waits: bool | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class MemberChange:
    """One member more (`step` 1) or fewer (−1) is billable from `at` on; nothing else is written.

    Who is billable is decided before: active, no bot, not with the billing role. PRICE-3.
    """

    at: datetime
    day: date
    step: int
    ref: Ref


@dataclass(frozen=True, slots=True)
class Happened:
    """All that happened after one opening, up to and with the first instant of the next.

    Changes and members stand in the order of the log; at one instant changes come before members.
    `used` is the use of the cycle that ended, up to but without the next opening.
    """

    changes: Sequence[Change] = ()
    members: Sequence[MemberChange] = ()
    used: Use = field(default_factory=lambda: _NOTHING_USED)
