"""The pages of *Manage → Users*: who works as what, and what they hold so (LIC-7)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent, Member
from accounts.rights import Right
from billing import events
from licensing.models import QueueLogin
from tests.factories import AccessFactory, AccountFactory, MemberFactory, QueueFactory
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.licensing.pages import queries_of, signed_in

pytestmark = pytest.mark.django_db


@lasting
def account():
    account = AccountFactory(licensing_enabled=True)
    own(account, 9)
    return account


@pytest.fixture
def primary(account):
    return signed_in(account, name="Zoe")


@pytest.fixture
def calls(account):
    return QueueFactory(account=account, name="Sales calls", number=1, calling_out=True)


@pytest.fixture
def mail(account):
    return QueueFactory(account=account, name="Orders", number=2, channel="email")


@pytest.fixture
def ann(account):
    return MemberFactory(account=account, name="Ann")


def user_page(member) -> str:
    return reverse("licensing:user", args=[member.account_id, member.pk])


def names(browser, account, **query):
    answer = browser.get(reverse("licensing:users", args=[account.pk]), query)
    assert answer.status_code == 200
    return [row.member.name for row in answer.context["rows"]]


def queues_of(member):
    return [login.queue.name for login in QueueLogin.objects.filter(member=member)]


def test_the_list_shows_type_queues_licences_and_access(account, primary, calls):  # LIC-7
    sales = AccessFactory(account=account, name="Sales people")
    ann = MemberFactory(account=account, name="Ann", type="contact_centre", access=sales)
    QueueLogin.objects.create(member=ann, queue=calls)

    words = primary.get(reverse("licensing:users", args=[account.pk])).content.decode()

    for said in (
        *("Ann", "Contact centre", "Sales calls", "Sales people"),
        *("Voice through queue Sales calls", "Outbound through queue Sales calls"),
    ):
        assert said in words, said


def test_without_the_module_nothing_is_said_of_licences():  # LIC-2
    account = AccountFactory()
    queue = QueueFactory(account=account)
    browser = signed_in(account, type="contact_centre")
    member = Member.objects.get(account=account)

    for address in (
        reverse("licensing:users", args=[account.pk]),
        user_page(member),
        reverse("licensing:queues", args=[account.pk]),
        reverse("licensing:queue", args=[account.pk, queue.pk]),
        reverse("licensing:queue_new", args=[account.pk]),
    ):
        page = browser.get(address).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert main, address
        assert "licence" not in main.lower(), address


def test_the_list_is_searched_filtered_and_ordered(account, primary):
    for name, kind, status in (
        ("Ann", "contact_centre", "active"),
        ("Ben", "back_office", "active"),
        ("Cid", "cloudphone", "suspended"),
        ("Dan", "passive", "invited"),
        ("Eva", "passive", "deleted"),
    ):
        MemberFactory(account=account, name=name, type=kind, status=status)
    MemberFactory(account=account, robot=True)
    MemberFactory(name="Of somebody else")

    assert names(primary, account) == ["Ann", "Ben", "Zoe"]
    assert names(primary, account, sort="-name") == ["Zoe", "Ben", "Ann"]
    assert names(primary, account, q="be") == ["Ben"]
    assert names(primary, account, type="back_office") == ["Ben"]
    assert names(primary, account, type="nonsense", tab="bots") == ["Ann", "Ben", "Zoe"]
    assert names(primary, account, tab="suspended") == ["Cid"]
    assert names(primary, account, tab="invited") == ["Dan"]


def test_tabs_count_and_keep_the_search(account, primary):
    MemberFactory(account=account, status="suspended")
    address = reverse("licensing:users", args=[account.pk])

    tabs = primary.get(address, {"q": "an", "type": "passive"}).context["tabs"]

    assert [(str(tab["label"]), tab["count"]) for tab in tabs] == [
        ("Agents", 1),
        ("Suspended", 1),
        ("Invited", 0),
    ]
    assert tabs[1]["href"] == "?tab=suspended&q=an&type=passive"


def test_what_somebody_works_as_is_saved_in_one_go(ann, primary, calls, mail):  # LIC-7
    answer = primary.post(
        user_page(ann),
        {
            "type": "back_office",
            "calls_without_queue": "on",
            "queues_voice": [calls.pk],
            "queues_email": [mail.pk],
            "seen": "",
        },
        follow=True,
    )

    ann.refresh_from_db()
    assert (ann.type, ann.calls_without_queue) == ("back_office", True)
    assert queues_of(ann) == ["Sales calls", "Orders"]
    assert "Saved. Ann: Voice through queue Sales calls;" in answer.content.decode()
    assert set(AccountEvent.objects.filter(member=ann).values_list("kind", flat=True)) == {
        *("type", "calls", "queue_login"),
    }


def test_the_form_shows_what_is_so(ann, primary, calls, mail):
    QueueLogin.objects.create(member=ann, queue=calls)
    QueueFactory(account=ann.account, name="Old line", active=False)

    form = primary.get(user_page(ann)).context["form"]

    assert form["queues_voice"].value() == [calls.pk]
    assert [label for _, label in form.fields["queues_voice"].choices] == [
        "Sales calls · 1 · calls out"
    ]
    assert form["queues_email"].value() == []
    assert form["seen"].value() == str(calls.pk)


def test_a_right_that_the_type_cannot_have_is_told_beside_it_and_nothing_is_lost(  # ALL-4
    ann, primary, calls
):
    answer = primary.post(
        user_page(ann),
        {
            "type": "cloudphone",
            "calls_without_queue": "on",
            "queues_voice": [calls.pk],
            "seen": "",
        },
    )

    form = answer.context["form"]
    assert answer.status_code == 422
    assert "Only back-office users" in form.errors["calls_without_queue"][0]
    assert form["type"].value() == "cloudphone"
    assert [int(pk) for pk in form["queues_voice"].value()] == [calls.pk]
    assert queues_of(ann) == []


def test_where_no_licence_is_free_the_way_to_more_is_shown(account, calls, ann):  # LIC-7
    held = account.subscriptions.get().pk
    events.record(subscription_id=held, changes={"voice": 0}, at=timezone.now())
    address, typed = user_page(ann), {"type": "contact_centre", "queues_voice": [calls.pk]}
    sees = (Right.SEE_TEAM, Right.UPDATE_TEAM, Right.SEE_QUEUES)
    licences = reverse("licensing:licences", args=[account.pk])

    buys = signed_in(account, *sees, Right.SEE_LICENSING).post(address, {**typed, "seen": ""})
    asks = signed_in(account, *sees).post(address, {**typed, "seen": ""})

    for answer in (buys, asks):
        assert answer.status_code == 409
        assert "No Voice licence is owned. Add 1 in Licensing." in answer.content.decode()
    assert f'<a href="{licences}">To Licensing</a>' in buys.content.decode()
    assert "To Licensing" not in asks.content.decode()


def test_logins_changed_meanwhile_are_shown_before_they_are_written_over(ann, primary, calls, mail):
    QueueLogin.objects.create(member=ann, queue=mail)
    typed = {"type": "passive", "queues_voice": [calls.pk], "seen": ""}

    refused = primary.post(user_page(ann), typed)
    again = primary.post(user_page(ann), {**typed, "seen": refused.context["form"]["seen"].value()})

    assert refused.status_code == 409
    assert "The queue logins of Ann were changed meanwhile" in refused.content.decode()
    assert "They are now: Orders." in refused.content.decode()
    assert again.status_code == 302
    assert queues_of(ann) == ["Sales calls"]


@pytest.mark.parametrize(
    "seen",
    ["x", "1 2 ٣ x", "99999999999999999999", "9" * 5000],
    ids=["a letter", "other digits", "too great", "no number of Python's"],
)
def test_nonsense_in_what_was_seen_is_no_answer(seen, ann, primary, calls):
    QueueLogin.objects.create(member=ann, queue=calls)

    answer = primary.post(user_page(ann), {"type": "passive", "seen": seen})

    assert answer.status_code == 409
    assert queues_of(ann) == ["Sales calls"]


def test_a_suspended_person_is_logged_out_but_not_in(ann, primary, calls, mail):
    QueueLogin.objects.create(member=ann, queue=calls)
    Member.objects.filter(pk=ann.pk).update(status="suspended")

    refused = primary.post(
        user_page(ann),
        {"type": "passive", "queues_voice": [calls.pk], "queues_email": [mail.pk],
         "seen": str(calls.pk)},
    )  # fmt: skip
    primary.post(user_page(ann), {"type": "passive", "seen": str(calls.pk)})

    assert refused.status_code == 409
    assert "Only active people are logged in to queues." in refused.content.decode()
    assert queues_of(ann) == []


def test_queues_of_others_cannot_be_chosen(ann, primary, calls):  # ALL-1
    foreign = QueueFactory()

    answer = primary.post(
        user_page(ann), {"type": "passive", "queues_voice": [foreign.pk], "seen": ""}
    )

    assert answer.status_code == 422
    assert queues_of(ann) == []


@pytest.mark.parametrize("facts", [{"robot": True}, {"status": "deleted"}])
def test_bots_and_deleted_members_have_no_page(facts, account, primary):
    assert primary.get(user_page(MemberFactory(account=account, **facts))).status_code == 404


def test_a_person_of_somebody_else_is_not_found(account, primary):  # ALL-1
    foreign = MemberFactory()
    there = reverse("licensing:user", args=[account.pk, foreign.pk])

    assert primary.get(there).status_code == 404
    assert primary.post(there, {"type": "cloudphone", "seen": ""}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.type == "passive"


def test_who_only_sees_the_team_reads_who_can_change_it(account, ann, calls):  # LIC-2
    QueueLogin.objects.create(member=ann, queue=calls)
    reader = signed_in(account, Right.SEE_TEAM)
    MemberFactory(account=account, primary_admin=True, name="Jana")

    shown = reader.get(user_page(ann)).content.decode()

    assert "Jana (primary account admin) can change this." in shown
    assert "Sales calls" in shown
    assert "Save type" not in shown
    assert reader.post(user_page(ann), {"type": "cloudphone", "seen": ""}).status_code == 403


def test_who_may_not_see_queues_changes_the_type_and_leaves_the_logins(account, ann, calls, mail):
    QueueLogin.objects.create(member=ann, queue=calls)
    lead = signed_in(account, Right.UPDATE_TEAM)

    shown = lead.get(user_page(ann))
    answer = lead.post(
        user_page(ann), {"type": "contact_centre", "queues_email": [mail.pk], "seen": ""}
    )

    ann.refresh_from_db()
    assert shown.context["form"].queue_fields == []
    assert answer.status_code == 302
    assert (ann.type, queues_of(ann)) == ("contact_centre", ["Sales calls"])


def test_the_list_costs_the_same_with_one_row_and_with_fifty(account, primary, calls):
    def add():
        member = MemberFactory(account=account, type="contact_centre")
        QueueLogin.objects.create(member=member, queue=calls)

    add()
    address = reverse("licensing:users", args=[account.pk])
    one = queries_of(primary, address)
    for _ in range(48):
        add()

    assert queries_of(primary, address) == one


def test_the_page_of_a_person_costs_the_same_in_one_queue_and_in_fifty(account, primary, ann):
    def add():
        QueueLogin.objects.create(member=ann, queue=QueueFactory(account=account))

    add()
    one = queries_of(primary, user_page(ann))
    for _ in range(49):
        add()

    assert queries_of(primary, user_page(ann)) == one
