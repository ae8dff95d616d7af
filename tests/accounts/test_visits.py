"""Support in a customer's place: what a visit lets one do, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import access, acting, staff_roles, visits
from accounts.access import Lacking, Role, Staff
from accounts.models import AccountEvent, Member, SupportVisit, User
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from accounts.tasks import end_visits
from tests.concurrency.threads import together
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db
ENDED = "/me/visit/ended/"


@pytest.fixture
def support() -> User:
    """Somebody whose role may visit, and see accounts at the desk."""
    roles = frozenset({Role.SUPPORT})
    staff_roles.set_staff_roles({SupportVisit: Staff(add=roles)})
    person = UserFactory(name="Eva")
    staff_roles.give_role(person=person, role=Role.SUPPORT)
    return person


@pytest.fixture
def member() -> Member:
    account = AccountFactory(name="Alfa")
    sees = AccessFactory(account=account, rights=[Right.SEE_COMPANY])
    return MemberFactory(account=account, name="Jana", signs_in=True, access=sees)


@pytest.fixture
def visit(client: Client, support: User, member: Member) -> SupportVisit:
    """A visit that runs, in the client's session."""
    visit = visits.begin(member_id=member.pk, person=support, reason="Request 7", at=timezone.now())
    client.force_login(support)
    keep(client, visit)
    return visit


def keep(client: Client, visit: SupportVisit) -> None:
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()


def company(account_id: int) -> str:
    return f"/accounts/{account_id}/settings/company/"


def test_a_visit_shows_what_the_member_sees_under_a_bar(client, visit):  # STAFF-2
    shown = client.get(company(visit.account_id))
    bar = shown.context["shell"]["support"]

    assert shown.status_code == HTTPStatus.OK
    assert bar["text"] == "You are in Alfa as Jana"
    assert bar["until"] == visit.expires_at
    assert "Request 7" in shown.content.decode()
    assert 'action="/me/visit/leave/"' in shown.content.decode()


def test_a_visit_lets_nobody_do_what_the_member_may_not(client, visit):
    assert client.get(f"/accounts/{visit.account_id}/billing/").status_code == HTTPStatus.FORBIDDEN
    assert client.post(company(visit.account_id)).status_code == HTTPStatus.FORBIDDEN


def test_a_visit_opens_no_other_account_not_even_ones_own(client, visit, support):  # ALL-1
    other = AccountFactory()
    own = MemberFactory(primary_admin=True)
    own.user = support
    own.save()

    assert client.get(company(other.pk)).status_code == HTTPStatus.NOT_FOUND
    assert client.get(company(own.account_id)).status_code == HTTPStatus.NOT_FOUND


def test_pages_of_the_person_show_support_their_own_under_the_bar(client, visit):
    shown = client.get("/me/profile/")

    assert shown.context["form"]["name"].value() == "Eva"
    assert shown.context["shell"]["support"]["text"] == "You are in Alfa as Jana"


def test_leaving_ends_the_visit_and_is_written_down(client, visit):  # STAFF-4
    sent = client.post("/me/visit/leave/")
    visit.refresh_from_db()
    deed = AccountEvent.objects.get(kind=AccountEvent.Kind.VISIT_ENDED)

    assert sent.status_code == HTTPStatus.FOUND
    assert visit.ended_at is not None
    assert (deed.visit, deed.actor_name, deed.reason) == (visit, "Eva (Jana)", "Request 7")
    assert client.get(company(visit.account_id)).status_code == HTTPStatus.NOT_FOUND


def test_leaving_takes_a_form_that_was_sent_from_here(support, visit):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(support)
    keep(strict, visit)

    assert strict.post("/me/visit/leave/").status_code == HTTPStatus.FORBIDDEN
    assert strict.get("/me/visit/leave/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert strict.get(company(visit.account_id)).status_code == HTTPStatus.OK


def test_leaving_twice_is_leaving_once(client, visit):
    client.post("/me/visit/leave/")

    assert client.post("/me/visit/leave/").status_code == HTTPStatus.FOUND
    assert AccountEvent.objects.filter(kind=AccountEvent.Kind.VISIT_ENDED).count() == 1


def expires(visit: SupportVisit) -> None:
    past = timezone.now() - timedelta(hours=2)
    SupportVisit.objects.filter(pk=visit.pk).update(
        began_at=past, expires_at=past + timedelta(hours=1)
    )


def is_ended_in_another_tab(visit: SupportVisit) -> None:
    visits.end(visit_id=visit.pk, at=timezone.now())


def loses_the_role(visit: SupportVisit) -> None:
    visit.person.groups.remove(Group.objects.get(name=Role.SUPPORT.group_name))


def leaves_the_staff(visit: SupportVisit) -> None:
    User.objects.filter(pk=visit.person_id).update(is_staff=False)


def finds_the_member_suspended(visit: SupportVisit) -> None:
    Member.objects.filter(pk=visit.member_id).update(status="suspended")


OVER = pytest.mark.parametrize(
    "over",
    [
        expires,
        is_ended_in_another_tab,
        loses_the_role,
        leaves_the_staff,
        finds_the_member_suspended,
    ],
)


@OVER
def test_after_a_visit_the_next_click_is_not_done_and_says_so(client, visit, over):
    over(visit)

    sent = client.post(company(visit.account_id), {"name": "Beta"}, follow=True)
    client.post("/me/visit/leave/")
    visit.refresh_from_db()

    assert sent.redirect_chain == [(ENDED, HTTPStatus.FOUND)]
    assert "The visit has ended" in sent.content.decode()
    assert 'action="/me/visit/leave/"' in sent.content.decode()
    assert visit.ended_at is not None
    assert visit.ended_at <= visit.expires_at
    assert client.get(company(visit.account_id)).status_code == HTTPStatus.NOT_FOUND


@OVER
def test_reading_that_a_visit_has_ended_changes_nothing(client, visit, over):  # STAFF-4
    over(visit)
    before = SupportVisit.objects.values().get(), AccountEvent.objects.count()

    for _ in range(2):
        assert "The visit has ended" in client.get(ENDED).content.decode()
        assert client.get(company(visit.account_id)).headers["Location"] == ENDED

    assert (SupportVisit.objects.values().get(), AccountEvent.objects.count()) == before


def test_visits_that_nobody_left_end_with_their_hour_and_the_log_says_when(visit):  # STAFF-4
    other = visits.begin(
        member_id=visit.member_id, person=UserFactory(), reason="8", at=timezone.now()
    )
    expires(visit)

    for _ in range(2):
        end_visits()

    visit.refresh_from_db()
    other.refresh_from_db()
    deed = AccountEvent.objects.get(kind=AccountEvent.Kind.VISIT_ENDED)
    assert visit.ended_at == visit.expires_at
    assert (deed.visit, deed.at) == (visit, visit.expires_at)
    assert other.ended_at is None


@OVER
def test_a_piece_of_a_page_leads_the_whole_page_to_where_it_is_said(client, visit, over):
    over(visit)

    sent = client.get(company(visit.account_id), headers={"HX-Request": "true"})

    assert sent.headers["HX-Redirect"] == ENDED


def test_while_a_visit_lasts_nobody_is_told_that_it_ended(client, visit):
    assert client.get(ENDED).status_code == HTTPStatus.FOUND
    assert client.get(company(visit.account_id)).status_code == HTTPStatus.OK


def test_signing_out_ends_what_the_session_opened(client, visit, support):
    client.post("/auth/logout/")
    client.force_login(support)

    assert client.get(company(visit.account_id)).status_code == HTTPStatus.NOT_FOUND


def test_the_visit_of_somebody_else_opens_nothing(client, visit, member):
    colleague = UserFactory()
    staff_roles.give_role(person=colleague, role=Role.SUPPORT)
    client.force_login(colleague)
    keep(client, visit)

    assert client.get(company(member.account_id)).headers["Location"] == ENDED
    assert "The visit has ended" not in client.get(ENDED, follow=True).content.decode()
    visit.refresh_from_db()
    assert visit.ended_at is None


def test_a_person_is_in_one_visit_at_a_time(visit, support):
    second = MemberFactory()

    visits.begin(member_id=second.pk, person=support, reason="Request 8", at=timezone.now())
    visit.refresh_from_db()

    assert visit.ended_at is not None


def test_a_visit_that_nobody_left_ended_with_its_hour_when_the_next_begins(visit, support):
    expires(visit)

    visits.begin(member_id=visit.member_id, person=support, reason="8", at=timezone.now())

    visit.refresh_from_db()
    assert visit.ended_at == visit.expires_at


def test_the_database_keeps_a_second_visit_of_a_person_out(visit, support):
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportVisit.objects.create(
            account=visit.account, member=visit.member, person=support, reason="8",
            began_at=visit.began_at, expires_at=visit.expires_at,
        )  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_visits_begun_at_the_same_moment_one_runs(support, member):
    def begin() -> SupportVisit:
        return visits.begin(member_id=member.pk, person=support, reason="7", at=timezone.now())

    for number in range(1, 6):
        begun = together(begin, begin, begin)

        assert [type(one) for one in begun] == [SupportVisit] * 3, begun
        assert SupportVisit.objects.filter(ended_at=None).count() == 1
        ended = AccountEvent.objects.filter(kind=AccountEvent.Kind.VISIT_ENDED)
        assert ended.count() == 3 * number - 1


def test_an_agencys_visitor_sees_its_children_as_its_member_does(client, support):
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency)
    boss = MemberFactory(account=agency, primary_admin=True)
    visit = visits.begin(member_id=boss.pk, person=support, reason="1", at=timezone.now())
    client.force_login(support)
    keep(client, visit)

    client.post(company(child.pk), {"seen": "", "name": "x"})

    assert client.get(company(child.pk)).context["here"].visit == visit


def test_a_visit_that_was_ended_meanwhile_does_nothing(support, member):  # STAFF-2
    there = stands(member, visited_by=support)
    own = MemberFactory(account=member.account, primary_admin=True, user=support)
    assert there.visit is not None
    visits.end(visit_id=there.visit.pk, at=timezone.now())

    with pytest.raises(Lacking), transaction.atomic():
        acting.begin(there, needs=Right.SEE_COMPANY)
    assert acting.begin(stands(own), needs=Right.SEE_COMPANY).visit is None


def test_what_costs_in_a_visit_asks_why(support, member):  # STAFF-2
    inside, outside = stands(member, visited_by=support), stands(member)

    assert visits.reason_needed(inside, costs=True)
    assert not visits.reason_needed(inside, costs=False)
    assert not visits.reason_needed(outside, costs=True)
    with pytest.raises(ChangeRefused, match="Write why"):
        visits.need_reason(inside, costs=True, reason=" ")
    visits.need_reason(inside, costs=True, reason="Asked by phone")
    visits.need_reason(outside, costs=True, reason="")


def test_a_log_without_visits_keeps_the_visit_in_its_cause(support, member):
    inside = stands(member, visited_by=support)
    assert inside.visit is not None
    number = inside.visit.pk

    assert visits.cause(inside, reason="Asked") == f"Support visit {number}: Asked"
    assert visits.cause(inside) == f"Support visit {number}: Request 7"
    assert visits.cause(stands(member), reason="Asked") == "Asked"
    assert visits.cause(stands(member)) == ""


def test_why_somebody_visits_an_agency_is_not_told_in_its_workspace(support):  # AGY-3
    agency = AccountFactory(agency=True)
    boss = MemberFactory(account=agency, primary_admin=True, signs_in=True)
    workspace = AccountFactory(paid_by=agency, workspace=True)
    visit = visits.begin(member_id=boss.pk, person=support, reason="It quits", at=timezone.now())

    through = access.standing(support, workspace.pk, visit=visit)

    assert through is not None
    assert visits.cause(through) == f"Support visit {visit.pk}"
    assert visits.cause(through, reason="Asked") == f"Support visit {visit.pk}: Asked"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_visit_has_a_reason(support, member, reason):
    with pytest.raises(ChangeRefused, match="reason"):
        visits.begin(member_id=member.pk, person=support, reason=reason, at=timezone.now())


@pytest.mark.parametrize("details", [{"status": "suspended"}, {"robot": True}])
def test_nobody_visits_in_the_place_of_who_is_not_there(support, details):
    with pytest.raises(ChangeRefused, match="no active person"):
        visits.begin(
            member_id=MemberFactory(**details).pk, person=support, reason="7", at=timezone.now()
        )
