"""Limits of counted services: who sets them, what they open and stop, and what is on record."""

import pytest

from accounts import access
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused, Lacking
from accounts.rights import Right
from billing.models import Item, Meter
from licensing.limits import MOST, limit_words, set_limit
from licensing.models import UsageLimit, UsageLimitStep
from licensing.usage import Outcome, Why
from tests.factories import AccessFactory, MemberFactory
from tests.lasting import lasting
from tests.licensing.usage_book import NOW, QA, ROUTING, STT, held, licensed, raiser, told, use

pytestmark = [pytest.mark.django_db]


@lasting
def account():
    return licensed()


@pytest.fixture
def here(account):
    return standing(raiser(account))


def standing(member):
    return access.standing(member.user, member.account_id)


def test_a_raised_limit_opens_a_stop_at_once(account, here):  # LIC-11
    set_limit(here=here, service=QA, over=1, at=NOW)
    use(account, QA, 200)
    stopped = use(account, QA, 5, key="again")

    set_limit(here=here, service=QA, over=2, at=NOW)

    goes_on = use(account, QA, 5, key="again")
    assert stopped.why is Why.LIMIT
    assert (goes_on.outcome, goes_on.used, goes_on.left) == (Outcome.ACCEPTED, 205, 195)


def test_a_lower_limit_stops_and_takes_nothing_back(account, here):
    set_limit(here=here, service=STT, over=2000, at=NOW)
    use(account, STT, 6500)

    set_limit(here=here, service=STT, over=0, at=NOW)

    assert use(account, STT, 1).limit == 5000
    assert Meter.objects.get().used == 6500
    assert told(account)[-1] == (STT, 100)


def test_each_change_is_on_record_in_the_accounts_language(account, here):
    account.language = "it"
    account.save()

    for over in (2000, 2000, None):
        set_limit(here=here, service=STT, over=over, at=NOW)

    deeds = AccountEvent.objects.filter(account=account, kind="usage_limit").order_by("pk")
    assert [(one.about, one.was, one.becomes) for one in deeds] == [
        ("Trascrizione", "nessun limite", "2.000 minuti oltre la base"),
        ("Trascrizione", "2.000 minuti oltre la base", "nessun limite"),
    ]


@pytest.mark.parametrize("first", [True, False])
def test_minutes_have_no_limit_before_their_first_use_and_after_it(account, here, first):  # LIC-10
    """So who chooses none has changed nothing, and who chooses one is told what was."""
    if first:
        use(account, STT, 10)
        assert UsageLimit.objects.get().over is None

    for over in (None, 0):
        set_limit(here=here, service=STT, over=over, at=NOW)

    deeds = AccountEvent.objects.filter(account=account, kind="usage_limit")
    assert [(one.was, one.becomes) for one in deeds] == [("no limit", "0 minutes over the base")]
    assert UsageLimitStep.objects.get().over == UsageLimit.objects.get().over == 0


def test_packs_have_no_limit_to_name_before_one_is_chosen(account, here):  # LIC-9
    set_limit(here=here, service=QA, over=None, at=NOW)

    [deed] = AccountEvent.objects.filter(account=account, kind="usage_limit")
    assert (deed.was, deed.becomes) == ("", "no limit")


def test_a_limit_is_as_it_was_typed():  # LIC-9, LIC-10
    words = [limit_words(STT, 1), limit_words(STT, 2000), limit_words(QA, 1), limit_words(QA, 3)]

    assert words == [
        *("1 minute over the base", "2,000 minutes over the base", "1 pack", "3 packs"),
    ]  # fmt: skip
    assert limit_words(QA, None) == "no limit"


@pytest.mark.parametrize("over", [-1, MOST + 1])
def test_what_cannot_be_sold_is_refused_beside_the_field(account, here, over):  # ALL-4
    with pytest.raises(FieldRefused, match="from 0 to 999,999,999") as refused:
        set_limit(here=here, service=QA, over=over, at=NOW)

    assert refused.value.field == "over"
    assert not UsageLimit.objects.exists()


def test_a_service_that_is_switched_off_has_no_limit_to_set(account, here):
    Item.objects.filter(product__code="power-packs").update(quantity=0)

    with pytest.raises(ChangeRefused, match="Power pack is switched off"):
        set_limit(here=here, service=ROUTING, over=1, at=NOW)


def test_choosing_a_limit_agrees_the_price():  # PRICE-8
    other = licensed(holds=("power-packs",))

    set_limit(here=standing(raiser(other)), service=QA, over=1, at=NOW)

    assert held(other, QA)


def test_who_only_sees_the_module_sets_no_limit(account):  # LIC-2
    sees = AccessFactory(account=account, rights=[Right.SEE_LICENSING])
    member = MemberFactory(account=account, access=sees, signs_in=True)

    with pytest.raises(Lacking):
        set_limit(here=standing(member), service=QA, over=1, at=NOW)
