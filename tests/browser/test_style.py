"""The portal's components, on the page that shows them all: by keyboard, and for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in, tab_reaches_everything
from tests.browser.looks import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps
from tests.factories import UserFactory


@pytest.fixture
def page(visitor: Visitor) -> Page:
    page = visitor(UserFactory(staff=True))
    page.goto("/style/")
    return page


@told_in(PHONE_DARK, DESKTOP, DESKTOP_DARK, PHONE)
def test_every_component_is_for_everybody(visitor: Visitor, look: Look):  # ALL-3
    page = visitor(UserFactory(staff=True), look=look)

    page.goto("/style/")

    accessible(page)
    fits(page)


@told_in(DESKTOP, PHONE)
def test_tab_comes_to_everything(visitor: Visitor, look: Look):  # ALL-3
    page = visitor(UserFactory(staff=True), look=look)

    page.goto("/style/")

    tab_reaches_everything(page)


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(page: Page):  # ALL-3
    opener = page.get_by_role("link", name="Open a page in a dialog")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change the user seats")
    expect(dialog).to_be_visible()

    accessible(page)
    focus_stays_in(page, "dialog")
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_wrong_input_in_a_dialog_is_said_there_and_kept(page: Page, mishaps: Mishaps):  # ALL-4
    page.get_by_role("link", name="Open a page in a dialog").click()
    dialog = page.get_by_role("dialog")
    seats = dialog.get_by_label("User seats")

    seats.fill("21")
    dialog.get_by_label("Reason").fill("Two more people")
    with mishaps.expected(422):
        page.keyboard.press("Enter")
        expect(seats).to_have_attribute("aria-invalid", "true")

    expect(seats).to_have_value("21")
    expect(dialog.get_by_label("Reason")).to_have_value("Two more people")
    expect(dialog.get_by_role("heading", name="Change the user seats")).to_be_visible()
    accessible(page)


def test_what_is_right_in_a_dialog_leads_the_page_on(page: Page):  # ALL-3
    page.get_by_role("link", name="Open a page in a dialog").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_label("Reason").fill("Two more people")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator(".messages")).to_contain_text("3 → 3 seats, usable now.")


def test_to_cancel_in_a_dialog_closes_it_and_keeps_the_page(page: Page):  # ALL-3
    page.goto("/style/?theme=dark")
    page.get_by_role("link", name="Open a page in a dialog").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_role("link", name="Cancel").click()

    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile("theme=dark$"))


def test_a_menu_is_worked_by_keyboard(page: Page):  # ALL-3
    opener = page.get_by_role("button", name="What can be done with Jana").first
    opener.focus()
    page.keyboard.press("Enter")
    edit, suspend = (
        page.get_by_role("link", name=name, exact=True).first for name in ("Edit", "Suspend")
    )

    expect(edit).to_be_focused()
    accessible(page)
    page.keyboard.press("ArrowDown")
    expect(suspend).to_be_focused()
    page.keyboard.press("Escape")

    expect(edit).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_stepper_stops_at_its_limits(page: Page):  # PLAN-4
    field = page.locator("#numbers")
    less, more = (field.get_by_role("button", name=name) for name in ("One less", "One more"))

    expect(more).to_be_disabled()
    less.press("Enter")

    expect(field.get_by_label("User seats")).to_have_value("19")
    expect(more).to_be_enabled()


def test_a_slider_says_what_it_stands_at(page: Page):  # PLAN-3
    slider = page.get_by_role("slider", name="Contact limit")

    slider.press("ArrowRight")

    expect(slider).to_have_attribute("aria-valuetext", "10,000")


@pytest.mark.smoke
def test_without_script_a_dialog_is_a_page(visitor: Visitor):  # ALL-3
    page = visitor(UserFactory(staff=True), script=False)
    page.goto("/style/")
    expect(page.get_by_role("button", name="One less")).to_be_hidden()

    page.get_by_role("link", name="Open a page in a dialog").click()
    page.get_by_label("Reason").fill("Two more people")
    page.get_by_role("button", name="Change to this number").click()

    expect(page).to_have_url(re.compile("/style/$"))
    expect(page.locator(".messages")).to_contain_text("3 → 3 seats, usable now.")
