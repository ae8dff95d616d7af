"""Pages as a person meets them: in Chromium, with script and policy, on the test's database.

A journey runs on PostgreSQL; what carries `smoke` runs on SQLite too. Whatever goes wrong in a
window (`Mishaps`) fails the test that opened it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.cache import cache
from django.utils.text import slugify
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from accounts.models import User
from tests import chromium
from tests.browser.looks import DESKTOP, Look, sign_in
from tests.browser.mishaps import Mishaps
from tests.browser.site import serving
from tests.browser.windows import Windows

HERE = Path(__file__).parent
COMMITTING = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
PATIENCE = 10_000  # milliseconds
Visitor = Callable[..., Page]


def pytest_configure(config: pytest.Config) -> None:
    config.option.output = str(site_settings.VAR / "browser")
    expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests commit, and they come last: Playwright's loop runs until the session ends."""
    items.sort(key=_is_ours)
    for item in filter(_is_ours, items):
        item.add_marker(COMMITTING)
        if not item.get_closest_marker("smoke"):
            item.add_marker("postgres")


def _is_ours(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **chromium.launch_options()}


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Playwright leaves a loop running in this thread, and Django takes that for async code, which
    it refuses the database. It is not: each test is a plain function."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield playwright
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def site(served: str, transactional_db: None, settings: Any) -> str:
    """The address of the site on the test's database; the links in its letters lead there."""
    return open_site(served, settings)


def open_site(address: str, settings: Any) -> str:
    cache.clear()  # no limit is reached yet
    settings.SITE_URL = address
    return address


@pytest.fixture
def mishaps() -> Iterator[Mishaps]:
    seen = Mishaps()
    yield seen

    assert seen.take() == []


@pytest.fixture(scope="session")
def windows(browser: Browser, served: str) -> Iterator[Windows]:
    kept = Windows(browser, served)
    yield kept
    kept.close()


@pytest.fixture
def visitor(
    site: str, mishaps: Mishaps, windows: Windows, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """A window for somebody: nobody, or a person who is signed in. Other tests have had it before
    and will have it after, unless it is ``new``, as one has to be that a test does something to
    besides looking at pages: answers its requests, listens to it, plugs in a device."""
    opened: list[tuple[BrowserContext, Look, bool, bool]] = []

    def visit(
        person: User | None = None,
        *,
        look: Look = DESKTOP,
        script: bool = True,
        new: bool = False,
    ) -> Page:
        context = (Windows(windows.browser, site) if new else windows).take(look, script=script)
        opened.append((context, look, script, new))
        context.set_default_timeout(PATIENCE)
        mishaps.watch(context)
        if person is not None:
            sign_in(context, person, site=site)
        return context.pages[0]

    yield visit
    told = getattr(request.node, "rep_call", None)
    failed = told is None or told.failed or not mishaps.none
    if failed:
        keep_pictures(request.node.name, [context for context, *_ in opened])
    for context, look, script, new in opened:
        if failed or new:
            context.close()
        else:
            windows.give_back(context, look, script=script)
            mishaps.leave(context)


def keep_pictures(name: str, windows: list[BrowserContext]) -> None:
    """What the windows of a test that failed show. Playwright's own fixture takes pictures of all
    tests, to throw most of them away."""
    for number, page in enumerate(page for window in windows for page in window.pages):
        path = site_settings.VAR / "browser" / f"{slugify(name)}-{number}.png"
        with suppress(PlaywrightError):
            page.screenshot(path=path, timeout=PATIENCE / 2)
