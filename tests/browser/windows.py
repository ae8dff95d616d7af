"""Windows that stay open from test to test: to open one takes as long as three pages in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext

from tests.browser.looks import Look
from tests.browser.site import NOTHING

FORGET = "() => { localStorage.clear(); sessionStorage.clear() }"


@dataclass
class Windows:
    """Those that nobody has now are kept, by their look and whether scripts run in them."""

    browser: Browser
    site: str
    idle: dict[tuple[Look, bool], list[BrowserContext]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def take(self, look: Look, *, script: bool) -> BrowserContext:
        """A window with one page, for nobody but who takes it, in which nobody is signed in."""
        idle = self.idle[look, script]
        if idle:
            return idle.pop()
        context = self.browser.new_context(
            base_url=self.site, java_script_enabled=script, **look.options
        )
        context.new_page()
        return context

    def give_back(self, context: BrowserContext, look: Look, *, script: bool) -> None:
        """Whatever its page still does is done and heard when this returns, and nothing is left of
        it: no other page, cookie, or note of a script."""
        page, *others = context.pages
        for other in others:
            other.close()
        page.goto(NOTHING)
        if script:
            page.evaluate(FORGET)
        context.clear_cookies()
        self.idle[look, script].append(context)

    def close(self) -> None:
        for context in [it for kept in self.idle.values() for it in kept]:
            context.close()
