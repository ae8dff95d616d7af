"""The ground itself: what must fail a browser test does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import LOOKS, PHONE, Look
from tests.browser.mishaps import Mishaps
from tests.browser.windows import Windows

APPEND = "([name, more]) => document.body.append(Object.assign(document.createElement(name), more))"


@pytest.fixture
def page(visitor: Visitor, mishaps: Mishaps) -> Page:
    """A page under the policy of the site."""
    page = visitor(look=PHONE, new=True)
    with mishaps.expected(404):
        page.goto("/nowhere/")
    return page


def test_a_refused_answer_is_a_mishap(visitor: Visitor, mishaps: Mishaps, site: str):
    visitor().goto("/nowhere/")

    assert mishaps.take() == [f"answered 404: GET {site}/nowhere/"]


def test_an_expected_answer_has_to_come(mishaps: Mishaps):
    with pytest.raises(AssertionError, match="No answer had the status 422"), mishaps.expected(422):
        pass


def test_what_a_script_says_and_how_it_fails_is_a_mishap(page: Page, mishaps: Mishaps):
    page.evaluate("console.error('no such field')")
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('lost') })")

    assert mishaps.take() == ["console error: no such field", "script failed: Error: lost"]


def test_a_script_in_a_page_is_refused_by_the_policy_and_that_is_a_mishap(
    page: Page, mishaps: Mishaps
):
    with page.expect_event("console"):
        page.evaluate(APPEND, ["script", {"textContent": "window.ran = true"}])

    assert page.evaluate("window.ran") is None
    (said,) = mishaps.take()
    assert "Content Security Policy" in said


def test_a_request_without_an_answer_is_a_mishap(page: Page, mishaps: Mishaps):
    page.route("**/gone.png", lambda route: route.abort("connectionreset"))
    with page.expect_event("requestfailed"):
        page.evaluate(APPEND, ["img", {"src": "/gone.png", "alt": ""}])

    (said,) = mishaps.take()
    assert "no answer: GET" in said
    assert "gone.png: net::ERR_CONNECTION_RESET" in said


def test_axe_names_the_rule_the_element_and_the_way_out(page: Page):
    accessible(page)
    page.evaluate(APPEND, ["img", {"src": "data:,", "id": "nameless"}])

    with pytest.raises(AssertionError) as refusal:
        accessible(page)
    assert "image-alt: Images must have alternative text" in str(refusal.value)
    assert "#nameless" in str(refusal.value)
    assert "Element does not have an alt attribute" in str(refusal.value)


def test_what_is_wider_than_the_screen_is_named(page: Page):
    fits(page)
    page.evaluate("document.body.append(Object.assign(new Image(400, 10), {id: 'wide', alt: ''}))")

    with pytest.raises(AssertionError, match='id="wide"'):
        fits(page)


def test_nothing_is_left_in_a_window_that_is_kept(browser: Browser, site: str):
    windows = Windows(browser, site)
    window = windows.take(PHONE, script=True)
    window.pages[0].goto("/admin/login/")
    window.pages[0].evaluate("localStorage.kept = sessionStorage.kept = document.cookie = 'kept=1'")
    window.new_page()

    windows.give_back(window, PHONE, script=True)

    assert windows.take(PHONE, script=True) is window
    (page,) = window.pages
    assert window.cookies() == []
    page.goto("/admin/login/")
    assert page.evaluate("[localStorage.kept, sessionStorage.kept]") == [None, None]
    assert not any(windows.idle.values()), "it is taken, and kept for nobody else"
    window.close()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_window_looks_as_it_is_asked_to(visitor: Visitor, look: Look):
    page = visitor(look=look)

    assert page.evaluate("innerWidth") == look.width
    assert page.evaluate(f"matchMedia('(prefers-color-scheme: {look.theme})').matches")


def test_without_script_no_script_runs(visitor: Visitor):
    page = visitor(script=False)

    page.goto("/admin/login/")
    page.set_content("<p>still</p><script>document.body.textContent = 'moved'</script>")

    assert page.inner_text("p") == "still"
