"""Every page of the portal is for everybody: by all who read it, in both themes, on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page

from accounts.models import User
from tests.browser import pages
from tests.browser.conftest import Visitor, open_site
from tests.browser.judge import accessible, fits
from tests.browser.looks import LOOKS, Look, sign_in
from tests.browser.mishaps import Mishaps
from tests.browser.pages import ASKS_FOR_MORE, NO_PAGES, QUERIES, Reader, Sight
from tests.browser.site import NOTHING
from tests.browser.stages import STAGES
from tests.isolation.addresses import addresses
from tests.isolation.places import Place, places


def in_looks() -> Iterator[Any]:
    """Each page in one look, the next one in the next; in `make proof` each in all."""
    for number, sight in enumerate(pages.sights()):
        for turn, look in enumerate(LOOKS):
            chosen = turn == number % len(LOOKS) and sight.reader is Reader.PRIMARY
            mark = pytest.mark.smoke if chosen else pytest.mark.proof
            yield pytest.param(sight, look, marks=mark, id=f"{sight}-{look}")


@pytest.fixture(scope="module")
def world(lasting_db: None) -> Mapping[str, Place]:
    """Written down once, for nobody changes anything here."""
    return places()


@pytest.fixture
def site(served: str, world: Mapping[str, Place], settings: Any) -> str:
    return open_site(served, settings)


@pytest.fixture(scope="module")
def tabs(browser: Browser, served: str) -> Iterator[dict[Look, Page]]:
    """One for each look, kept open: opening one takes as long as a page, and what all pages share
    is fetched once."""
    windows = {look: browser.new_context(base_url=served, **look.options) for look in LOOKS}
    yield {look: window.new_page() for look, window in windows.items()}
    for window in windows.values():
        window.close()


@pytest.fixture
def visitor(site: str, mishaps: Mishaps, tabs: dict[Look, Page]) -> Iterator[Visitor]:
    visited: list[Page] = []

    def visit(person: User | None, *, look: Look) -> Page:
        tab = tabs[look]
        visited.append(tab)
        tab.context.clear_cookies()
        mishaps.watch(tab.context)
        if person is not None:
            sign_in(tab.context, person, site=site)
        return tab

    yield visit
    for tab in visited:
        # Whatever the page still does is done, and heard, before the next one comes.
        tab.goto(NOTHING)
        mishaps.leave(tab.context)


@pytest.mark.parametrize(("sight", "look"), list(in_looks()))
def test_a_page_is_for_everybody(
    visitor: Visitor, world: Mapping[str, Place], sight: Sight, look: Look
):  # ALL-3
    path, person = pages.find(sight, world)
    page = visitor(person, look=look)

    answer = page.goto(path)

    assert answer is not None
    assert answer.url.endswith(path)
    fits(page)
    # What a page is made of is the same on both databases.
    if connection.vendor == "postgresql":
        accessible(page)


def test_whatever_is_said_of_an_address_is_said_of_one_that_there_is():
    known = {address.name for address in addresses()}

    assert NO_PAGES.keys() | QUERIES.keys() | STAGES.keys() | ASKS_FOR_MORE.keys() <= known
