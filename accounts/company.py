"""What an account says about its company: what stands on invoices, and where they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import acting, addresses, deeds, inbox, who_may
from accounts.access import Standing
from accounts.models import Account, AccountEvent, InboxMessage, User
from accounts.naming import your_agency
from accounts.refusals import ChangeRefused
from accounts.rights import Right

NAMES: Final = {
    "name": gettext_lazy("Company name"),
    "street": gettext_lazy("Street and number"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "tax_id": gettext_lazy("Tax ID"),
    "language": pgettext_lazy("of invoices", "Language of invoices"),
    "emails": gettext_lazy("Invoice e-mails"),
}
# A tax ID is looked up again when it changes, and when the country that gave it does.
_CHECKED: Final = frozenset({"tax_id", "country"})


@dataclass(frozen=True, slots=True)
class Details:
    """The details of one company; ``emails`` are separated by commas, as they are stored."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str
    language: str
    emails: str

    @property
    def fingerprint(self) -> str:
        """Tells whether a page still shows what is so."""
        return sha256(repr(astuple(self)).encode()).hexdigest()[:32]

    def differs(self, other: Details) -> dict[str, tuple[str, str]]:
        """By name of the field what was and what becomes, where the two differ."""
        pairs = {
            one.name: (getattr(self, one.name), getattr(other, one.name)) for one in fields(self)
        }
        return {name: (was, becomes) for name, (was, becomes) in pairs.items() if was != becomes}


class Overtaken(ChangeRefused):
    """Somebody else changed the details while the page was open: ``now`` is what is so."""

    def __init__(self, now: Details) -> None:
        super().__init__(
            _(
                "The details were changed while this page was open. What is so now stands beside "
                "each field that differs. Save again to write yours."
            )
        )
        self.now = now


def details_of(account: Account) -> Details:
    """What the account says now."""
    plain = {name: str(getattr(account, name)) for name in NAMES if name != "emails"}
    return Details(**plain, emails=account.invoice_emails)


@transaction.atomic
def change(*, here: Standing, details: Details, seen: str, at: datetime) -> bool:
    """Write the account's details, in its history with the person, and in the log of deeds.

    ``seen`` is the fingerprint of what the person saw: `Overtaken` when that is no longer so.
    ``details`` are well formed; the form sees to it. False when nothing differs. A tax ID that
    changes counts as not checked yet (ALL-5).
    """
    here = acting.begin(here, needs=Right.UPDATE_COMPANY)
    account = Account.objects.get(pk=here.account.pk)
    before = details_of(account)
    if before.fingerprint != seen:
        raise Overtaken(before)
    changed = before.differs(details)
    if not changed:
        return False
    _write(account, details, changed)
    with translation.override(account.language):
        event = deeds.write(
            account_id=account.pk,
            kind=AccountEvent.Kind.COMPANY,
            at=at,
            by=here.by,
            was=_listed({name: was for name, (was, _becomes) in changed.items()}),
            becomes=_listed({name: becomes for name, (_was, becomes) in changed.items()}),
        )
    _tell(here, event, list(changed), at=at)
    return True


def told(message: InboxMessage) -> inbox.Told:
    """To the primary account admin: who changed which details."""
    names = [str(NAMES[name]) for name in message.details["fields"]]
    words = _("%(who)s changed the company details of %(account)s: %(fields)s.") % {
        "who": message.details["who"] or your_agency(),
        "account": message.account,
        "fields": ", ".join(names),
    }
    return inbox.Told(text=words, link=reverse("accounts:company", args=[message.account_id]))


def _write(account: Account, details: Details, changed: Mapping[str, object]) -> None:
    columns = [name for name in changed if name != "emails"]
    for name in columns:
        setattr(account, name, getattr(details, name))
    if "emails" in changed:
        written = addresses.written_addresses(details.emails)
        account.email = written[0] if written else ""
        account.more_emails = addresses.further(written)
        columns += ["email", "more_emails"]
    if _CHECKED & changed.keys():
        account.tax_id_state = Account.TaxIdState.UNCHECKED
        account.tax_id_checked_at = None
        columns += ["tax_id_state", "tax_id_checked_at"]
    account.save(update_fields=columns)


def _listed(values: Mapping[str, str]) -> str:
    return "; ".join(f"{NAMES[name]}: {value or '–'}" for name, value in values.items())


def _tell(here: Standing, event: AccountEvent, changed: list[str], *, at: datetime) -> None:
    admins = User.objects.filter(members__account=here.account, members__primary_admin=True)
    inbox.tell(
        name="company_changed",
        key=f"company:{event.pk}",
        account_id=here.account.pk,
        people=admins.exclude(pk=here.person.pk),
        details={"who": who_may.told_as(here), "fields": changed},
        at=at,
        topic=inbox.Topic.ACCOUNT,
    )
