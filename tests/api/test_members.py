"""Members, their activity and levels, and contacts, kept in step by programs. API-3, PLAN-10."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, Member, MemberEvent
from billing import contacts
from billing.models import AutoUpgrade, ContactCall, ContactEntry
from config.api.members import MembersTold, MemberTold
from licensing.models import ConversationsDay, ConversationsLevel, QueueLogin
from tests.api.programs import Program
from tests.billing.contact_book import a_customer
from tests.factories import AccountFactory, MemberFactory, QueueFactory, UserFactory
from tests.lasting import lasting
from tests.licensing.seat_book import owner

pytestmark = pytest.mark.django_db


@lasting
def account() -> Any:
    return AccountFactory()


def put(program: Program, account: Any, reference: str, **wanted: Any) -> Any:
    return program.put(f"/accounts/{account.pk}/members/{reference}", wanted)


def test_a_member_is_added_changed_suspended_and_deleted(account):  # API-3
    program = Program(account)

    added = put(program, account, "u-7", name=" Jana  Nová ", email="Jana@Example.com")
    renamed = put(program, account, "u-7", name="Jana Malá")
    suspended = put(program, account, "u-7", status="suspended")
    deleted = put(program, account, "u-7", status="deleted")

    assert [one.status_code for one in (added, renamed, suspended, deleted)] == [201, 200, 200, 200]
    assert added.json()["name"] == "Jana Nová"
    assert added.json()["email"] == "jana@example.com"
    assert [one["becomes"] for one in MemberEvent.objects.order_by("sequence").values()] == [
        *("active", "suspended", "deleted"),
    ]
    cause = f"API key {program.key.name} ({program.key.shown})"
    assert set(MemberEvent.objects.values_list("cause", flat=True)) == {cause}
    [told] = AccountEvent.objects.all()
    assert (told.kind, told.was, told.becomes, told.actor_name) == (
        *("name", "Jana Nová", "Jana Malá", cause),
    )
    assert program.get(f"/accounts/{account.pk}/members/u-7").status_code == 404


def test_what_is_sent_again_changes_nothing(account):  # API-3
    program = Program(account)
    said = {"name": "Jana", "email": "jana@example.com", "status": "suspended"}

    first, second = (put(program, account, "u-7", **said) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    # Never active, so that nothing was billed for the moment in between.
    assert [one.step for one in MemberEvent.objects.all()] == [0]
    assert not AccountEvent.objects.exists()


@pytest.mark.parametrize(
    ("traits", "wanted", "field", "told"),
    [
        (None, {}, "name", "A member has a name"),
        (None, {"name": "Jana", "status": "deleted"}, "status", "no member"),
        (None, {"name": "Jana", "email": "taken@example.com"}, "email", "Somebody else"),
        ({}, {"bot": True}, "bot", "stays what they are"),
        ({"signs_in": True}, {"email": "x@example.com"}, "email", "changes it themselves"),
        ({"status": "invited"}, {"status": "active"}, "status", "invited and approved"),
        ({"status": "awaiting_approval"}, {"status": "active"}, "status", "invited and approved"),
        ({"status": "deleted"}, {"status": "active"}, "status", "was deleted, and stays so"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(account, traits, wanted, field, told):  # ALL-4
    MemberFactory(account=account, email="taken@example.com")
    if traits is not None:
        MemberFactory(account=account, reference="u-7", **traits)
    before = list(Member.objects.order_by("pk").values())

    answer = put(Program(account), account, "u-7", **wanted)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == f"body.{field}"
    assert told in answer.json()["detail"]
    assert list(Member.objects.order_by("pk").values()) == before


def test_the_primary_account_admin_hands_the_role_over_first(account):  # RSL-6
    MemberFactory(account=account, reference="u-1", primary_admin=True, signs_in=True)

    answer = put(Program(account), account, "u-1", status="suspended")

    assert answer.status_code == 409
    assert "Hand the role over" in answer.json()["detail"]


def test_who_would_hold_a_licence_that_is_not_free_stays_suspended():  # LIC-7
    account = AccountFactory(licensing_enabled=True)
    queue = QueueFactory(account=account)
    member = MemberFactory(
        account=account, reference="u-7", status="suspended", type="contact_centre"
    )
    QueueLogin.objects.create(member=member, queue=queue)

    answer = put(Program(account), account, "u-7", status="active")

    assert answer.status_code == 409
    assert "Voice" in answer.json()["detail"]
    member.refresh_from_db()
    assert member.status == "suspended"


def test_the_same_reference_of_another_account_is_somebody_else(account):  # ALL-1
    other = MemberFactory(reference="u-7", name="Theirs")

    put(Program(account), account, "u-7", name="Ours")

    other.refresh_from_db()
    assert other.name == "Theirs"
    assert Member.objects.get(account=account).name == "Ours"


def test_a_parameter_that_nobody_knows_is_told(account):  # ALL-4
    answer = Program(account).get(f"/accounts/{account.pk}/members", {"page": "2"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"].endswith("page")


def test_members_are_read_page_by_page(account, django_assert_num_queries):  # API-3
    for number in range(5):
        MemberFactory(account=account, reference=f"u-{number}")
    MemberFactory(account=account, reference="u-9", status="deleted")
    MemberFactory()
    program = Program(account)
    path = f"/accounts/{account.pk}/members"

    with django_assert_num_queries(2):
        first = program.get(path, {"limit": 3}).json()
    second = program.get(path, {"limit": 3, "after": first["next"]}).json()

    assert [one["reference"] for one in first["members"]] == ["u-0", "u-1", "u-2"]
    assert (first["next"], second["next"]) == ("u-2", None)
    assert [one["reference"] for one in second["members"]] == ["u-3", "u-4"]
    assert MembersTold.model_validate(first).model_dump(mode="json") == first
    one = program.get(f"{path}/u-0").json()
    assert MemberTold.model_validate(one).model_dump(mode="json") == one


# ---- activity ----


def test_activity_is_kept_and_may_be_sent_again(account):  # API-3, CONV-1
    now = timezone.now().replace(microsecond=0)
    ann, ben = (MemberFactory(account=account, reference=one) for one in ("ann", "ben"))
    said = {
        "members": [
            {
                "reference": "ann",
                "last_active_at": now.isoformat(),
                "days": [
                    {
                        **{"day": "2026-02-14", "conversations": 9, "answered": 8},
                        "first_response_seconds": 400,
                    }
                ],
            },
            {"reference": "ben", "last_active_at": (now + timedelta(days=3)).isoformat()},
        ]
    }
    program = Program(account)

    answers = [program.post(f"/accounts/{account.pk}/activity", said) for _ in range(2)]

    assert [one.json() for one in answers] == [{"members": 2, "days": 1}] * 2
    day = ConversationsDay.objects.get()
    assert (day.member_id, day.conversations, day.answered) == (ann.pk, 9, 8)
    ann.refresh_from_db()
    ben.refresh_from_db()
    assert ann.last_active_at == now
    assert ben.last_active_at is not None
    assert ben.last_active_at <= timezone.now()  # no clock of theirs is ahead of ours


def test_an_earlier_moment_than_is_known_changes_nothing(account):  # API-3
    now = timezone.now()
    member = MemberFactory(account=account, reference="ann", last_active_at=now)

    put(Program(account), account, "ann", last_active_at=(now - timedelta(days=1)).isoformat())

    member.refresh_from_db()
    assert member.last_active_at == now


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"reference": "nobody"}, 422, "There is no member nobody"),
        (
            {
                "reference": "ann",
                "days": [
                    {
                        **{"day": "2026-02-14", "conversations": 1, "answered": 2},
                        "first_response_seconds": 1,
                    }
                ],
            },
            409,
            "cannot have been answered",
        ),
    ],
)
def test_all_of_it_is_kept_or_nothing(account, wrong, status, told):  # API-3
    MemberFactory(account=account, reference="ann")
    MemberFactory(reference="nobody")  # of another account
    good = {"reference": "ann", "last_active_at": timezone.now().isoformat()}

    answer = Program(account).post(f"/accounts/{account.pk}/activity", {"members": [good, wrong]})

    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert Member.objects.get(account=account).last_active_at is None


# ---- levels ----


def test_an_agent_beyond_the_seats_owned_is_accepted_and_given_as_a_viewer():  # CONV-8
    here = owner(seats=1)
    program = Program(here.account)
    for name in ("ann", "ben"):
        MemberFactory(account=here.account, reference=name)

    def give(name: str, level: str) -> Any:
        path = f"/accounts/{here.account.pk}/members/{name}/conversations"
        return program.put(path, {"level": level})

    first, second = give("ann", "agent"), give("ben", "agent")
    again = give("ben", "agent")
    give("ann", "viewer")
    now = give("ben", "agent")

    assert (first.json()["given"], first.json()["warning"]) == ("agent", None)
    assert second.status_code == 200
    assert (second.json()["level"], second.json()["given"]) == ("agent", "viewer")
    assert "2 seats are in use, and 1 owned" in second.json()["warning"]
    assert again.json() == second.json()
    assert now.json()["given"] == "agent"
    told = AccountEvent.objects.filter(kind="conversations")
    assert told.count() == 3
    assert {one.actor_name for one in told} == {f"API key {program.key.name} ({program.key.shown})"}


@pytest.mark.parametrize(
    ("seats", "traits", "told"),
    [
        (0, {}, "owns no seat"),
        (1, {"bot": True}, "no active person"),
        (1, {"status": "suspended"}, "no active person"),
        (1, {"billing_role": True}, "billing role"),
    ],
)
def test_who_can_be_no_agent_is_refused(seats, traits, told):  # CONV-8
    here = owner(seats=seats)
    MemberFactory(account=here.account, reference="ann", **traits)

    answer = Program(here.account).put(
        f"/accounts/{here.account.pk}/members/ann/conversations", {"level": "agent"}
    )

    assert answer.status_code == 409
    assert told in answer.json()["detail"]
    assert not ConversationsLevel.objects.exists()


# ---- contacts ----


def step(program: Program, account: Any, key: str, change: int) -> Any:
    return program.post(f"/accounts/{account.pk}/contacts", {"key": key, "change": change})


def test_contacts_go_on_to_110_percent_and_are_counted_once():  # PLAN-10
    customer = a_customer(1000)
    program = Program(customer)

    answers = [
        step(program, customer, key, change)
        for key, change in (
            *(("a", 1000), ("b", 100), ("c", 1), ("b", 100), ("b", 99), ("d", -50), ("c", 1)),
        )
    ]

    assert [one.status_code for one in answers] == [201, 201, 409, 200, 409, 201, 201]
    assert answers[1].json() == {
        **{"outcome": "accepted", "change": 100, "stored": 1100, "used": 1100},
        **{"limit": 1000, "left": 0, "left_by_api": 0},
    }
    assert answers[2].json()["limit"] == {
        **{"name": "contacts", "limit": 1000, "used": 1100, "asked": 1},
    }
    assert answers[3].json()["outcome"] == "duplicate"
    assert answers[4].json()["type"].endswith("#problem-key-reused")
    assert contacts.stored_by(customer.pk) == 1051
    assert ContactCall.objects.count() == ContactEntry.objects.count() == 4
    assert ContactEntry.objects.latest("pk").actor_name.startswith("API key")


def test_more_than_there_are_is_not_removed():  # PLAN-10
    customer = a_customer(1000)
    program = Program(customer)
    step(program, customer, "a", 5)

    answer = step(program, customer, "b", -6)

    assert answer.status_code == 409
    assert "Only 5 contacts are stored" in answer.json()["detail"]
    assert contacts.stored_by(customer.pk) == 5


@pytest.mark.parametrize("change", [0, 10**12, "5", 1.5, True, None])
def test_a_step_is_a_number_and_not_none(account, change):  # ALL-4
    answer = step(Program(account), account, "a", change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.change"


def test_keys_of_two_accounts_are_two_keys():  # ALL-1
    from tests.billing.contact_book import who_holds_it

    first = a_customer(1000)
    second = who_holds_it(1000)

    for customer in (first, second):
        assert step(Program(customer), customer, "a", 1).status_code == 201


def test_a_limit_in_the_way_rings_for_an_automatic_upgrade(
    monkeypatch, django_capture_on_commit_callbacks
):  # PLAN-10
    from billing import tasks

    rung: list[Any] = []
    monkeypatch.setattr(tasks.upgrade_contacts, "apply_async", lambda **said: rung.append(said))
    customer = a_customer(1000)
    AutoUpgrade.objects.create(
        account=customer,
        product=customer.subscriptions.get().items.get().product,
        up_to=2500,
        prices=[],
        currency="EUR",
        interval="month",
        agreed_by=UserFactory(),
        agreed_by_name="Jana",
        agreed_at=timezone.now(),
    )

    with django_capture_on_commit_callbacks(execute=True):
        answer = step(Program(customer), customer, "a", 1101)

    assert answer.status_code == 409
    assert [one["args"] for one in rung] == [[customer.pk, 1101]]


@pytest.mark.parametrize(
    ("written", "status"), [("1517-11-21T08:08:27-16:34", 200), ("0001-01-01T00:00:00+10:00", 422)]
)
def test_an_instant_may_have_any_offset_but_lies_within_our_years(account, written, status):
    MemberFactory(account=account, reference="ann")

    answer = put(Program(account), account, "ann", last_active_at=written)

    assert answer.status_code == status, answer.content
