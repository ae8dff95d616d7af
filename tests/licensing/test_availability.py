"""Nobody comes to hold a licence more than the account owns (LIC-7)."""

import pytest

from accounts import invitations, joining, people, team
from accounts.models import Account, Invitation, Member
from accounts.refusals import ChangeRefused
from billing import checkout, events
from billing.models import Item, Product, Subscription
from billing.whole import read_whole
from licensing import logins, queues, working
from licensing.availability import NoLicenceFree
from licensing.cards import Licence
from licensing.entitlements import entitlements_of
from licensing.holdings import used_in
from licensing.models import QueueLogin
from licensing.overview import overview
from licensing.owning import Owning, owned_by, owning
from tests.billing.buying import GATEWAY, NOW, customer, waiting
from tests.billing.running import clock
from tests.factories import AccountFactory, MemberFactory, QueueFactory, UserFactory, instant
from tests.lasting import lasting
from tests.licensing.owning import own, sell
from tests.standing import chief

pytestmark = [pytest.mark.django_db]

AT = instant("2026-03-02 09:00")


@lasting
def account():
    return AccountFactory(licensing_enabled=True)


@pytest.fixture
def jana(account):
    return chief(account, name="Jana")


@pytest.fixture
def calls(account):
    return QueueFactory(account=account, name="Calls", channel="voice")


def agents(queue, number):
    found = [MemberFactory(account=queue.account, type="contact_centre") for _ in range(number)]
    QueueLogin.objects.bulk_create(QueueLogin(member=one, queue=queue) for one in found)
    return found


def test_the_last_licence_is_given_and_the_next_one_refused(account, jana, calls):  # LIC-7
    own(account, voice=2)
    agents(calls, 1)
    ann, ben = (MemberFactory(account=account, name=name) for name in ("Ann", "Ben"))

    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)
    with pytest.raises(NoLicenceFree) as refused:
        logins.log_in(here=jana, member_id=ben.pk, queue_id=calls.pk, at=AT)

    assert str(refused.value) == (
        "2 of 2 Voice licences are in use. Add 1 in Licensing, or release as many first."
    )
    assert refused.value.licences == (Licence.VOICE,)
    assert not QueueLogin.objects.filter(member=ben).exists()
    assert used_in(account)[Licence.VOICE] == 2


def test_a_second_queue_of_the_channel_takes_no_second_licence(account, jana, calls):  # LIC-7
    own(account, voice=1)
    more = QueueFactory(account=account, name="More calls", channel="voice")
    [ann] = agents(calls, 1)

    logins.log_in(here=jana, member_id=ann.pk, queue_id=more.pk, at=AT)

    assert used_in(account) == {Licence.VOICE: 1}


def test_what_is_owned_too_little_of_already_may_be_kept_and_given_back(account, jana, calls):
    own(account, voice=1)
    ann, _ = agents(calls, 2)

    logins.log_out(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)

    assert used_in(account) == {Licence.VOICE: 1}


def test_types_and_the_right_to_call_take_licences(account, jana):  # LIC-7
    own(account, back_office=1)
    ann, ben = (MemberFactory(account=account, type="passive") for _ in range(2))
    as_back_office = {"here": jana, "type": "back_office", "at": AT}

    working.set_type(member_id=ann.pk, calls_without_queue=False, **as_back_office)
    with pytest.raises(NoLicenceFree, match="1 of 1 Back-Office licence is in use"):
        working.set_type(member_id=ben.pk, calls_without_queue=False, **as_back_office)
    with pytest.raises(NoLicenceFree, match="No Cloudphone licence is owned"):
        working.set_type(member_id=ann.pk, calls_without_queue=True, **as_back_office)

    ben.refresh_from_db()
    assert ben.type == "passive"


def test_what_one_save_frees_it_may_take_again(account, jana, calls):
    """Somebody in the only voice queue moves to another one in the same deed."""
    own(account, voice=1, back_office=1)
    other = QueueFactory(account=account, name="Other", channel="voice")
    [ann] = agents(calls, 1)

    working.work_as(
        here=jana,
        member_id=ann.pk,
        type="back_office",
        calls_without_queue=False,
        queue_ids=[other.pk],
        seen=[calls.pk],
        at=AT,
    )

    assert used_in(account) == {Licence.VOICE: 1, Licence.BACK_OFFICE: 1}


def test_a_queue_begins_to_call_out_where_everybody_in_it_can_have_outbound(account, jana, calls):
    own(account, voice=2, outbound=1)
    agents(calls, 2)
    whole = {"name": "Calls", "channel": "voice", "number": calls.number, "active": True}

    with pytest.raises(NoLicenceFree, match="0 of 1 Outbound licence is in use"):
        queues.change_queue(here=jana, queue_id=calls.pk, outbound=True, at=AT, **whole)

    calls.refresh_from_db()
    assert not calls.outbound


def test_who_comes_back_needs_the_licence_again(account, jana, calls):  # LIC-7
    own(account, voice=1)
    [ann] = agents(calls, 1)
    people.set_status(member_id=ann.pk, status=Member.Status.SUSPENDED, at=AT)
    ben = MemberFactory(account=account)
    logins.log_in(here=jana, member_id=ben.pk, queue_id=calls.pk, at=AT)
    deed = {"deed": team.Deed.ACTIVATE, "here": jana, "at": AT}

    found = team.objections(members=[Member.objects.get(pk=ann.pk)], **deed)
    with pytest.raises(ChangeRefused, match="1 of 1 Voice licence is in use"):
        team.do(member_ids=[ann.pk], seen="", **deed)

    assert len(found) == 1
    ann.refresh_from_db()
    assert ann.status == Member.Status.SUSPENDED


def test_who_is_invited_as_what_needs_a_licence_joins_once_there_is_one(account, jana):  # LIC-7
    own(account, back_office=1)
    ann = MemberFactory(account=account, type="back_office")
    petr = UserFactory(email="petr@example.com")
    member = invitations.invite(here=jana, name="Petr", email=petr.email, at=AT)
    Member.objects.filter(pk=member.pk).update(type="back_office")
    token = invitations.token_of(Invitation.objects.get(member=member))

    with pytest.raises(ChangeRefused, match="Ask Jana to make room"):
        joining.accept(token=token, person=petr, at=AT)
    people.set_status(member_id=ann.pk, status=Member.Status.SUSPENDED, at=AT)
    joined = joining.accept(token=token, person=petr, at=AT)

    assert joined.status == Member.Status.ACTIVE


def test_what_an_order_takes_that_is_being_paid_for_is_given_to_nobody():  # LIC-7
    """The card pays a seat more; the same cart has let the second Voice go."""
    here = customer()
    Account.objects.filter(pk=here.account.pk).update(licensing_enabled=True)
    own(here.account, voice=2)
    calls = QueueFactory(account=here.account)
    ann, ben = (MemberFactory(account=here.account) for _ in range(2))
    order = waiting(here, seat=6, voice=1)
    logins.log_in(here=here, member_id=ann.pk, queue_id=calls.pk, at=NOW)

    with pytest.raises(NoLicenceFree, match="1 of 1 Voice licence is in use"):
        logins.log_in(here=here, member_id=ben.pk, queue_id=calls.pk, at=NOW)

    assert order.unsettled
    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))
    owned = owned_by(here.account, at=NOW)
    assert used_in(here.account)[Licence.VOICE] == owned[Licence.VOICE] == 1


def test_what_goes_at_the_next_opening_is_given_to_nobody_until_then(account, jana, calls):
    """A licence whose price lets a decrease wait: consumption and page agree. LIC-7, PRICE-5."""
    voice = sell("voice", peak=False, decrease="at_renewal")
    running = own(account, voice=2)
    [ann] = agents(calls, 1)
    events.record(subscription_id=running.pk, changes={"voice": 1}, at=AT)
    ben = MemberFactory(account=account)

    with pytest.raises(NoLicenceFree, match="1 of 1 Voice licence is in use"):
        logins.log_in(here=jana, member_id=ben.pk, queue_id=calls.pk, at=AT)

    assert owning(account, at=AT)[Licence.VOICE] == Owning(force=2, stay=1)
    [card] = overview(read_whole(account, codes=["voice"]), [voice], at=AT, language="en")
    assert (card.number, card.used, card.free) == (2, 1, 0)
    [told] = [one for one in entitlements_of(account, at=AT).licences if one.licence == "voice"]
    assert (told.owned, told.used, told.free) == (2, 1, 0)
    # The run has not come yet, and the opening has.
    later = instant("2026-04-01 09:00")
    assert owned_by(account, at=later)[Licence.VOICE] == 1
    logins.log_out(here=jana, member_id=ann.pk, queue_id=calls.pk, at=later)
    logins.log_in(here=jana, member_id=ben.pk, queue_id=calls.pk, at=later)


def test_what_has_ended_hides_nothing_of_what_is_owned(account, jana, calls):
    """Licences that ended, and others that follow: their rows come in any order."""
    running = own(account, voice=1)
    ended = Subscription.objects.get(pk=running.pk)
    ended.pk, ended.ends_on = None, ended.starts_on
    ended.save(force_insert=True)
    Item.objects.create(subscription=ended, product=Product.objects.get(code="voice"))
    ann = MemberFactory(account=account)

    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)

    assert owned_by(account, at=AT)[Licence.VOICE] == 1


def test_without_the_module_nothing_is_counted():  # LIC-2
    calls = QueueFactory(channel="voice")
    here = chief(calls.account)
    ann = MemberFactory(account=calls.account)

    logins.log_in(here=here, member_id=ann.pk, queue_id=calls.pk, at=AT)

    assert QueueLogin.objects.filter(member=ann).exists()
