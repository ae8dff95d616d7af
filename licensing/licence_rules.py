"""What stands against a change of licences: people who hold them, and Outbound beyond Voice.

For ``BILLING_CHANGE_RULES``: asked when a cart is shown, and again under the lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.who_may import together
from billing.objections import Objection, Proposal
from licensing.cards import Licence, outbound_beyond_voice
from licensing.holding_rules import holdings
from licensing.holdings import used_in, workers
from licensing.licence_holders import holders
from licensing.wording import held_words, licence_names

_NAMED: Final = 3


def not_below_use(proposal: Proposal) -> Iterator[Objection]:
    """Licences that somebody holds cannot go; it names who holds them through what. LIC-4.

    The names are for who may see the team, as those of *Licence usage* are (ALL-1).

    Two queries where licences go, and a few more for each type of which too few would be left.
    """
    lower = {
        Licence(code): becomes
        for code, (was, becomes) in proposal.changes.items()
        if becomes < was and code in set(Licence)
    }
    if not lower:
        return
    used = used_in(proposal.account)
    for licence, wanted in lower.items():
        if wanted < used[licence]:
            yield _held(proposal.account, licence, used=used[licence], wanted=wanted)


def outbound_within_voice(proposal: Proposal) -> Iterator[Objection]:
    """There is never more Outbound than Voice on an account. LIC-6.

    It stands beside the line that brings it about: of both, beside Outbound. A query where it does.
    """
    changed = proposal.changes.keys() & {Licence.OUTBOUND, Licence.VOICE}
    beyond = outbound_beyond_voice(proposal.held)
    if not changed or not beyond or not _worsens(proposal):
        return
    names = licence_names()
    said = {
        "outbound": names[Licence.OUTBOUND],
        "voice": names[Licence.VOICE],
        "owned": proposal.held.get(Licence.VOICE, 0),
        "wanted": proposal.held[Licence.OUTBOUND],
        "more": beyond,
    }
    words = _(
        "Each %(outbound)s licence needs a %(voice)s licence, and %(wanted)s %(outbound)s would "
        "stand on %(owned)s %(voice)s. Take %(more)s %(outbound)s less, or %(more)s %(voice)s more."
    )
    product = Licence.OUTBOUND if Licence.OUTBOUND in changed else Licence.VOICE
    yield Objection(product.value, words % said)


def _worsens(proposal: Proposal) -> bool:
    """Whether more Outbound stands on no Voice than before: who has too much may have less."""
    steps = proposal.changes
    before: dict[str, int] = {
        licence.value: steps[licence][0] if licence in steps else proposal.held.get(licence, 0)
        for licence in (Licence.OUTBOUND, Licence.VOICE)
    }
    return outbound_beyond_voice(proposal.held) > outbound_beyond_voice(before)


def _held(account: Account, licence: Licence, *, used: int, wanted: int) -> Objection:
    names = licence_names()
    people = holders(account, [licence]).order_by("name_key", "pk")[:_NAMED]
    members = list(people)
    who = [
        _("%(name)s (%(why)s)") % {"name": member.name, "why": held_words(holding, names)}
        for member, worker in zip(members, workers(members), strict=True)
        for holding in holdings(worker)
        if holding.licence is licence
    ]
    said = {
        "used": used,
        "licence": names[licence],
        "who": together(who, more=used - len(who)),
        "go": used - wanted,
    }
    bare = ngettext(
        "%(used)s %(licence)s licence is in use.", "%(used)s %(licence)s licences are in use.", used
    )
    in_use = ngettext(
        "%(used)s %(licence)s licence is in use: %(who)s.",
        "%(used)s %(licence)s licences are in use: %(who)s.",
        used,
    )
    first = ngettext(
        "Release %(go)s of them first.", "Release %(go)s of them first.", used - wanted
    )
    return Objection(
        product=licence.value,
        text=f"{bare} {first}" % said,
        named=f"{in_use} {first}" % said,
        href=f"{reverse('licensing:release', args=[account.pk, licence.value])}?to={wanted}",
        link=_("Release and reduce"),
    )
