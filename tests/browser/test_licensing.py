"""Licences in a browser: bought and released, and calls kept longer and shorter. LIC."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.access import Standing
from billing.models import Item
from licensing.cards import Retention
from licensing.models import Queue, QueueLogin
from licensing.recording import retention_of
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import PHONE_DARK
from tests.factories import AccountFactory, MemberFactory, QueueFactory, SellerFactory
from tests.licensing.owning import own
from tests.standing import chief

# The colour in which an element is written, and the one of what is refused.
INKS = """one => {
  const mark = one.appendChild(document.createElement("i"));
  mark.style.color = "var(--bad)";
  const inks = {seen: getComputedStyle(one).color, bad: getComputedStyle(mark).color};
  mark.remove();
  return inks;
}"""
# On how many lines the words of an element stand.
LINES = """one => {
  const line = parseFloat(getComputedStyle(one).lineHeight);
  return Math.round(one.getBoundingClientRect().height / line);
}"""


@pytest.fixture
def here(site: str) -> Standing:
    """Three Voice licences, two of them in use through the queue Sales calls."""
    SellerFactory()
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=3, chat=0, recording=0)
    queue = QueueFactory(account=account, name="Sales calls")
    for name in ("Ann", "Ben"):
        agent = MemberFactory(
            account=account, name=name, type="contact_centre", last_active_at=timezone.now()
        )
        QueueLogin.objects.create(member=agent, queue=queue)
    return chief(account, name="Jana")


def address(here: Standing, name: str, *more: str) -> str:
    return reverse(f"licensing:{name}", args=[here.account.pk, *more])


def owned(code: str) -> int:
    return Item.objects.get(product__code=code).quantity


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def test_licences_are_added_by_steppers_and_usable_once_saved_twice(
    visitor: Visitor, here: Standing
):  # LIC-1, LIC-3
    page = visitor(here.person)
    page.goto(address(here, "licences"))
    expect(card(page, "Voice")).to_contain_text("2 in use, 1 free")
    for name in ("Voice", "Chat"):
        card(page, name).get_by_role("button", name="One more").press("Enter")
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.get_by_role("heading", name="Cart")).to_be_visible()
    expect(page.get_by_role("row", name="Voice")).to_contain_text("3 units")
    expect(page.locator(".strip").first).to_contain_text("your cart: 3 → 4")
    accessible(page)
    assert owned("voice") == 3
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.locator(".messages")).to_contain_text("Voice 3 → 4")
    assert (owned("voice"), owned("chat")) == (4, 1)


def test_licences_in_use_are_released_and_reduced_on_a_phone(
    visitor: Visitor, here: Standing
):  # LIC-4
    page = visitor(here.person, look=PHONE_DARK)
    page.goto(address(here, "licences"))
    card(page, "Voice").get_by_role("spinbutton").fill("1")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("2 Voice licences are in use: Ann")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Release and reduce").press("Enter")

    expect(page.get_by_role("checkbox", name="Release from Ann")).to_be_checked()
    page.get_by_role("checkbox", name="Release from Ann").press("Space")
    page.get_by_role("checkbox", name="Release from Ben").press("Space")
    expect(page.get_by_text("this month stays at 3")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Release and own 1").press("Enter")

    expect(page.locator(".messages")).to_contain_text("Voice: released from 1 person, 1 owned now.")
    assert [one.member.name for one in QueueLogin.objects.all()] == ["Ann"]
    assert owned("voice") == 1


def test_what_stands_in_the_way_is_seen_and_numbers_keep_their_units(
    visitor: Visitor, here: Standing
):  # LIC-4
    # The more there is to say of a product, the less room is left for the numbers.
    Queue.objects.filter(account=here.account).update(name="Sales calls of the whole north")
    page = visitor(here.person)
    page.goto(address(here, "licences"))
    card(page, "Voice").get_by_role("spinbutton").fill("1")
    card(page, "Chat").get_by_role("spinbutton").fill("12345678")
    page.get_by_role("button", name="Save").press("Enter")

    refused = page.get_by_text("2 Voice licences are in use: Ann")
    expect(refused).to_be_visible()
    inks = refused.evaluate(INKS)
    assert inks["seen"] == inks["bad"]
    becomes = page.get_by_role("row", name="Chat").locator("ins")
    assert becomes.evaluate(LINES) == 1


def test_calls_are_kept_longer_and_shorter_with_the_dates_in_view(
    visitor: Visitor, here: Standing
):  # LIC-8
    page = visitor(here.person)
    page.goto(address(here, "recording"))
    page.get_by_label("Keep calls for").select_option("9m")
    page.get_by_role("button", name="Show what it costs").press("Enter")
    expect(page.get_by_text("2 users, 6 units")).to_be_visible()
    page.get_by_role("button", name="Keep calls for 9 months").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Calls are kept for 9 months from now on.")

    page.get_by_label("Keep calls for").select_option("3m")
    page.get_by_role("button", name="Show what it costs").press("Enter")
    expect(page.get_by_text("cannot be brought back")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Keep 3 months and delete older calls").press("Enter")

    expect(page.locator(".messages")).to_contain_text("Calls are kept for 3 months from now on.")
    assert retention_of(here.account) == Retention(months=3)
    assert owned("recording") == 2
