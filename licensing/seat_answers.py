"""What licensing says of seats of Conversations to the floors below, which ask by settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Account, Member
from accounts.questions import Consequence, Planned, Tone
from accounts.rights import Right
from accounts.who_may import together
from billing.objections import Objection, Proposal
from billing.requestable import CONVERSATIONS
from licensing.models import ConversationsLevel, Level
from licensing.seats import agents_of, seats_of

_NAMED: Final = 3


def not_below_use(proposal: Proposal) -> Iterator[Objection]:
    """Seats that agents take cannot go; it names who takes them. For ``BILLING_CHANGE_RULES``.

    The names are for who may see Conversations, where they stand; others read how many there are
    (CONV-5, ALL-1). Two queries where seats of Conversations go, else none.
    """
    lowered = [code for code, (was, becomes) in proposal.changes.items() if becomes < was]
    if not lowered:
        return
    codes = {code for code in proposal.held if proposal.products[code].family == CONVERSATIONS}
    gone = [code for code in lowered if code in codes]
    if not gone:
        return
    after = sum(proposal.held[code] for code in codes)
    agents = agents_of(proposal.account)
    used = agents.count()
    if after < used:
        yield _objection(proposal.account, gone[0], used=used, wanted=after)


def _objection(account: Account, code: str, *, used: int, wanted: int) -> Objection:
    # Whoever was assigned last stands first: by the same rule they would be given as viewers.
    last = agents_of(account).reverse().values_list("member__name", flat=True)[:_NAMED]
    said = {
        "who": together(list(last), more=max(used - _NAMED, 0)),
        "used": used,
        "go": used - wanted,
    }
    bare = ngettext("%(used)s seat is in use.", "%(used)s seats are in use.", used)
    in_use = ngettext(
        "%(used)s seat is in use, by %(who)s.", "%(used)s seats are in use, by %(who)s.", used
    )
    first = ngettext("Release %(go)s seat first.", "Release %(go)s seats first.", used - wanted)
    return Objection(
        product=code,
        text=f"{bare} {first}" % said,
        named=f"{in_use} {first}" % said,
        shown_to=Right.SEE_CONVERSATIONS,
        href=reverse("licensing:conversations", args=[account.pk]),
        link=_("To the seats"),
    )


def words_by_member(members: Sequence[Member]) -> dict[int, list[str]]:
    """Who of these holds a seat, in words; for ``ACCOUNTS_HOLDINGS``. One query."""
    seated = {
        member.pk: member
        for member in members
        if member.status == Member.Status.ACTIVE and member.takes_seat
    }
    agents = ConversationsLevel.objects.filter(member__in=seated, level=Level.AGENT)
    words = pgettext("Conversations", "Seat of Conversations")
    return {member_id: [words] for member_id in agents.values_list("member", flat=True)}


def consequences(planned: Planned) -> list[Consequence]:
    """Which seats a change of status sets free or takes; for ``ACCOUNTS_CONSEQUENCES``."""
    known = {member.pk: member for member in planned.members if member.pk}
    agents = ConversationsLevel.objects.filter(member__in=known, level=Level.AGENT)
    found = [known[member_id] for member_id in agents.values_list("member", flat=True)]
    freed = sum(_sits(one) and not _will_sit(one, planned) for one in found)
    taken = sum(_will_sit(one, planned) and not _sits(one) for one in found)
    if freed:
        words = ngettext(
            "Releases %(count)s seat of Conversations.",
            "Releases %(count)s seats of Conversations.",
            freed,
        )
        return [Consequence(words % {"count": freed}, Tone.RELEASES)]
    return _taken(planned, taken) if taken else []


def _taken(planned: Planned, number: int) -> list[Consequence]:
    """What people who come back take again, and whether more are in use then than owned."""
    words = ngettext(
        "Takes %(count)s seat of Conversations.", "Takes %(count)s seats of Conversations.", number
    )
    said = [Consequence(words % {"count": number})]
    now = seats_of(planned.account, at=planned.at)
    then = replace(now, used=now.used + number)
    if then.missing:
        beyond = _("Conversations: then %(used)s in use, %(owned)s owned.")
        said.append(Consequence(beyond % {"used": then.used, "owned": then.owned}))
    return said


def _sits(member: Member) -> bool:
    return member.status == Member.Status.ACTIVE and member.takes_seat


def _will_sit(member: Member, planned: Planned) -> bool:
    billing_role = planned.billing_role if planned.billing_role is not None else member.billing_role
    active = planned.becomes == Member.Status.ACTIVE
    return active and not (member.bot or billing_role)
