"""Payment methods: kept by the provider's form, one of them charged, every change on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.access import Lacking
from accounts.models import Account, AccountEvent, InboxMessage
from accounts.rights import Right
from billing import methods
from billing.gateways.base import Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.gateways.sandbox_cards import Behaviour
from billing.means import Lack, means_of
from billing.models import PaymentAttempt, PaymentMethod, SandboxCard, Subscription
from billing.refusals import ChangeRefused
from tests.billing.keeping import GATEWAY, fill_in, kept, opened
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    CardFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting
from tests.standing import chief, holder, stands

pytestmark = pytest.mark.django_db

NOW = instant("2026-02-20 12:00")


@lasting
def here():
    """The primary account admin of a payer by card who has none yet."""
    return chief(AccountFactory(card=None))


def cards(here) -> list[tuple[str, bool]]:
    found = PaymentMethod.objects.filter(payer=here.account, removed_at=None).order_by("pk")
    return [(one.last4, one.is_default) for one in found]


def deeds(here) -> list[tuple[str, str]]:
    found = AccountEvent.objects.filter(account=here.account, kind__contains="method")
    return list(found.order_by("pk").values_list("kind", "about"))


def test_the_first_card_is_the_one_that_is_charged(here):  # PLAN-11
    method = kept(here, at=NOW)

    assert (str(method), method.expires) == ("Visa ···· 1111", "12/40")
    assert (method.added_at, method.added_by) == (NOW, here.person)
    assert means_of(here.account, at=NOW).method == method
    assert deeds(here) == [("method_added", "Visa ···· 1111")]


def test_another_card_is_kept_beside_the_default(here):  # PLAN-11
    kept(here, at=NOW)
    kept(here, Behaviour.FUNDS, at=NOW)

    assert cards(here) == [("1111", True), ("0018", False)]


def test_a_card_takes_the_place_of_another(here):  # PLAN-11
    old = kept(here, at=NOW)
    kept(here, Behaviour.FUNDS, at=NOW)

    new = kept(here, Behaviour.SECURE, at=NOW, replaces=old.pk)

    old.refresh_from_db()
    assert (old.removed_at, old.is_default, new.is_default) == (NOW, False, True)
    assert cards(here) == [("0018", False), ("0059", True)]
    assert AccountEvent.objects.latest("pk").was == "Visa ···· 1111"


def test_another_one_is_made_the_default(here):  # PLAN-11
    kept(here, at=NOW)
    second = kept(here, Behaviour.SECURE, at=NOW)

    methods.make_default(here=here, method_id=second.pk, at=NOW)
    methods.make_default(here=here, method_id=second.pk, at=NOW)

    assert cards(here) == [("1111", False), ("0059", True)]
    assert [kind for kind, _ in deeds(here)].count("method_default") == 1


def test_an_expired_card_is_not_made_the_default(here):
    kept(here, at=NOW)
    expired = kept(here, Behaviour.SECURE, at=NOW, expires="02/2026")
    assert means_of(here.account, at=NOW).lack is None

    with pytest.raises(ChangeRefused, match="has expired"):
        methods.make_default(here=here, method_id=expired.pk, at=instant("2026-03-01 12:00"))


def test_a_card_is_good_to_the_end_of_its_month_where_the_payer_is():
    """In Prague it is March an hour before it is in UTC."""
    here = chief(AccountFactory(card=None, time_zone="Europe/Prague"))
    kept(here, at=NOW, expires="02/2026")

    assert means_of(here.account, at=instant("2026-02-28 22:59")).lack is None
    assert means_of(here.account, at=instant("2026-02-28 23:00")).lack is Lack.EXPIRED


def test_a_form_is_finished_once_however_often_it_is_asked(here):
    setup = opened(here, at=NOW)
    fill_in(setup)

    first, second = (
        methods.finish(setup_id=setup.pk, gateway=GATEWAY, at=NOW + timedelta(minutes=minute))
        for minute in (1, 2)
    )

    assert first.becomes == second.becomes
    assert second.settled_at == NOW + timedelta(minutes=1)
    assert PaymentMethod.objects.count() == 1


def test_a_form_that_was_left_keeps_nothing(here):
    setup = opened(here, at=NOW)

    assert methods.finish(setup_id=setup.pk, gateway=GATEWAY, at=NOW).state == "open"
    assert not PaymentMethod.objects.exists()


def test_a_card_that_the_bank_refuses_is_not_kept(here):
    setup = opened(here, at=NOW)
    fill_in(setup, Behaviour.UNKEPT)

    found = methods.finish(setup_id=setup.pk, gateway=GATEWAY, at=NOW)

    assert (found.state, found.cause) == ("refused", "declined")
    assert not PaymentMethod.objects.exists()


def test_a_provider_that_does_not_answer_is_said(here):
    with pytest.raises(ChangeRefused, match="does not answer"):
        methods.begin(here=here, gateway=Silent(), at=NOW, return_to=str)


def test_who_may_buy_may_change_what_is_charged_and_nobody_else(here):  # PLAN-11
    buyer = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    reader = holder(here.account, Right.SEE_COMPANY)
    method = kept(buyer, at=NOW)

    with pytest.raises(Lacking):
        methods.remove(here=reader, method_id=method.pk, at=NOW)
    with pytest.raises(Lacking):
        opened(reader, at=NOW)
    assert methods.remove(here=buyer, method_id=method.pk, at=NOW) is None


def test_the_primary_admin_hears_what_another_does(here):  # PLAN-11
    buyer = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    kept(here, at=NOW)
    assert not InboxMessage.objects.exists()

    method = kept(buyer, Behaviour.SECURE, at=NOW)
    methods.make_default(here=buyer, method_id=method.pk, at=NOW)
    methods.choose_way(here=buyer, pays_by="transfer", at=NOW)

    told = InboxMessage.objects.filter(person=here.person).order_by("pk")
    assert [one.details["kind"] for one in told] == ["method_added", "method_default", "pays_by"]
    assert {one.details["who"] for one in told} == {str(buyer.person)}


def test_the_last_card_stays_while_something_is_charged_to_it(here):  # PLAN-11
    method = kept(here, at=NOW)
    PriceFactory(code="seat")
    SubscriptionFactory(account=here.account, items={"seat": 1})

    with pytest.raises(ChangeRefused, match="Add another card first, or choose bank transfer"):
        methods.remove(here=here, method_id=method.pk, at=NOW)

    methods.choose_way(here=here, pays_by="transfer", at=NOW)
    assert methods.remove(here=here, method_id=method.pk, at=NOW) is None
    assert cards(here) == []


def test_the_last_card_goes_once_nothing_is_billed_any_more(here):
    method = kept(here, at=NOW)
    PriceFactory(code="seat")
    SubscriptionFactory(account=here.account, items={"seat": 1})
    Subscription.objects.update(next_bill_at=None)

    methods.remove(here=here, method_id=method.pk, at=NOW)

    assert cards(here) == []


def test_after_the_default_the_newest_good_card_is_charged(here):
    default = kept(here, at=NOW)
    good = kept(here, Behaviour.FUNDS, at=NOW)
    kept(here, Behaviour.SECURE, at=NOW, expires="02/2026")

    heir = methods.remove(here=here, method_id=default.pk, at=instant("2026-03-02 12:00"))

    assert heir == good
    assert cards(here) == [("0018", True), ("0059", False)]


def test_no_card_is_removed_while_the_answer_to_a_payment_is_awaited(here):
    SellerFactory()
    first, _ = kept(here, at=NOW), kept(here, Behaviour.SECURE, at=NOW)
    owed(here, state="unknown")

    with pytest.raises(ChangeRefused, match="answer to a payment is awaited"):
        methods.remove(here=here, method_id=first.pk, at=NOW)
    with pytest.raises(ChangeRefused, match="answer to a payment is awaited"):
        methods.choose_way(here=here, pays_by="transfer", at=NOW)


def test_the_provider_forgets_what_was_removed_and_is_asked_until_it_does(here):
    method = kept(here, at=NOW)
    methods.remove(here=here, method_id=method.pk, at=NOW)

    assert methods.forget(gateway=Silent(), at=NOW) == 0
    assert methods.forget(gateway=GATEWAY, at=NOW + timedelta(hours=1)) == 1
    assert methods.forget(gateway=GATEWAY, at=NOW + timedelta(hours=2)) == 0

    assert SandboxCard.objects.get().state == "forgotten"
    assert PaymentMethod.objects.get().forgotten_at == NOW + timedelta(hours=1)


def test_the_way_to_pay_is_in_the_history_and_in_the_log_of_deeds(here):  # PLAN-11
    assert methods.choose_way(here=here, pays_by="transfer", at=NOW)
    assert not methods.choose_way(here=here, pays_by="transfer", at=NOW)

    deed = AccountEvent.objects.get(kind="pays_by")
    assert (deed.was, deed.becomes, deed.actor) == ("Card", "Bank transfer", here.person)
    assert here.account.history.latest().pays_by == "transfer"


def test_nobody_chooses_cards_without_one(here):
    methods.choose_way(here=here, pays_by="transfer", at=NOW)

    with pytest.raises(ChangeRefused, match="Add one first"):
        methods.choose_way(here=here, pays_by="card", at=NOW)
    kept(here, at=NOW)
    assert methods.choose_way(here=here, pays_by="card", at=NOW)


def test_who_is_paid_for_has_no_methods_of_their_own():
    payer = AccountFactory(reseller=True)
    client = chief(AccountFactory(client=True, paid_by=payer))

    with pytest.raises(ChangeRefused, match="Another account pays"):
        opened(client, at=NOW)


def test_cards_of_another_provider_are_not_charged(here):
    """After a switch everybody adds their card anew; the old rows stay where history names them."""
    CardFactory(payer=here.account, gateway="elsewhere")

    assert means_of(here.account, at=NOW).lack is Lack.MISSING
    assert kept(here, at=NOW).is_default
    assert means_of(here.account, at=NOW).lack is None


def test_a_card_of_a_stranger_is_no_card_here(here):
    strange = PaymentMethod.objects.get(payer=AccountFactory())

    with pytest.raises(ChangeRefused, match="no longer there"):
        methods.make_default(here=here, method_id=strange.pk, at=NOW)


def test_the_way_of_the_account_is_read_again_under_the_lock(here):
    Account.objects.filter(pk=here.account.pk).update(pays_by="transfer")

    assert not methods.choose_way(here=here, pays_by="transfer", at=NOW)


def owed(here, *, state: str) -> None:
    """An attempt of the account in this state."""
    PriceFactory(code="seat")
    SubscriptionFactory(account=here.account, items={"seat": 1})
    bill(at=instant("2026-01-01 08:00"))
    PaymentAttempt.objects.filter(payer=here.account).update(state=state)


class Silent(SandboxGateway):
    """The sandbox, which has no answer for anybody's card."""

    def begin_method(self, key, payer, return_to):
        return Unknown()

    def method_of(self, key):
        return Unknown()

    def forget_method(self, reference):
        return False
