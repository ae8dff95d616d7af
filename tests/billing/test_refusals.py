"""What a customer reads where the log refuses a change: in their language, naming nobody above."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from billing import events
from billing.limits import LARGEST_QUANTITY
from billing.logs import refuse_frozen
from billing.models import Subscription
from billing.ordering import refuse_while_paying
from billing.refusals import ChangeRefused
from tests.billing.buying import NOW, customer, waiting

pytestmark = pytest.mark.django_db

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A payment of €6.57 is on its way since 12:00 UTC."),
        ("it", "Un pagamento di 6,57 € è in corso dalle 12:00 UTC."),
        ("cs", "Platba 6,57 € je na cestě od 12:00 UTC."),
    ],
)
def test_a_payment_on_its_way_is_told_in_the_readers_language(language, words):  # ALL-2
    here = customer()
    waiting(here, seat=6)

    with override(language), pytest.raises(ChangeRefused) as refused:
        refuse_while_paying(here.account)

    assert str(refused.value).replace(SPACE, " ").startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "changed just now"), ("it", "appena modificato"), ("cs", "právě změněno")],
)
def test_what_is_being_paid_is_told_without_naming_who_pays(language, words):  # ALL-2 AGY-3
    here = customer()
    order = waiting(here, seat=6)
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused, match=words) as refused:
        refuse_frozen(plan, codes=["seat"], but=None)

    assert str(order.person) not in str(refused.value)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Choose a number in between."), ("it", "compreso"), ("cs", "mezi nimi")],
)
def test_a_number_beyond_all_is_told_in_the_readers_language(language, words):  # ALL-2
    here = customer()
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused, match=words):
        events.record(
            subscription_id=plan.pk, changes={"seat": LARGEST_QUANTITY + 1}, at=NOW, by_name="Jana"
        )
