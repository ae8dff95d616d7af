"""Payment methods: added and replaced through the provider's form, chosen, removed. PLAN-11.

Every change is in the log of deeds, and the primary account admin hears of another's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import acting
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.locks import lock_payers
from accounts.models import Account, AccountEvent
from accounts.rights import Right
from billing import method_deeds
from billing.core.periods import local_day
from billing.gateways import gateway as gateway_of_the_site
from billing.gateways.base import Form, Gateway, MethodReady, MethodRefused, NeverSeen, Unaskable
from billing.means import default_of, kept_by
from billing.models import MethodSetup, PaymentAttempt, PaymentMethod, Receivable, Subscription
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

Kind = AccountEvent.Kind
State = MethodSetup.State
_QUEUED = PaymentAttempt.State.QUEUED
_ON_ITS_WAY = (
    PaymentAttempt.State.SENT,
    PaymentAttempt.State.UNKNOWN,
    PaymentAttempt.State.ACTION,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The provider's form for one card: where the person goes to fill it in.

    Without an ``url`` it stands on our own page of it.
    """

    setup: MethodSetup
    url: str


def begin(
    *,
    here: Standing,
    gateway: Gateway,
    at: datetime,
    return_to: Callable[[MethodSetup], str],
    replaces: int | None = None,
    next_page: str = "",
) -> Opened:
    """Open the provider's form, to add a card or to take the place of one that is kept.

    ``return_to`` says to where the provider sends the person back. `ChangeRefused` where the
    account does not pay for itself, the card is no longer there, or the provider does not answer.
    Call it outside any transaction.
    """
    with transaction.atomic():
        here = _begin(here)
        old = None if replaces is None else _kept(here, replaces)
        setup = MethodSetup.objects.create(
            account=here.account,
            person=here.person,
            visit=here.visit,
            gateway=gateway.name,
            replaces=old,
            next=next_page,
            begun_at=at,
        )
    answer = _opened_form(gateway, setup, return_to(setup))
    if answer is None:
        raise ChangeRefused(
            _("The payment provider does not answer. Nothing was changed: try again in a minute.")
        )
    return Opened(setup, answer.url)


def _opened_form(gateway: Gateway, setup: MethodSetup, return_to: str) -> Form | None:
    try:
        answer = gateway.begin_method(setup.key, str(setup.account_id), return_to)
    except Unaskable as problem:
        logger.error("method form refused key=%s because=%s", setup.key, problem)
        return None
    return answer if isinstance(answer, Form) else None


def finish(*, setup_id: int, gateway: Gateway, at: datetime) -> MethodSetup:
    """Keep the card that the form has taken, if it has by now; once, whoever asks how often.

    The first card becomes the default, and one that replaces the default does. What waits to be
    charged to the card that is replaced is charged to the new one. Call it outside any transaction.
    """
    setup = MethodSetup.objects.select_related("account").get(pk=setup_id)
    if setup.state != State.OPEN:
        return setup
    answer = gateway.method_of(setup.key)
    if isinstance(answer, MethodReady | MethodRefused):
        with transaction.atomic():
            lock_payers([setup.account_id])
            setup = MethodSetup.objects.select_related(
                "account", "person", "visit__member", "replaces"
            ).get(pk=setup_id)
            if setup.state == State.OPEN:
                _settle(setup, answer, at=at)
    elif isinstance(answer, NeverSeen):
        logger.warning("method form never opened key=%s", setup.key)
    return setup


@transaction.atomic
def make_default(*, here: Standing, method_id: int, at: datetime) -> PaymentMethod:
    """Charge this card from now on. `ChangeRefused` for one that is expired or no longer there."""
    here = _begin(here)
    method = _kept(here, method_id)
    if method.is_expired(on=local_day(at, here.account.time_zone)):
        raise ChangeRefused(
            _("%(card)s has expired. Replace it, then make it the default.") % {"card": method}
        )
    before = default_of(here.account.pk, gateway=method.gateway)
    if before != method:
        _set_default(method)
        method_deeds.write(
            Kind.METHOD_DEFAULT,
            account=here.account,
            method=method,
            by=here.by,
            at=at,
            was=str(before or ""),
        )
    return method


@transaction.atomic
def remove(*, here: Standing, method_id: int, at: datetime) -> PaymentMethod | None:
    """Keep this card no longer; the one that is charged from now on, if there is any.

    `ChangeRefused` for the last one while something is to be charged to a card, while the answer to
    a payment is awaited, and while one waits to be charged to this card. The provider forgets it
    afterwards (`forget`).
    """
    here = _begin(here)
    method = _kept(here, method_id)
    if reason := why_not_removed(here.account, method):
        raise ChangeRefused(reason)
    _retire(method, at=at)
    _write(here, Kind.METHOD_REMOVED, method, at=at)
    heir = heir_of(method, payer=here.account, at=at)
    if heir is not None and not heir.is_default:
        _set_default(heir)
    return heir


def heir_of(method: PaymentMethod, *, payer: Account, at: datetime) -> PaymentMethod | None:
    """The card that is charged once this one is gone: the default, or the newest that is good."""
    today = local_day(at, payer.time_zone)
    others = kept_by(payer.pk, gateway=method.gateway).exclude(pk=method.pk)
    best = sorted(others, key=lambda one: (not one.is_default, one.is_expired(on=today), -one.pk))
    return best[0] if best else None


def why_not_removed(payer: Account, method: PaymentMethod) -> str:
    """Why this card has to stay, and what to do about it; empty where it may go."""
    # Begun by hand and broken off: the sweep charges it, within minutes, to the card it names.
    chosen = Q(state=_QUEUED, method=method)
    attempts = PaymentAttempt.objects.filter(payer=payer)
    if attempts.filter(Q(state__in=_ON_ITS_WAY) | chosen).exists():
        return _("The answer to a payment is awaited. Remove the card once it is there.")
    others = kept_by(payer.pk, gateway=method.gateway).exclude(pk=method.pk)
    if payer.pays_by != Account.PaysBy.CARD or others.exists() or not _to_collect(payer):
        return ""
    return _(
        "%(card)s is your only card, and your invoices are charged to it. Add another card first, "
        "or choose bank transfer."
    ) % {"card": method}


@transaction.atomic
def choose_way(*, here: Standing, pays_by: str, at: datetime) -> bool:
    """Pay by card or by bank transfer from now on; whether that is another way than before.

    Invoices that are issued keep theirs. `ChangeRefused` for cards where none is kept, and while
    the answer to a payment is awaited.
    """
    here = _begin(here)
    account = Account.objects.get(pk=here.account.pk)
    way = Account.PaysBy(pays_by)
    if account.pays_by == way:
        return False
    if PaymentAttempt.objects.filter(payer=account, state__in=_ON_ITS_WAY).exists():
        raise ChangeRefused(_("The answer to a payment is awaited. Choose once it is there."))
    kept = kept_by(account.pk, gateway=gateway_of_the_site().name)
    if way == Account.PaysBy.CARD and not kept.exists():
        raise ChangeRefused(_("There is no card to charge yet. Add one first."))
    was, account.pays_by = account.pays_by, way
    account.save(update_fields=["pays_by"])
    method_deeds.write_way(account, was=was, by=here.by, at=at)
    return True


def refresh(*, reference: str, gateway: Gateway, at: datetime) -> None:
    """Read anew what may be known of a card: its bank has sent a new one in its place.

    Call it outside any transaction.
    """
    card = gateway.card_of(reference)
    kept = PaymentMethod.objects.filter(
        gateway=gateway.name, reference=reference, removed_at=None
    ).first()
    if card is None or kept is None:
        return
    with transaction.atomic():
        payer = lock_payers([kept.payer_id])[kept.payer_id]
        was = f"{kept} {kept.expires}"
        kept.brand, kept.last4 = card.brand, card.last4
        kept.expires_month, kept.expires_year = card.month, card.year
        if was == f"{kept} {kept.expires}":
            return
        kept.save(update_fields=["brand", "last4", "expires_month", "expires_year"])
        method_deeds.write_renewed(kept, payer=payer, was=was, at=at)


def forget(*, gateway: Gateway, at: datetime) -> int:
    """Have the provider forget the cards that were removed; how many it has. JOBS-5."""
    removed = PaymentMethod.objects.filter(
        gateway=gateway.name, removed_at__isnull=False, forgotten_at=None
    )
    forgotten = 0
    for method in removed.exclude(attempts__state__in=_ON_ITS_WAY).order_by("pk"):
        if gateway.forget_method(method.reference):
            forgotten += removed.filter(pk=method.pk).update(forgotten_at=at)
    return forgotten


def _begin(here: Standing) -> Standing:
    """Under the lock of the account, which has to pay for itself."""
    if here.account.payer_id != here.account.pk:
        raise ChangeRefused(_("Another account pays for this one. Its payment methods are there."))
    return acting.begin(here, needs=Right.PURCHASE)


def _kept(here: Standing, method_id: int) -> PaymentMethod:
    kept = kept_by(here.account.pk, gateway=gateway_of_the_site().name)
    method = kept.filter(pk=method_id).first()
    if method is None:
        raise ChangeRefused(_("This card is no longer there. Look at the ones that are."))
    return method


def _write(
    here: Standing, kind: AccountEvent.Kind, method: PaymentMethod, *, at: datetime, was: str = ""
) -> None:
    method_deeds.write(kind, account=here.account, method=method, by=here.by, at=at, was=was)


def _settle(setup: MethodSetup, answer: MethodReady | MethodRefused, *, at: datetime) -> None:
    setup.settled_at = at
    if isinstance(answer, MethodRefused):
        setup.state, setup.cause = State.REFUSED, answer.cause
    else:
        setup.state, setup.becomes = State.DONE, _add(setup, answer, at=at)
    setup.save(update_fields=["state", "cause", "becomes", "settled_at"])


def _add(setup: MethodSetup, ready: MethodReady, *, at: datetime) -> PaymentMethod:
    card, old = ready.card, setup.replaces
    first = default_of(setup.account_id, gateway=setup.gateway) is None
    takes_over = first or (old is not None and old.is_default)
    method = PaymentMethod.objects.create(
        payer=setup.account,
        gateway=setup.gateway,
        reference=ready.reference,
        brand=card.brand,
        last4=card.last4,
        expires_month=card.month,
        expires_year=card.year,
        added_at=at,
        added_by=setup.person,
    )
    if old is not None and old.removed_at is None:
        _retire(old, at=at)
        # What somebody has chosen this card for is not charged to yet another one.
        waiting = PaymentAttempt.objects.filter(payer=setup.account, state=_QUEUED, method=old)
        waiting.update(method=method)
    if takes_over:
        _set_default(method)
    kind = Kind.METHOD_ADDED if old is None else Kind.METHOD_REPLACED
    by = Doer(person=setup.person, visit=setup.visit)
    method_deeds.write(kind, account=setup.account, method=method, by=by, at=at, was=str(old or ""))
    return method


def _set_default(method: PaymentMethod) -> None:
    PaymentMethod.objects.filter(payer=method.payer_id, is_default=True).update(is_default=False)
    method.is_default = True
    method.save(update_fields=["is_default"])


def _retire(method: PaymentMethod, *, at: datetime) -> None:
    method.is_default, method.removed_at = False, at
    method.save(update_fields=["is_default", "removed_at"])


def _to_collect(payer: Account) -> bool:
    """Whether anything is charged to the payer's card, now or later."""
    opened = Receivable.objects.filter(payer=payer, state=Receivable.State.OPEN, open__gt=0)
    held = Subscription.objects.filter(payer=payer, next_bill_at__isnull=False)
    return opened.exists() or held.exists()
