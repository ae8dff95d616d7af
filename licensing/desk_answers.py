"""What licensing says of an account's members at the desk, in the desk's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accounts.models import Account, Member
from licensing.models import ConversationsLevel, Level
from licensing.seats import beyond, seats_of

_WORDS: Final = {
    Level.VIEWER: "viewer of Conversations",
    Level.AGENT: "agent of Conversations",
}
_BEYOND: Final = "agent of Conversations, given as viewer: no seat is left"


def levels(account: Account, members: Sequence[Member], *, at: datetime) -> dict[int, list[str]]:
    """Who of these uses Conversations as what (CONV-8); for ``DESK_LEVELS``.

    One query where nobody does, else a fixed number.
    """
    rows = ConversationsLevel.objects.filter(account=account, member__in=members)
    given = dict(rows.values_list("member", "level"))
    if not given:
        return {}
    over = {one.pk for one in beyond(account, seats_of(account, at=at))}
    return {key: [_BEYOND if key in over else _WORDS[Level(level)]] for key, level in given.items()}
