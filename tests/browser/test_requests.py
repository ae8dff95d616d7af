"""Requests to support in a browser: asked by the customer, applied at the desk, seen by both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import Role, Standing
from accounts.models import User
from billing.models import ChangeRequest, Item
from tests.billing.requesting import customer_of_today, opened
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.staff import somebody_of
from tests.factories import MemberFactory


@pytest.fixture
def here(site: str) -> Standing:
    return customer_of_today()


def overview(here: Standing) -> str:
    return reverse("billing:overview", args=[here.account.pk])


def desk(request: ChangeRequest) -> str:
    return reverse("admin:billing_changerequest_change", args=[request.pk])


def held(code: str) -> int:
    return Item.objects.get(product__code=code).quantity


def test_what_is_chosen_the_moment_it_can_be_is_heard(visitor: Visitor, here: Standing):  # PLAN-9
    jana = visitor(here.person)
    jana.goto(reverse("billing:request_new", args=[here.account.pk]))
    jana.get_by_label("What shall change").select_option("Ask a question")
    expect(jana.get_by_label("Your question")).to_be_visible()
    jana.evaluate(
        """() => {
            const asked = document.querySelector("#asked");
            new MutationObserver((_, watch) => {
                const target = asked.querySelector("select");
                if (!target) return;
                watch.disconnect();
                [...target.options].find((one) => one.text === "Marketing Plus").selected = true;
                target.dispatchEvent(new Event("change", { bubbles: true }));
            }).observe(asked, { childList: true });
        }"""
    )

    jana.get_by_label("What shall change").select_option("Lower plan level")

    expect(jana.get_by_role("heading", name="With Marketing Plus you lose")).to_be_visible()


def test_a_lower_level_is_asked_for_and_applied(visitor: Visitor, here: Standing):  # PLAN-9
    jana = visitor(here.person)
    jana.goto(overview(here))
    jana.get_by_role("link", name="Contact us").press("Enter")
    dialog = jana.get_by_role("dialog", name="Request account change")
    expect(dialog).to_be_visible()
    accessible(jana)
    focus_stays_in(jana, "dialog")

    dialog.get_by_label("What shall change").select_option("Ask a question")
    expect(dialog.get_by_label("Your question")).to_be_visible()
    dialog.get_by_label("What shall change").select_option("Lower plan level")
    dialog.get_by_label("Change to").select_option("Marketing Plus")
    lost = dialog.get_by_role("heading", name="With Marketing Plus you lose").locator("..")
    expect(lost).to_contain_text("Experiments")
    expect(dialog.get_by_text("Due today")).to_be_visible()
    dialog.get_by_label("Reason").fill("Smaller team")
    dialog.get_by_label("Notes").fill("In spring we grow again.")
    accessible(jana)
    dialog.get_by_role("button", name="Submit request").press("Enter")

    expect(jana.locator(".messages")).to_contain_text("Your request is sent.")
    expect(jana.get_by_role("main")).to_contain_text("In spring we grow again.")
    accessible(jana)
    request = ChangeRequest.objects.get()

    simon = visitor(somebody_of(Role.SUPPORT, name="Simon Support"))
    simon.goto(reverse("admin:index"))
    simon.get_by_role("link", name="Requests").first.click()
    simon.get_by_role("link", name=f"Request {request.pk}").click()
    expect(simon.get_by_role("heading", name="What applying it does")).to_be_visible()
    expect(simon.get_by_text("Smaller team")).to_be_visible()
    simon.get_by_role("button", name="Apply").press("Enter")
    expect(simon.get_by_text(f"Request {request.pk} is applied.")).to_be_visible()

    jana.reload()
    expect(jana.get_by_role("complementary", name="About the request")).to_contain_text("Applied")
    expect(jana.get_by_role("main")).to_contain_text("Marketing Plus: ")
    assert (held("marketing-plus"), held("marketing-pro")) == (2500, 0)


def test_support_asks_and_the_customer_answers(visitor: Visitor, here: Standing):  # PLAN-9
    request = opened(here, "add_on", "extra", at=timezone.now())
    simon = visitor(somebody_of(Role.SUPPORT, name="Simon Support"))
    simon.goto(desk(request))
    simon.get_by_text("Ask the customer", exact=True).click()
    simon.get_by_label("Question").fill("From when?")
    simon.get_by_role("button", name="Send the question").click()
    expect(simon.get_by_text("The customer is asked.")).to_be_visible()

    jana = visitor(here.person)
    jana.goto(overview(here))
    waits = jana.get_by_role("row", name="Remove an add-on: Extra")
    expect(waits).to_contain_text("Waiting for you")
    waits.get_by_role("link").click()
    jana.get_by_label("Message").fill("From March.")
    jana.get_by_role("button", name="Send message").click()
    expect(jana.get_by_role("main")).to_contain_text("From March.")

    jana.get_by_role("button", name="Withdraw request").click()
    expect(jana.locator(".messages")).to_contain_text("Nothing was changed.")
    simon.reload()
    expect(simon.get_by_text("Withdrawn").first).to_be_visible()
    expect(simon.get_by_role("button", name="Apply")).to_have_count(0)


def test_seats_in_use_are_not_given_back(visitor: Visitor, here: Standing):  # PLAN-9
    """At the desk, where support has put it into a request: it says who takes them."""
    for name in ("Petr", "Eva"):
        MemberFactory(account=here.account, name=name)
    request = opened(here, "add_on", "extra", at=timezone.now())
    users = Item.objects.get(product__code="users-pro").product
    ChangeRequest.objects.filter(pk=request.pk).update(product=users, quantity=2)
    simon = visitor(somebody_of(Role.SUPPORT, name="Simon Support"))

    simon.goto(desk(request))

    expect(simon.get_by_text("3 user seats are in use, by Eva, Jana and Petr.")).to_be_visible()
    expect(simon.get_by_role("button", name="Apply")).to_have_count(0)


def test_legacy_seats_are_removed_by_request(visitor: Visitor, here: Standing):  # CONV-3, CONV-5
    page = visitor(here.person)
    page.goto(reverse("licensing:conversations", args=[here.account.pk]))
    page.get_by_role("link", name="Email support").click()
    page.get_by_role("dialog").get_by_role("link", name="Remove seats").click()

    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("Seats: 8 seats → 5 seats from")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Confirm request").click()

    expect(page.locator(".messages")).to_contain_text("Your request is sent.")
    assert ChangeRequest.objects.get().quantity == 5


@pytest.mark.smoke
def test_without_script_a_question_is_asked(visitor: Visitor, here: Standing):  # CONV-3
    page = visitor(here.person, script=False)
    page.goto(overview(here))
    page.get_by_role("link", name="Contact us").click()

    page.get_by_label("What shall change").select_option("Ask a question")
    page.get_by_role("button", name="Show what it changes").click()
    page.get_by_label("Your question").fill("Does a bot take a seat?")
    page.get_by_role("button", name="Submit request").click()

    expect(page.get_by_role("main")).to_contain_text("Does a bot take a seat?")


def test_an_email_of_somebody_else_is_marked(visitor: Visitor, here: Standing):  # PLAN-9
    simon = visitor(somebody_of(Role.SUPPORT, name="Simon Support"))
    simon.goto(reverse("admin:accounts_account_change", args=[here.account.pk]))
    simon.get_by_role("link", name="Enter an e-mail").click()
    simon.get_by_label("From").fill("someone@elsewhere.example")
    simon.get_by_label("Subject").fill("Fewer seats")
    simon.get_by_label("Text").fill("Six are enough for us.")
    simon.get_by_role("button", name="Enter it").click()
    expect(simon.get_by_text("Unverified", exact=True)).to_be_visible()
    accessible(simon)

    jana = visitor(here.person)
    jana.goto(reverse("billing:request", args=[here.account.pk, ChangeRequest.objects.get().pk]))
    expect(jana.get_by_text("Unverified address")).to_be_visible()


@told_in(DESKTOP, PHONE_DARK)
def test_the_form_and_the_desks_page_are_for_everybody(
    visitor: Visitor, here: Standing, look: Look
):  # ALL-3
    request = opened(here, "level", "marketing-plus", at=timezone.now() - timedelta(hours=1))
    new = reverse("billing:request_new", args=[here.account.pk])
    page = visitor(here.person, look=look)
    for query in ("?kind=level", "?kind=add_on", "?kind=seats", "?kind=question"):
        page.goto(f"{new}{query}")
        fits(page)
        accessible(page)
    page.goto(reverse("billing:request", args=[here.account.pk, request.pk]))
    fits(page)
    accessible(page)

    simon = visitor(somebody_of(Role.BILLING, name="Bára"), look=look)
    simon.goto(desk(request))
    for name in ("Answer", "Ask the customer", "What is asked for", "Decline", "Enter an e-mail"):
        simon.locator("summary").get_by_text(name, exact=True).click()
    fits(simon)
    accessible(simon)


def test_the_page_speaks_italian_with_the_words_that_are_known(
    visitor: Visitor, here: Standing
):  # ALL-2
    User.objects.filter(pk=here.person.pk).update(language="it")
    page: Page = visitor(here.person)

    page.goto(overview(here))
    expect(page.get_by_text("Vuoi cambiare il tuo piano?")).to_be_visible()
    page.get_by_role("link", name="Contattaci").click()

    dialog = page.get_by_role("dialog", name="Richiedi modifica account")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Invia richiesta")).to_be_visible()
