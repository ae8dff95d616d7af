"""Changes of payment methods in words: in the log of deeds, and for the primary account admin."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts import deeds, inbox, naming
from accounts.deeds import Doer
from accounts.models import Account, AccountEvent, InboxMessage, User
from billing.models import PaymentMethod

Kind = AccountEvent.Kind
_WAYS: Final = {
    Account.PaysBy.CARD.value: gettext_lazy("Card"),
    Account.PaysBy.TRANSFER.value: gettext_lazy("Bank transfer"),
}
_TOLD: Final = {
    Kind.METHOD_ADDED.value: gettext_lazy("%(who)s added the card %(card)s to %(account)s."),
    Kind.METHOD_REPLACED.value: gettext_lazy(
        "%(who)s replaced a card of %(account)s: it is %(card)s now."
    ),
    Kind.METHOD_DEFAULT.value: gettext_lazy(
        "%(who)s chose the card that %(account)s is charged to: %(card)s."
    ),
    Kind.METHOD_REMOVED.value: gettext_lazy("%(who)s removed the card %(card)s of %(account)s."),
}
_TOLD_WAY: Final = {
    Account.PaysBy.CARD.value: gettext_lazy(
        "%(who)s changed how %(account)s pays: by card from now on."
    ),
    Account.PaysBy.TRANSFER.value: gettext_lazy(
        "%(who)s changed how %(account)s pays: by bank transfer from now on."
    ),
}


def write(
    kind: AccountEvent.Kind,
    *,
    account: Account,
    method: PaymentMethod,
    by: Doer,
    at: datetime,
    was: str = "",
) -> None:
    """Write down what was done with a card, and tell who has to know."""
    event = deeds.write(account_id=account.pk, kind=kind, about=str(method), was=was, at=at, by=by)
    _tell(account, event, by=by, details={"kind": kind.value, "card": str(method)}, at=at)


def write_renewed(method: PaymentMethod, *, payer: Account, was: str, at: datetime) -> None:
    """Write down that a card has changed by itself; nobody has to be told."""
    deeds.write(
        account_id=payer.pk,
        kind=Kind.METHOD_RENEWED,
        about=str(method),
        was=was,
        becomes=f"{method} {method.expires}",
        at=at,
        by=deeds.NOBODY,
    )


def write_way(account: Account, *, was: str, by: Doer, at: datetime) -> None:
    """Write down by which way the account pays from now on, and tell who has to know."""
    with translation.override(account.language):
        event = deeds.write(
            account_id=account.pk,
            kind=Kind.PAYS_BY,
            was=str(_WAYS[was]),
            becomes=str(_WAYS[account.pays_by]),
            at=at,
            by=by,
        )
    details = {"kind": Kind.PAYS_BY.value, "way": str(account.pays_by)}
    _tell(account, event, by=by, details=details, at=at)


def told(message: InboxMessage) -> inbox.Told:
    """To the primary account admin: who did what with the payment methods."""
    details = message.details
    way = details["kind"] == Kind.PAYS_BY.value
    words = str(_TOLD_WAY[details["way"]] if way else _TOLD[details["kind"]])
    text = words % {
        "who": details["who"] or naming.your_agency(),
        "card": details.get("card", ""),
        "account": message.account,
    }
    return inbox.Told(text=text, link=reverse("billing:methods", args=[message.account_id]))


def _tell(
    account: Account, event: AccountEvent, *, by: Doer, details: dict[str, str], at: datetime
) -> None:
    admins = User.objects.filter(members__account=account, members__primary_admin=True)
    people = [] if by.person is None else [by.person]
    hidden = naming.people_of_agency(account, people)
    inbox.tell(
        name="methods_changed",
        key=f"methods:{event.pk}",
        account_id=account.pk,
        people=admins.exclude(pk__in=[one.pk for one in people]),
        details={"who": "" if hidden else by.name, **details},
        at=at,
        topic=inbox.Topic.ACCOUNT,
    )


def way_words(pays_by: str) -> str:
    """By card or by bank transfer, in the language that is switched on."""
    return str(_WAYS[pays_by])
