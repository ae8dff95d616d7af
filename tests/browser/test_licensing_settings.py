"""What customers set under Licensing in a browser: limits, queues, keys of programs, a cart."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.access import Standing
from accounts.models import ApiKey
from billing.models import Item
from licensing.models import Queue, UsageLimit
from licensing.usage import Outcome
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible
from tests.browser.mishaps import Mishaps
from tests.factories import AccountFactory, QueueFactory, SellerFactory
from tests.licensing.owning import own
from tests.licensing.usage_book import QA, licensed, limited, use
from tests.standing import chief


@pytest.fixture
def here(site: str) -> Standing:
    """An account with counted services, all of them on."""
    SellerFactory()
    return chief(licensed(), name="Jana")


def address(here: Standing, name: str, *more: int) -> str:
    return reverse(f"licensing:{name}", args=[here.account.pk, *more])


def test_a_limit_that_stopped_a_service_is_raised_and_it_goes_on(
    visitor: Visitor, here: Standing
):  # LIC-9, LIC-11
    limited(here.account, QA, 1)
    use(here.account, QA, 200, at=timezone.now())
    page = visitor(here.person)
    page.goto(address(here, "limits"))
    expect(page.locator(".banners")).to_contain_text("AI QA has stopped")
    service = page.locator(f"#{QA}")
    service.get_by_label("Packs a month").fill("2")
    expect(service).to_contain_text("2 packs: stops at 400.")
    accessible(page)

    service.get_by_role("button", name="Save the limit of AI QA").press("Enter")

    expect(page.locator(".messages")).to_contain_text("The limit of AI QA is saved: 2 packs")
    expect(page.locator(".banners")).not_to_contain_text("has stopped")
    assert UsageLimit.objects.get().over == 2
    assert use(here.account, QA, 60, at=timezone.now()).outcome is Outcome.ACCEPTED


def test_what_ai_does_in_a_queue_is_refused_with_its_reason_and_then_saved(
    visitor: Visitor, mishaps: Mishaps, here: Standing
):  # LIC-9, LIC-10
    queue = QueueFactory(account=here.account, name="Sales calls", channel="voice")
    page = visitor(here.person)
    page.goto(address(here, "queue", queue.pk))
    page.get_by_role("checkbox", name="AI topics").press("Space")
    save = page.get_by_role("button", name="Save what AI does")
    with mishaps.expected(422):
        save.press("Enter")
        expect(page.locator(".is-wrong")).to_contain_text("switch speech-to-text on, too")
    accessible(page)

    page.get_by_role("checkbox", name="Speech-to-text").press("Space")
    page.get_by_label("Language spoken").select_option("cs")
    save.press("Enter")

    expect(page.locator(".messages")).to_contain_text("The queue is saved.")
    found = Queue.objects.get()
    assert (found.ai_topics, found.speech_to_text, found.speech_language) == (True, True, "cs")


def test_a_key_is_created_shown_once_and_revoked(visitor: Visitor, here: Standing):  # API-4
    page = visitor(here.person)
    page.goto(reverse("accounts:api_keys", args=[here.account.pk]))
    page.get_by_role("link", name="Create a key").press("Enter")
    page.get_by_role("textbox", name="Name").fill("Dialler")
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name="Create key").press("Enter")
    expect(page.get_by_role("heading", name="Dialler works now")).to_be_visible()
    token = page.get_by_label("The key").input_value()
    accessible(page)
    page.get_by_role("link", name="To the keys").press("Enter")

    row = page.get_by_role("row", name="Dialler")
    expect(row).to_contain_text("Works")
    assert token not in page.content()
    row.get_by_role("button", name="Actions for Dialler").press("Enter")
    page.get_by_role("link", name="Revoke Dialler").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Revoke key Dialler").press("Enter")

    expect(page.get_by_role("row", name="Dialler")).to_contain_text("Revoked")
    assert ApiKey.objects.get().revoked_at is not None


def test_after_going_back_and_in_a_second_tab_a_cart_is_saved_once(
    visitor: Visitor, mishaps: Mishaps, site: str
):  # LIC-3
    SellerFactory()
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=3)
    here = chief(account, name="Jana")
    one = visitor(here.person)
    one.goto(address(here, "licences"))
    voice = one.get_by_role("article", name="Voice")
    voice.get_by_role("button", name="One more").press("Enter")
    one.get_by_role("button", name="Save").press("Enter")
    expect(one.get_by_role("heading", name="Cart")).to_be_visible()
    one.go_back()
    expect(voice.get_by_role("spinbutton")).to_have_value("4")
    one.goto(reverse("billing:cart", args=[account.pk]))
    other = one.context.new_page()
    other.goto(one.url)
    other.get_by_role("button", name="Save").press("Enter")
    expect(other.locator(".messages")).to_contain_text("Voice 3 → 4")
    expect(other.get_by_role("heading", name="Licensing", exact=True)).to_be_visible()

    with mishaps.expected(409):
        one.get_by_role("button", name="Save").press("Enter")
        expect(one.get_by_role("alert")).to_contain_text("It was changed in another tab.")

    assert Item.objects.get(product__code="voice").quantity == 4
