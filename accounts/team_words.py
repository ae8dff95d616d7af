"""What the Team page's dialogs say: their titles, their buttons, and what is so afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts import who_may as who
from accounts.foresight import Foreseen
from accounts.models import Account, Member
from accounts.rights import Right
from accounts.team import Deed

# In the ⋯ menu of a row.
MENU: Final[dict[Deed, Promise]] = {
    Deed.SUSPEND: _("Suspend"),
    Deed.ACTIVATE: _("Activate"),
    Deed.DELETE: _("Delete"),
    Deed.APPROVE: _("Approve"),
    Deed.DECLINE: _("Decline"),
}
_TITLES: Final[dict[Deed, Promise]] = {
    Deed.SUSPEND: _("Suspend %(name)s"),
    Deed.ACTIVATE: _("Activate %(name)s"),
    Deed.DELETE: _("Delete %(name)s"),
    Deed.APPROVE: _("Approve %(name)s"),
    Deed.DECLINE: _("Decline %(name)s"),
}
_AGENT: Final[dict[Deed, Promise]] = {
    Deed.SUSPEND: _("Suspend agent"),
    Deed.DELETE: _("Delete agent"),
}
_BOT: Final[dict[Deed, Promise]] = {
    Deed.SUSPEND: _("Suspend bot"),
    Deed.DELETE: _("Delete bot"),
}
_COSTING: Final[dict[Deed, Promise]] = {
    Deed.ACTIVATE: _("Activate for %(amount)s"),
    Deed.APPROVE: _("Approve for %(amount)s"),
}
_DONE: Final[dict[str, Promise]] = {
    Deed.SUSPEND: _("%(name)s is suspended, and can be activated again at any time."),
    Deed.ACTIVATE: _("%(name)s is active again."),
    Deed.DELETE: _("%(name)s is deleted. What they did stays in the history."),
    Deed.DECLINE: _("%(name)s is declined and was not added."),
}


def title(deed: Deed, members: Sequence[Member]) -> str:
    """The heading of the dialog: it names the one, or counts the many."""
    if len(members) == 1:
        return str(_TITLES[deed]) % {"name": members[0].name}
    number = {"number": len(members)}
    return ngettext("Suspend %(number)s agent", "Suspend %(number)s agents", len(members)) % number


def button(deed: Deed, members: Sequence[Member], *, foreseen: Foreseen) -> str:
    """What the button does, with the amount where it costs."""
    if foreseen.amount and deed in _COSTING:
        return str(_COSTING[deed]) % {"amount": foreseen.amount}
    if len(members) > 1:
        return title(deed, members)
    named = _BOT if members[0].bot else _AGENT
    return str(named.get(deed, MENU[deed]))


def lasting(deed: Deed, members: Sequence[Member]) -> str:
    """What else the reader should know before doing it, whatever it costs."""
    if deed is Deed.SUSPEND:
        return gettext(
            "While suspended they cannot enter this account. You can activate them at any time."
        )
    if deed is Deed.DELETE:
        return gettext(
            "They leave the list and cannot be activated again. What they did stays in the history."
        )
    if deed is Deed.APPROVE and members[0].email and not members[0].bot:
        return gettext("An invitation goes to %(email)s.") % {"email": members[0].email}
    return ""


def done(deed: Deed, members: Sequence[Member]) -> str:
    """What is so now."""
    if len(members) > 1:
        said = ngettext(
            "%(number)s agent is suspended, and can be activated again at any time.",
            "%(number)s agents are suspended, and can be activated again at any time.",
            len(members),
        )
        return said % {"number": len(members)}
    member = members[0]
    if deed is Deed.APPROVE and member.status == Member.Status.INVITED:
        said = gettext("%(name)s is approved. The invitation is on its way to %(email)s.")
        return said % {"name": member.name, "email": member.email}
    if deed is Deed.APPROVE:
        return gettext("%(name)s is approved and active.") % {"name": member.name}
    return str(_DONE[deed]) % {"name": member.name}


def added(bot: Member) -> str:
    """What is so after a bot was added."""
    if bot.status == Member.Status.ACTIVE:
        return gettext("%(name)s is added and active.") % {"name": bot.name}
    return gettext("%(name)s is added, and active as soon as it is approved.") % {"name": bot.name}


def who_may(account: Account) -> str:
    """Who suspends, activates, approves and deletes, for a person who may not."""
    people = _those_who_may(account)
    said = ngettext(
        "%(people)s can suspend, activate, approve and delete members.",
        "%(people)s can suspend, activate, approve and delete members.",
        len(people),
    )
    return _say(account, people, said)


def who_activates(account: Account) -> str:
    """Who can activate, for a person who is suspended."""
    people = _those_who_may(account)
    said = ngettext("%(people)s can activate you.", "%(people)s can activate you.", len(people))
    return _say(account, people, said)


def _those_who_may(account: Account) -> list[str]:
    found = access.holders(account, Right.SUSPEND, most=who.MOST_NAMED)
    return [who.called(one) for one in found]


def _say(account: Account, people: Sequence[str], said: str) -> str:
    """The sentence about these people; where there is none, whom to ask instead."""
    if not people:
        return who.can_change(account, Right.SUSPEND)
    return said % {"people": who.together(people)}
