"""The letters about a plan that is cancelled, or kept after all: to the customer and support."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.mail import Message
from accounts.models import AccountEvent, Letter
from billing.core.display import format_day
from billing.plain_letters import plain_letter
from billing.speaking import spoken


def cancelled(letter: Letter) -> Message:
    """To the primary account admin: when the plan ends, and until when that is taken back."""
    deed = _deed(letter)
    said = {"day": _day(deed), "account": deed.account}
    return plain_letter(
        language=letter.language,
        subject=_("The plan of %(account)s ends on %(day)s") % said,
        lead=_("The plan of %(account)s ends on %(day)s. Until then everything stays usable.")
        % said,
        facts=[
            _("Nothing is credited for the days until then."),
            _("Use that is still owed for the last cycle is billed on %(day)s.") % said,
        ],
        after=_("Until %(day)s you can keep the plan: nothing has changed then.") % said,
        button=_("Open Billing & upgrade"),
        path=_page(deed),
    )


def kept(letter: Letter) -> Message:
    """To the primary account admin: the plan goes on."""
    deed = _deed(letter)
    said = {"day": _day(deed), "account": deed.account}
    return plain_letter(
        language=letter.language,
        subject=_("The plan of %(account)s goes on") % said,
        lead=_("The plan of %(account)s goes on. It does not end on %(day)s.") % said,
        facts=[_("It is billed as before. What was scheduled before is scheduled again.")],
        button=_("Open Billing & upgrade"),
        path=_page(deed),
    )


def cancelled_support(letter: Letter) -> Message:
    """To support: who has cancelled, why, and when it ends."""
    deed = _deed(letter)
    return plain_letter(
        language=letter.language,
        subject=f"{deed.account} · plan cancelled, ends on {_day(deed)}",
        lead=f"{deed.account} cancelled its plan. It ends on {_day(deed)}.",
        facts=[f"Reason: {deed.reason}", f"By {deed.actor_name}"],
        button="Open it at the desk",
        path=_desk(deed),
    )


def kept_support(letter: Letter) -> Message:
    """To support: a plan that was cancelled goes on."""
    deed = _deed(letter)
    return plain_letter(
        language=letter.language,
        subject=f"{deed.account} · plan kept after all",
        lead=f"{deed.account} keeps its plan. It does not end on {_day(deed)}.",
        facts=[f"By {deed.actor_name}"],
        button="Open it at the desk",
        path=_desk(deed),
    )


def _deed(letter: Letter) -> AccountEvent:
    return AccountEvent.objects.select_related("account").get(pk=letter.subject_id)


def _day(deed: AccountEvent) -> str:
    return format_day(date.fromisoformat(deed.becomes), spoken())


def _page(deed: AccountEvent) -> str:
    return reverse("billing:overview", args=[deed.account_id])


def _desk(deed: AccountEvent) -> str:
    return reverse("admin:accounts_account_change", args=[deed.account_id])
