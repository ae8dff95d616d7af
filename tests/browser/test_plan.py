"""The plan in a browser: contact limit, seats and add-ons, by mouse, keyboard and without script.

The days are real ones, so amounts are read from the page: what a dialog shows is what is charged.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.access import Standing
from billing.models import Item, Order, Subscription
from tests.billing import plan_book
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in, tab_reaches_everything
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.factories import AccountFactory, SellerFactory
from tests.standing import chief

_WORDS_AFTER_THE_CIRCLE = """it => {
  const words = document.createRange();
  words.selectNodeContents(it.lastChild);
  const circle = it.querySelector("input").getBoundingClientRect();
  return Math.round(words.getBoundingClientRect().left - circle.right);
}"""


@pytest.fixture
def here(site: str) -> Standing:
    """Marketing Plus since yesterday: 2,500 contacts and 3 user seats."""
    return plan_book.holder(opens=timezone.now() - timedelta(days=1))


@pytest.fixture
def address(here: Standing) -> str:
    return f"/accounts/{here.account.pk}/billing/"


@pytest.fixture
def page(visitor: Visitor, here: Standing, address: str) -> Page:
    page = visitor(here.person)
    page.goto(address)
    return page


def number_of(code: str) -> int:
    return Item.objects.get(product__code=code).quantity


def charged(said: str | None) -> str:
    """The amount that a button names, as it was ordered."""
    found = re.search(r"[\d.,]+", said or "")
    assert found is not None, said
    assert f"{Order.objects.get().total.amount:.2f}" == found[0]
    return found[0]


def priced(dialog: Locator) -> None:
    """The price has followed, and none is asked for any more."""
    expect(dialog.get_by_text("Due today")).to_be_visible()
    expect(dialog.locator(".htmx-request")).to_have_count(0)


def confirm(dialog: Locator, name: str) -> str:
    button = dialog.get_by_role("button", name=name)
    said = button.text_content() or ""
    button.click()
    return said


def test_the_contact_limit_is_raised_with_the_price_in_view(page: Page):  # PLAN-3
    page.get_by_role("link", name="Edit contact limit").click()
    dialog = page.get_by_role("dialog", name="Edit contact limit")
    slider = dialog.get_by_role("slider", name="Contacts")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "2,500")

    slider.press("ArrowRight")
    priced(dialog)
    expect(slider).to_have_attribute("aria-valuetext", "5,000")
    accessible(page)
    focus_stays_in(page, "dialog")
    dialog.get_by_role("button", name="Update contact limit").click()

    review = page.get_by_role("dialog", name="Review purchase")
    expect(review.locator("ins")).to_contain_text("5,000 contacts")
    accessible(page)
    said = confirm(review, "Confirm purchase and pay")
    expect(page.locator(".messages")).to_contain_text("Confirmed: Marketing Plus 2,500 → 5,000.")
    expect(page.locator(".messages")).to_contain_text(charged(said))
    assert number_of("marketing-plus") == 5000


def test_a_dialog_that_is_left_in_its_last_step_leaves_the_change_in_the_cart(page: Page):
    page.get_by_role("link", name="Edit contact limit").click()
    page.get_by_role("slider", name="Contacts").press("ArrowRight")
    page.get_by_role("button", name="Update contact limit").click()
    expect(page.get_by_role("dialog", name="Review purchase")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Cart: 1 change")).to_be_visible()


def test_seats_are_added_by_the_stepper(page: Page):  # PLAN-4
    page.get_by_role("link", name="Edit user seats").click()
    dialog = page.get_by_role("dialog", name="Manage user seats")
    expect(dialog.get_by_role("link", name="How to manage user seats")).to_be_visible()

    dialog.get_by_role("button", name="One more").click()
    dialog.get_by_role("button", name="One more").click()
    priced(dialog)
    accessible(page)
    dialog.get_by_role("button", name="Continue").click()
    review = page.get_by_role("dialog", name="Review purchase")
    expect(review.locator("ins")).to_contain_text("5 user seats")
    charge = confirm(review, "Confirm purchase and pay")

    expect(page.locator(".messages")).to_contain_text("User seats Plus 3 → 5")
    charged(charge)
    assert number_of("users-plus") == 5


def test_a_wrong_number_is_told_beside_its_field_as_it_is_typed(page: Page):  # PLAN-4, ALL-4
    page.get_by_role("link", name="Edit user seats").click()
    dialog = page.get_by_role("dialog", name="Manage user seats")
    number = dialog.get_by_role("spinbutton")
    field = dialog.locator(".field", has=page.get_by_role("spinbutton"))

    for wrong in ("", "0"):
        number.fill(wrong)
        expect(field).to_contain_text("Choose a number from")
        expect(number).to_have_attribute("aria-invalid", "true")
        expect(number).to_have_accessible_description(re.compile("Choose a number from"))
        expect(dialog.locator("#price")).not_to_contain_text("Choose a number from")
        accessible(page)
        number.fill("5")
        priced(dialog)
        expect(field).not_to_contain_text("Choose a number from")
        expect(number).not_to_have_attribute("aria-invalid", "true")
    number.fill("999999999")
    assert number.evaluate("it => it.scrollWidth <= it.clientWidth"), "its digits are cut off"


def test_an_add_on_is_bought_by_keyboard(page: Page):  # PLAN-7
    page.get_by_role("link", name="Add Extra to the plan").press("Enter")
    dialog = page.get_by_role("dialog", name="Review purchase")
    button = dialog.get_by_role("button", name="Confirm purchase and pay")
    expect(button).to_be_visible()
    accessible(page)

    button.press("Enter")

    expect(page.locator(".messages")).to_contain_text("Confirmed: Extra 0 → 1.")
    assert number_of("extra") == 1


@told_in(PHONE_DARK, DESKTOP)
def test_the_page_is_for_everybody_with_a_plan(
    visitor: Visitor, here: Standing, address: str, look: Look
):  # ALL-3
    page = visitor(here.person, look=look)
    page.goto(address)

    tab_reaches_everything(page)
    fits(page)
    accessible(page)
    for name in ("Edit contact limit", "Edit user seats", "Add Extra to the plan"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        fits(page)
        accessible(page)
        page.keyboard.press("Escape")


@pytest.mark.smoke
def test_without_script_the_contact_limit_goes_by_way_of_the_cart(
    visitor: Visitor, here: Standing, address: str
):  # PLAN-3
    page = visitor(here.person, script=False)
    page.goto(address)

    page.get_by_role("link", name="Edit contact limit").click()
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_role("button", name="Show the price").click()
    expect(page.get_by_text("Due today")).to_be_visible()
    page.get_by_role("button", name="Update contact limit").click()
    page.get_by_role("button", name="Confirm purchase and pay").click()

    expect(page.locator(".messages")).to_contain_text("Marketing Plus 2,500 → 5,000")
    assert number_of("marketing-plus") == 5000


def test_the_dialogs_speak_italian(visitor: Visitor, here: Standing, address: str):  # ALL-2
    here.person.language = "it"
    here.person.save()
    page = visitor(here.person)
    page.goto(address)

    page.get_by_role("link", name="Modifica limite contatto").click()
    dialog = page.get_by_role("dialog", name="Modifica limite contatto")
    dialog.get_by_role("slider").press("ArrowRight")
    dialog.get_by_role("button", name="Aggiorna limite di contatto").click()
    page.get_by_role("dialog", name="Rivedi acquisto").get_by_role(
        "button", name="Conferma acquisto"
    ).click()

    expect(page.locator(".messages")).to_contain_text("Confermato")


def test_a_level_is_taken_with_what_it_brings_in_view(page: Page):  # PLAN-5
    page.get_by_role("link", name="Plus: change the level").click()
    dialog = page.get_by_role("dialog", name="Change the level of your plan")
    expect(dialog.get_by_role("radio", name="Pro")).to_be_checked()
    expect(dialog.get_by_text("With Pro you gain")).to_be_visible()
    expect(dialog.get_by_text("You lose no feature.")).to_be_visible()
    accessible(page)
    focus_stays_in(page, "dialog")

    said = confirm(dialog, "Upgrade and pay")

    expect(page.locator(".messages")).to_contain_text("Marketing Pro 0 → 2,500")
    charged(said)
    assert (number_of("marketing-pro"), number_of("users-pro")) == (2500, 3)
    assert (number_of("marketing-plus"), number_of("users-plus")) == (0, 0)
    expect(page.get_by_role("link", name="Pro: change the level")).to_be_visible()


def test_a_lower_level_says_what_is_lost_and_what_must_go_first(page: Page):  # PLAN-5
    page.get_by_role("link", name="Plus: change the level").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Pro").press("ArrowUp")
    dialog.get_by_role("radio", name="Plus").press("ArrowUp")

    expect(dialog.get_by_text("With Starter you lose")).to_be_visible()
    expect(dialog.get_by_text("Starter holds 2 user seats at most")).to_be_visible()
    expect(dialog.get_by_role("link", name="Request account change")).to_be_visible()
    expect(dialog.get_by_role("button", name="Upgrade")).to_have_count(0)
    expect(dialog.locator(".htmx-request")).to_have_count(0)
    accessible(page)


@pytest.mark.smoke
def test_without_script_a_level_is_taken(visitor: Visitor, here: Standing, address: str):  # PLAN-5
    page = visitor(here.person, script=False)
    page.goto(address)

    page.get_by_role("link", name="Plus: change the level").click()
    page.get_by_role("button", name="Upgrade and pay").click()

    expect(page.locator(".messages")).to_contain_text("Marketing Pro 0 → 2,500")


def test_the_bundle_is_completed_on_its_page(page: Page):  # PLAN-6
    page.get_by_role("link", name="Add Sales to the plan").click()
    page.get_by_role("radio", name="Pro").check()
    page.get_by_role("button", name="One more").click()
    expect(page.locator("#price").get_by_text("Due today")).to_be_visible()
    expect(page.locator(".htmx-request")).to_have_count(0)
    accessible(page)
    fits(page)

    page.get_by_role("button", name="Update my plan").click()
    dialog = page.get_by_role("dialog", name="Update my plan")
    expect(dialog.get_by_text("Every month after")).to_be_visible()
    accessible(page)
    said = confirm(dialog, "Upgrade and pay")

    expect(page.locator(".messages")).to_contain_text("Bundle Pro 0 → 2,500")
    charged(said)
    assert (number_of("bundle-pro"), number_of("users-pro")) == (2500, 4)


def test_a_first_plan_is_chosen_on_a_phone(visitor: Visitor, site: str):
    plan_book.catalogue()
    SellerFactory()
    newcomer = chief(AccountFactory(time_zone="Europe/Prague"))
    page = visitor(newcomer.person, look=PHONE_DARK)
    page.goto(f"/accounts/{newcomer.account.pk}/billing/")

    page.get_by_role("link", name="Choose Marketing").click()
    page.get_by_role("radio", name="Plus").check()
    page.get_by_label("Contact limit").select_option("2500")
    page.get_by_role("radio", name="each year").check()
    # Set alike: first the circle, then, 10 px on, its words, not in bold.
    for words in ("each month", "each year"):
        label = page.locator("label", has_text=words)
        look = label.evaluate("it => [it.offsetHeight, getComputedStyle(it).fontWeight]")
        assert look == [24, "400"], words
        across = label.evaluate(_WORDS_AFTER_THE_CIRCLE)
        assert across == 10, words
    expect(page.locator("#price").get_by_text("Due today")).to_be_visible()
    expect(page.locator(".htmx-request")).to_have_count(0)
    fits(page)
    accessible(page)
    page.get_by_role("button", name="Review purchase").click()
    dialog = page.get_by_role("dialog", name="Review purchase")
    accessible(page)
    charged_amount = confirm(dialog, "Confirm purchase and pay")

    expect(page.locator(".messages")).to_contain_text("Marketing Plus 0 → 2,500")
    charged(charged_amount.replace(",", ""))
    assert Subscription.objects.get().interval == "year"
