"""The team in a browser: agents suspended, activated, deleted, by keyboard and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Member
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in, tab_reaches_everything
from tests.browser.looks import DESKTOP, PHONE, PHONE_DARK, Look, told_in
from tests.factories import AccountFactory, MemberFactory

LONG = "Magdaléna Nejedlá-Hrušková z Vysokého nad Jizerou a okolí, dcera"


@pytest.fixture
def jana(site: str) -> Member:
    """The primary account admin, with two agents."""
    account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    MemberFactory(account=account, name="Petr Dvořák", email="petr@example.com")
    MemberFactory(account=account, name=LONG)
    return jana


@pytest.fixture
def address(jana: Member) -> str:
    return f"/accounts/{jana.account_id}/team/"


@pytest.fixture
def page(visitor: Visitor, jana: Member, address: str) -> Page:
    page = visitor(jana.user)
    page.goto(address)
    return page


def status(name: str) -> str:
    return Member.objects.get(name=name).status


@told_in(PHONE, DESKTOP)
def test_tab_comes_to_everything(visitor: Visitor, jana: Member, address: str, look: Look):  # ALL-3
    page = visitor(jana.user, look=look)

    page.goto(address)

    tab_reaches_everything(page)


def test_an_agent_is_suspended_by_keyboard(page: Page):  # RSL-6
    opener = page.get_by_role("button", name="Actions for Petr Dvořák")
    opener.press("Enter")
    page.get_by_role("link", name="Suspend", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Suspend Petr Dvořák")
    expect(dialog).to_be_visible()

    accessible(page)
    focus_stays_in(page, "dialog")
    dialog.get_by_role("button", name="Suspend agent").press("Enter")

    expect(page.locator(".messages")).to_contain_text("Petr Dvořák is suspended")
    assert status("Petr Dvořák") == Member.Status.SUSPENDED


def test_a_menu_is_at_its_first_entry_as_soon_as_it_is_open(page: Page):  # ALL-3
    opener = page.get_by_role("button", name="Actions for Petr Dvořák")

    reached = opener.evaluate("it => { it.click(); return document.activeElement.innerText; }")

    first = page.locator(".menu:popover-open a").first
    assert reached == first.inner_text()
    expect(first).to_be_focused()


@pytest.mark.parametrize("leave", ["Escape", "Cancel", "Close"])
def test_a_dialog_that_is_left_changes_nothing_and_gives_back_the_focus(
    page: Page, leave: str
):  # RSL-6
    opener = page.get_by_role("button", name="Actions for Petr Dvořák")
    opener.press("Enter")
    page.get_by_role("link", name="Delete", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Delete Petr Dvořák")
    expect(dialog).to_be_visible()

    if leave == "Cancel":
        dialog.get_by_role("link", name="Cancel").press("Enter")
    elif leave == "Close":
        dialog.get_by_role("button", name="Close").press("Enter")
    else:
        page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert status("Petr Dvořák") == Member.Status.ACTIVE


def test_a_suspended_agent_is_activated_where_they_are_listed(page: Page):  # RSL-6
    Member.objects.filter(name="Petr Dvořák").update(status=Member.Status.SUSPENDED)

    page.get_by_role("link", name="Suspended").click()
    page.get_by_role("button", name="Actions for Petr Dvořák").click()
    page.get_by_role("link", name="Activate", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Activate").click()

    expect(page.locator(".messages")).to_contain_text("Petr Dvořák is active again.")


def test_many_with_long_names_fit_a_narrow_window(
    visitor: Visitor, jana: Member, address: str
):  # ALL-3
    for number in range(50):
        MemberFactory(account=jana.account, name=f"{LONG} {number}"[-64:])
    page = visitor(jana.user, look=PHONE_DARK)

    page.goto(address)

    fits(page)
    accessible(page)


@pytest.mark.smoke
def test_without_script_an_agent_is_suspended(visitor: Visitor, jana: Member, address: str):
    page = visitor(jana.user, script=False)
    page.goto(address)

    page.get_by_role("button", name="Actions for Petr Dvořák").click()
    page.get_by_role("link", name="Suspend", exact=True).click()
    page.get_by_role("button", name="Suspend agent").click()

    expect(page.locator(".messages")).to_contain_text("Petr Dvořák is suspended")
    assert status("Petr Dvořák") == Member.Status.SUSPENDED


@pytest.mark.smoke
def test_without_script_many_are_suspended_at_once(visitor: Visitor, jana: Member, address: str):
    page = visitor(jana.user, script=False)  # RSL-8
    page.goto(address)

    page.get_by_role("checkbox", name="Select Petr Dvořák").check()
    page.get_by_role("checkbox", name=f"Select {LONG}").check()
    page.get_by_role("button", name="Suspend selected").click()
    page.get_by_role("button", name="Suspend 2 agents").click()

    expect(page.locator(".messages")).to_be_visible()
    assert {status(LONG), status("Petr Dvořák")} == {Member.Status.SUSPENDED}
