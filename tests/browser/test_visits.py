"""Support in a customer's place, in a browser: from the desk, under the bar, and back (STAFF-2)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.access import Role
from accounts.admin.visits import begin_address
from accounts.models import Member, MemberEvent, SupportVisit, User
from tests.billing.running import bill
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in, tab_reaches_everything
from tests.browser.looks import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps
from tests.browser.staff import somebody_of
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
)

BAR = "You are in Nováková Design as Jana"
START = re.compile(r"/accounts/\d+/$")


@pytest.fixture
def eva(site: str) -> User:
    """She works at the vendor's support."""
    return somebody_of(Role.SUPPORT, name="Eva")


@pytest.fixture
def jana(site: str) -> Member:
    """The primary account admin of a customer, with an agent, and one who is suspended."""
    account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    MemberFactory(account=account, name="Petr Dvořák", email="petr@example.com", signs_in=True)
    MemberFactory(account=account, name="Ola Malá", status="suspended")
    return jana


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Support visit")


def begin(page: Page, member: Member, reason: str = "Request 7") -> None:
    """From the page at the desk to the customer's start."""
    page.goto(begin_address(member.account_id))
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Sign in as the customer").click()
    expect(bar(page)).to_contain_text(BAR)


@pytest.fixture
def page(visitor: Visitor, eva: User, jana: Member) -> Page:
    """Eva is in Jana's place."""
    page = visitor(eva)
    begin(page, jana)
    return page


@pytest.mark.smoke
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_support_goes_in_from_the_desk_and_comes_back(
    visitor: Visitor, eva: User, jana: Member, script: bool
):
    page = visitor(script=script)
    page.goto("/admin/accounts/account/")
    page.get_by_label("E-mail address").fill(eva.email)
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nováková Design").click()
    page.get_by_role("link", name="Sign in as the customer").click()
    expect(page.get_by_role("radio", name="Jana, primary account admin")).to_be_checked()
    page.get_by_label("Reason").fill("Request 7")
    page.get_by_role("button", name="Sign in as the customer").click()

    expect(page).to_have_url(START)
    expect(bar(page)).to_contain_text(BAR)
    expect(bar(page)).to_contain_text("What you do is recorded. Reason: Request 7")
    page.get_by_role("link", name="Team", exact=True).click()
    expect(bar(page)).to_contain_text(BAR)
    page.get_by_role("button", name="End visit").click()

    expect(page).to_have_url(re.compile(rf"/admin/accounts/account/{jana.account_id}/change/$"))
    expect(page.get_by_text("You have left Nováková Design.")).to_be_visible()
    assert SupportVisit.objects.get().ended_at is not None


def test_support_begins_and_ends_by_keyboard(visitor: Visitor, eva: User, jana: Member):  # ALL-3
    page = visitor(eva)
    page.goto(begin_address(jana.account_id))
    accessible(page)

    page.get_by_role("radio", name="Jana, primary account admin").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Petr Dvořák")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.get_by_label("Reason").press_sequentially("Request 7")
    page.get_by_label("Reason").press("Enter")
    expect(bar(page)).to_contain_text(BAR)
    tab_reaches_everything(page)
    page.get_by_role("button", name="End visit").press("Enter")

    expect(page.get_by_text("You have left Nováková Design.")).to_be_visible()


def test_a_visit_without_a_reason_is_told_beside_the_field(
    visitor: Visitor, eva: User, jana: Member
):  # ALL-4
    page = visitor(eva)
    page.goto(begin_address(jana.account_id, member_id=jana.pk))

    page.get_by_label("Reason").fill("   ")
    page.get_by_role("button", name="Sign in as the customer").click()

    words = "Write the reason, for example the number of a request."
    expect(page.get_by_text(words, exact=True)).to_be_visible()
    accessible(page)
    assert not SupportVisit.objects.exists()


@told_in(PHONE_DARK, DESKTOP, DESKTOP_DARK, PHONE)
def test_the_bar_is_on_every_page(
    visitor: Visitor, mishaps: Mishaps, eva: User, jana: Member, look: Look
):  # ALL-3
    page = visitor(eva, look=look)
    begin(page, jana)
    here = f"/accounts/{jana.account_id}"

    for path in (
        *(f"{here}/", f"{here}/team/", f"{here}/billing/", f"{here}/settings/company/"),
        *("/me/profile/", "/me/inbox/", "/auth/2fa/"),
    ):
        page.goto(path)
        expect(bar(page)).to_contain_text(BAR)
        fits(page)
    accessible(page)
    with mishaps.expected(404):
        page.goto("/nowhere/")
    expect(bar(page)).to_contain_text(BAR)
    accessible(page)
    fits(page)


def test_the_bar_stays_above_a_dialog(page: Page, jana: Member):
    page.goto(f"/accounts/{jana.account_id}/team/")
    page.get_by_role("button", name="Actions for Petr Dvořák").click()
    page.get_by_role("link", name="Suspend", exact=True).click()
    dialog = page.get_by_role("dialog", name="Suspend Petr Dvořák")
    expect(dialog).to_be_visible()

    expect(bar(page)).to_be_in_viewport()
    accessible(page)
    focus_stays_in(page, "dialog")
    dialog.get_by_role("button", name="Suspend agent").click()

    expect(page.locator(".messages")).to_contain_text("Petr Dvořák is suspended")
    event = MemberEvent.objects.latest("pk")
    assert (str(event.actor), event.cause) == (
        "Eva", f"Support visit {SupportVisit.objects.get().pk}: Request 7"
    )  # fmt: skip


def test_what_is_the_customer_s_alone_is_said_kindly(page: Page, jana: Member):
    page.goto(f"/accounts/{jana.account_id}/hand-over/")

    expect(page.get_by_text("Support cannot do this.")).to_be_visible()
    expect(page.get_by_role("link", name="Choose")).to_have_count(0)
    accessible(page)


def test_no_other_account_is_open_during_a_visit(page: Page, mishaps: Mishaps, eva: User):  # ALL-1
    own = MemberFactory(account=AccountFactory(name="Eva's own"), user=eva, primary_admin=True)

    with mishaps.expected(404):
        page.goto(f"/accounts/{own.account_id}/")

    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    expect(bar(page)).to_contain_text(BAR)


def test_who_visits_a_member_without_rights_reads_who_has_them(
    visitor: Visitor, mishaps: Mishaps, eva: User, jana: Member
):
    petr = Member.objects.get(name="Petr Dvořák")
    page = visitor(eva)
    page.goto(begin_address(jana.account_id, member_id=petr.pk))
    page.get_by_label("Reason").fill("Request 7")
    page.get_by_role("button", name="Sign in as the customer").click()
    expect(bar(page)).to_contain_text("You are in Nováková Design as Petr Dvořák")

    with mishaps.expected(403):
        page.goto(f"/accounts/{jana.account_id}/team/")

    expect(page.get_by_role("main")).to_contain_text("Jana")
    expect(bar(page)).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_costs_asks_for_a_reason(
    visitor: Visitor, mishaps: Mishaps, eva: User, jana: Member, script: bool
):
    SellerFactory()
    PriceFactory(code="team", members=True, amount=Decimal("24.00"))
    opens = timezone.localdate().replace(day=1)
    SubscriptionFactory(account=jana.account, starts_on=opens, items={"team": 0})
    bill(at=timezone.now())
    page = visitor(eva, script=script)
    begin(page, jana)

    page.goto(f"/accounts/{jana.account_id}/team/?tab=suspended")
    page.get_by_role("button", name="Actions for Ola Malá").click()
    page.get_by_role("link", name="Activate", exact=True).click()
    with mishaps.expected(422):
        page.get_by_role("button", name="Activate").last.click()
        expect(page.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    if script:
        accessible(page)
    page.get_by_label("Reason").fill("Jana asked by phone")
    page.get_by_role("button", name="Activate").last.click()

    expect(page.locator(".messages")).to_contain_text("Ola Malá is active again.")
    visit = SupportVisit.objects.get()
    cause = MemberEvent.objects.latest("pk").cause
    assert cause == f"Support visit {visit.pk}: Jana asked by phone"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_visit_that_is_over_says_so_and_does_nothing(
    visitor: Visitor, eva: User, jana: Member, script: bool
):
    page = visitor(eva, look=PHONE, script=script)
    begin(page, jana)
    page.goto(f"/accounts/{jana.account_id}/settings/company/")
    page.get_by_label("City").fill("Brno")
    past = timezone.now() - timedelta(hours=2)
    SupportVisit.objects.update(began_at=past, expires_at=past + timedelta(hours=1))

    page.get_by_role("button", name="Save company details").click()

    expect(page.get_by_role("heading", name="The visit has ended")).to_be_visible()
    expect(page.get_by_text("What you clicked last was not done.")).to_be_visible()
    expect(bar(page)).to_have_count(0)
    if script:
        accessible(page)
    fits(page)
    jana.account.refresh_from_db()
    assert jana.account.city == "Praha"
    page.get_by_role("button", name="Back to the account at the desk").click()
    expect(page).to_have_url(re.compile(rf"/admin/accounts/account/{jana.account_id}/change/$"))
