"""What a request comes to: the quantities wanted and their price. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from billing.carts import Wanted
from billing.foreseeing import Running, look
from billing.levels import Sold, candidates, obstacles, replacing
from billing.models import ChangeRequest, Product
from billing.plans import held_plans
from billing.quoting import Quoted, quote
from billing.refusals import ChangeRefused
from billing.requestable import in_force
from billing.speaking import named, spoken


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of support, as they have written it; see `ChangeRequest`."""

    kind: str
    contact_email: str
    product: Product | None = None
    quantity: int | None = None
    wanted_on: date | None = None
    reason: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Wished:
    """What a request comes to; ``was`` and ``becomes`` are what it is about, with its number."""

    wanted: Wanted
    was: tuple[str, int]
    becomes: tuple[str, int]

    def to_json(self) -> dict[str, Any]:
        """What a message keeps of it, for whoever reads it later."""
        return {"was": list(self.was), "becomes": list(self.becomes)}


def wished(
    account: Account, *, kind: str, product: Product, quantity: int | None, at: datetime
) -> Wished:
    """What this asks for, given what the account holds at ``at``. PLAN-9, CONV-5.

    A plan in another's place keeps the contact limit, unless ``quantity`` is another one, and the
    number of user seats. `ChangeRefused` where nothing is held that could be changed, and where the
    plan has no room for what is: it says what must go first.
    """
    running = look(account, at=at)
    if kind in ChangeRequest.REPLACING:
        return _replacing(running, product, quantity, at)
    found = [one for one in in_force(running) if one.product == product]
    number, wanted = sum(one.quantity for one in found), quantity or 0
    said = {"product": named(product), "number": number}
    if not number:
        raise ChangeRefused(_("%(product)s is not held any more. Look at what is in force.") % said)
    if wanted >= number:
        raise ChangeRefused(
            _("%(number)s are held of %(product)s, which is no more than is asked for.") % said
        )
    return Wished(Wanted({product.code: wanted}), (product.code, number), (product.code, wanted))


def quoted(
    account: Account, *, kind: str, product: Product, quantity: int | None, at: datetime
) -> tuple[Wished, Quoted]:
    """What this asks for and its three amounts, as applying it would have it. PRICE-10.

    Nothing is written; what stands in its way are the quote's objections. `ChangeRefused` for what
    has no price, and where nothing would change; `QuoteChanged` as `quoting.quote`.
    """
    wish = wished(account, kind=kind, product=product, quantity=quantity, at=at)
    found = quote(
        account=account,
        changes=wish.wanted.changes,
        at=at,
        replaces=wish.wanted.replaces,
        granted=True,
    )
    if not found.steps:
        raise ChangeRefused(
            _("This is so already. Look at what is in force and what is scheduled.")
        )
    return wish, found


def quoted_request(request: ChangeRequest, *, at: datetime) -> tuple[Wished, Quoted]:
    """What applying this request would do now; as `quoted`, `ChangeRefused` for a mere question."""
    if request.product is None or not request.changes:
        raise ChangeRefused(_("Nothing that is held changes with this. It is answered."))
    return quoted(
        request.account,
        kind=request.kind,
        product=request.product,
        quantity=request.quantity,
        at=at,
    )


def _replacing(
    running: Sequence[Running], product: Product, quantity: int | None, at: datetime
) -> Wished:
    """One plan in the place of another, as `levels.replacing` has it for everybody. Decision 7."""
    mine = [one for one in held_plans(running) if one.product.family == product.family]
    if not mine or product.line is None or mine[0].product == product:
        raise ChangeRefused(
            _("There is no plan whose place %(product)s could take. Look at what is in force.")
            % {"product": named(product)}
        )
    held = mine[0]
    sold = candidates(product.line, sold=Sold.to(held, at=at), held=held)
    by = next((one for one in sold if one.product == product), None)
    if by is None:
        raise ChangeRefused(
            _("%(product)s is not sold any more. Choose another plan.")
            % {"product": named(product)}
        )
    wanted = held.contacts if quantity is None else quantity
    if in_the_way := [text for _product, text in obstacles(held, by=by, language=spoken())]:
        raise ChangeRefused(" ".join(in_the_way))
    return Wished(
        Wanted(replacing(held, by=by, contacts=wanted), replaces=True),
        (held.product.code, held.contacts),
        (product.code, wanted),
    )
