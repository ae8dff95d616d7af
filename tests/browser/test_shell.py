"""The shell around every page: its menus, its ways in, and how a narrow window shows them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, Member
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in, tab_reaches_everything
from tests.browser.looks import DESKTOP, PHONE, PHONE_DARK, Look, told_in
from tests.factories import AccountFactory, MemberFactory


@pytest.fixture
def jana(site: str) -> Member:
    """The primary account admin of one account, and a member of another."""
    account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    MemberFactory(account=AccountFactory(name="Kavárna U Mostu"), user=jana.user)
    return jana


def address(of: Account, page: str = "billing") -> str:
    return f"/accounts/{of.pk}/{page}/"


@pytest.fixture
def page(visitor: Visitor, jana: Member) -> Page:
    page = visitor(jana.user)
    page.goto(address(jana.account))
    return page


@told_in(PHONE, DESKTOP)
def test_tab_comes_to_everything(visitor: Visitor, jana: Member, look: Look):  # ALL-3
    page = visitor(jana.user, look=look)

    page.goto(address(jana.account))

    tab_reaches_everything(page)


def test_the_first_stop_leads_past_the_navigation(page: Page):  # ALL-3
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_the_menu_of_the_person_is_worked_by_keyboard(page: Page):  # PLAN-1
    opener = page.get_by_role("button", name="Jana")
    opener.press("Enter")
    profile = page.get_by_role("link", name="Profile")
    expect(profile).to_be_focused()

    accessible(page)
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.press("Enter")
    profile.press("Enter")

    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()


def test_another_account_is_chosen_by_keyboard(page: Page, jana: Member):
    opener = page.get_by_role("button", name="Nováková Design")
    opener.press("Enter")
    accessible(page)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Kavárna U Mostu")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Kavárna U Mostu")).to_be_visible()


@told_in(PHONE_DARK, PHONE)
def test_in_a_narrow_window_a_button_opens_the_navigation(
    visitor: Visitor, jana: Member, look: Look
):  # ALL-3
    page = visitor(jana.user, look=look)
    page.goto(address(jana.account))
    entry = page.get_by_role("link", name="Conversations", exact=True)
    expect(entry).to_be_hidden()

    page.get_by_role("button", name="Menu").press("Enter")

    expect(entry).to_be_visible()
    accessible(page)
    fits(page)
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()


def test_the_box_to_jump_is_opened_used_and_left_by_keyboard(page: Page, jana: Member):
    start = page.get_by_role("link", name="Billing & upgrade")
    start.focus()
    page.keyboard.press("Control+k")
    box = page.get_by_role("searchbox", name="Page, person, invoice")
    expect(box).to_be_focused()

    focus_stays_in(page, "dialog")
    page.keyboard.press("Escape")
    expect(start).to_be_focused()
    page.keyboard.press("Control+k")
    box.fill("conver")
    expect(page.get_by_role("dialog").get_by_role("link", name="Conversations")).to_be_visible()
    accessible(page)
    box.press("Enter")

    expect(page).to_have_url(re.compile(address(jana.account, "conversations")))


@pytest.mark.smoke
def test_without_script_the_menus_open_and_jumping_is_a_page(visitor: Visitor, jana: Member):
    page = visitor(jana.user, script=False)
    page.goto(address(jana.account))

    page.get_by_role("button", name="Jana").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Jump to…").click()
    page.get_by_role("main").get_by_role("searchbox").fill("conver")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Conversations").click()

    expect(page).to_have_url(re.compile(address(jana.account, "conversations")))
