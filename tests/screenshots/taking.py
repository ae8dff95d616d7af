"""From the list of pictures to files: each in light and dark, on a desk and in a hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from tests import chromium
from tests.browser.looks import DESKTOP, LOOKS, Look, sign_in
from tests.browser.site import serving
from tests.screenshots.pictures import PICTURES, Picture
from tests.screenshots.png import smaller

FOLDER = Path("docs/screenshots")


def take(names: Sequence[str]) -> Iterator[Path]:
    """Takes the named pictures, or all, and says where each is."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        sys.exit(f"No picture is named {', '.join(sorted(unknown))}.")
    # Playwright's loop runs in this thread, and Django takes that for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with serving() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_options())
        for picture in PICTURES:
            if not names or picture.name in names:
                for look in LOOKS:
                    yield _take(picture, look, site=site, browser=browser)
        browser.close()


def _take(picture: Picture, look: Look, *, site: str, browser: Browser) -> Path:
    context = browser.new_context(base_url=site, **look.options)
    if picture.person:
        sign_in(context, User.objects.get(email=picture.person), site=site)
    page = context.new_page()
    page.goto(picture.address())
    picture.first(page)
    page.wait_for_load_state("networkidle")
    taken = page.screenshot(animations="disabled", caret="hide")
    path = FOLDER / f"{picture.name}{_ending(look)}.png"
    path.write_bytes(smaller(taken, using=page))
    context.close()
    return path


def _ending(look: Look) -> str:
    """Nothing for the usual one: a page of `docs/` names that."""
    width = "" if look.width == DESKTOP.width else f"-{look.width}"
    return width + ("-dark" if look.theme == "dark" else "")
