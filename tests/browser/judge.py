"""What a page must be for everybody: read by all (WCAG 2.2 AA), and no wider than the screen."""

from __future__ import annotations

import os
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.contrast import JUDGED_ONCE

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    # It would fetch every style sheet again; no rule of these tags reads them.
    "preload": False,
}
RUN = "options => axe.run(document, options)"
# The looks that have been found readable; in `make proof` each element is looked at by itself.
READABLE: Final[set[str] | None] = (
    None if os.environ.get("HYPOTHESIS_PROFILE") == "proof" else set()
)

# The innermost elements that, or whose text, stick out at the right.
WIDER = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const sticksOut = (it) => {
    const text = document.createRange();
    text.selectNodeContents(it);
    return [it, text].some((one) => one.getBoundingClientRect().right > width + 1);
  };
  const wide = [...document.body.querySelectorAll("*")].filter(sticksOut);
  const innermost = wide.filter((it) => !wide.some((other) => other !== it && it.contains(other)));
  const named = innermost.map((it) => it.outerHTML.slice(0, 160));
  return named.length ? named : ["nothing that has a place of its own"];
}
"""


def accessible(page: Page, *, readable: set[str] | None = READABLE) -> None:
    """No violation in the page as it stands now, its open menus and dialogs included.

    Contrast is not judged again where the look of an element is among the ``readable`` ones, to
    which this page's are added; with None there are none. It asks a script, so it never answers in
    a window without one.
    """
    # Playwright evaluates beside the page's policy, so the policy stays as it is.
    page.evaluate(AXE_SCRIPT)
    if readable is None:
        violations = page.evaluate(RUN, OPTIONS)["violations"]
    else:
        answer = page.evaluate(JUDGED_ONCE, [OPTIONS, list(readable)])
        violations = answer["violations"]
        readable.update(answer["learnt"])
    told = [_told(violation, node) for violation in violations for node in violation["nodes"]]

    assert not told, f"{page.url} is not for everybody:\n" + "\n".join(told)


def _told(violation: dict[str, Any], node: dict[str, Any]) -> str:
    selector = " ".join(map(str, node["target"]))
    summary = node["failureSummary"].replace("\n", "\n      ")
    return f"  {violation['id']}: {violation['help']}\n    {selector}\n      {summary}"


def fits(page: Page) -> None:
    """Nobody has to scroll sideways."""
    wider = page.evaluate(WIDER)

    assert not wider, f"{page.url} is wider than its screen:\n" + "\n".join(wider)
