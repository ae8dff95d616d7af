"""Members: what is written down about them, and what it does to the number that is billed."""

import pytest

from accounts import people
from accounts.models import Account, Member, MemberEvent
from accounts.refusals import ChangeRefused
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db

Status = Member.Status


def log(account: Account) -> list[tuple[int, str, str, int]]:
    rows = MemberEvent.objects.filter(account=account).order_by("sequence")
    return list(rows.values_list("sequence", "was", "becomes", "step"))


def test_a_person_who_comes_and_goes_counts_one_up_and_one_down():  # PRICE-3
    ann = MemberFactory(status=Status.INVITED)

    people.set_status(member_id=ann.pk, status=Status.ACTIVE, at=instant("2026-02-03"))
    people.set_status(member_id=ann.pk, status=Status.SUSPENDED, at=instant("2026-02-20"))
    people.set_status(member_id=ann.pk, status=Status.DELETED, at=instant("2026-02-21"))

    assert log(ann.account) == [
        (1, "", "invited", 0),
        (2, "invited", "active", 1),
        (3, "active", "suspended", -1),
        (4, "suspended", "deleted", 0),
    ]


@pytest.mark.parametrize("kind", ["robot", "paying"])
def test_bots_and_the_billing_role_never_count(kind):  # PRICE-3
    member = MemberFactory(**{kind: True})

    people.set_status(member_id=member.pk, status=Status.SUSPENDED, at=instant("2026-02-20"))

    assert [step for *_, step in log(member.account)] == [0, 0]


def test_giving_the_billing_role_frees_a_seat_and_taking_it_back_needs_one():
    ann = MemberFactory()

    people.set_billing_role(member_id=ann.pk, billing_role=True, at=instant("2026-02-03"))
    people.set_billing_role(member_id=ann.pk, billing_role=True, at=instant("2026-02-04"))
    people.set_billing_role(member_id=ann.pk, billing_role=False, at=instant("2026-02-05"))

    assert log(ann.account)[1:] == [(2, "active", "active", -1), (3, "active", "active", 1)]


def test_an_entry_that_repeats_the_status_sets_nothing():
    ann = MemberFactory()

    again = people.set_status(member_id=ann.pk, status=Status.ACTIVE, at=instant("2026-02-03"))

    assert again is None
    assert len(log(ann.account)) == 1


def test_the_log_is_never_dated_backwards():
    account = AccountFactory()
    MemberFactory(account=account, at=instant("2026-02-10"))

    MemberFactory(account=account, at=instant("2026-02-09"))

    dates = MemberEvent.objects.filter(account=account).values_list("at", flat=True)
    assert list(dates) == [instant("2026-02-10"), instant("2026-02-10")]


def test_the_log_says_who_did_it_and_why():
    jana = UserFactory()
    ann = MemberFactory()

    event = people.set_status(
        member_id=ann.pk, status=Status.SUSPENDED, at=instant("2026-02-03"), by=jana, cause="left"
    )

    assert event is not None
    assert (event.actor, event.cause) == (jana, "left")


def test_the_primary_account_admin_is_not_suspended_before_handing_over():  # RSL-6
    ann = MemberFactory()
    Member.objects.filter(pk=ann.pk).update(primary_admin=True)

    with pytest.raises(ChangeRefused, match="Hand the role over"):
        people.set_status(member_id=ann.pk, status=Status.DELETED, at=instant("2026-02-03"))

    assert len(log(ann.account)) == 1


def test_a_reference_is_given_once_in_an_account():
    ann = MemberFactory(reference="ann")

    with pytest.raises(ChangeRefused, match="reference ann already"):
        MemberFactory(account=ann.account, reference="ann")


def test_a_member_without_a_reference_is_given_one_that_is_free():
    ann = MemberFactory(reference="m-2")

    bob, cid = (
        people.add_member(account_id=ann.account_id, name=name, at=instant("2026-02-03"))
        for name in ("Bob", "Cid")
    )

    assert [bob.reference, cid.reference] == ["m-3", "m-4"]


def test_many_entries_write_what_one_after_the_other_would(django_assert_max_num_queries):
    one, many = MemberFactory(status=Status.INVITED), MemberFactory(status=Status.INVITED)
    story = [("2026-02-03", Status.ACTIVE), ("2026-02-04", Status.ACTIVE)]
    story += [("2026-02-20", Status.SUSPENDED), ("2026-02-19", Status.ACTIVE)]

    for day, status in story:
        people.set_status(member_id=one.pk, status=status, at=instant(day))
    with django_assert_max_num_queries(15):
        written = people.append_many(
            entries=[people.Entry(many.pk, instant(day), status) for day, status in story]
        )

    assert written == 3
    assert log(many.account) == log(one.account)
    many.refresh_from_db()
    assert many.status == Status.ACTIVE


def test_the_first_entry_of_a_member_that_was_loaded_counts_as_new():
    account = AccountFactory()
    ann = Member.objects.create(account=account, reference="ann", name="Ann", status="active")

    people.append_many(entries=[people.Entry(ann.pk, instant("2026-02-03"), Status.ACTIVE)])

    assert log(account) == [(1, "", "active", 1)]
