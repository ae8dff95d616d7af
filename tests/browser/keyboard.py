"""Somebody without a mouse: what Tab comes to, and whether one sees where one is."""

from __future__ import annotations

from playwright.sync_api import Page

# What should be come to: everything that can be worked and is drawn. Of the radio buttons of one
# name Tab stops at one; the arrows do the rest.
BEGIN = """
(within) => {
  const wanted = [
    "a[href]", "button:enabled", "input:enabled:not([type=hidden])", "select:enabled",
    "textarea:enabled", "summary", "[tabindex='0']",
  ];
  const radios = new Set();
  const all = document.querySelectorAll(wanted.map((it) => `${within} ${it}`).join(","));
  window.toReach = [...all]
    .filter((it) => it.checkVisibility({ visibilityProperty: true }) && it.tabIndex >= 0)
    .filter((it) => it.type !== "radio" || (!radios.has(it.name) && radios.add(it.name)));
  window.reached = new Set();
}
"""
STOP = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const same = (it) => it === at || (it.type === "radio" && it.name === at.name);
  const again = window.reached.has(at);
  window.toReach.filter(same).forEach((it) => window.reached.add(it));
  window.reached.add(at);
  const style = getComputedStyle(at);
  const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return again ? "again" : seen ? "seen" : at.outerHTML.slice(0, 160);
}
"""
MISSED = """
() => window.toReach.filter((it) => !window.reached.has(it)).map((it) => it.outerHTML.slice(0, 160))
"""


def tab_reaches_everything(page: Page, within: str = "body") -> None:
    """Tab comes to all that can be worked, and each stop shows that it is one."""
    page.wait_for_load_state()  # what is drawn is known once the styles are there
    page.evaluate(BEGIN, within)
    unseen = []
    for _ in range(page.evaluate("window.toReach.length") + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop not in {"", "again", "seen"}:
            unseen.append(stop)

    missed = page.evaluate(MISSED)
    assert not missed, f"Tab does not come to these at {page.url}:\n" + "\n".join(missed)
    assert not unseen, f"Nothing shows that one is here at {page.url}:\n" + "\n".join(unseen)


def focus_stays_in(page: Page, within: str) -> None:
    """Tab and Shift+Tab go round inside it, and never to the page behind it."""
    inside = (
        f"document.activeElement.closest({within!r}) || document.activeElement === document.body"
    )
    for key in ("Tab", "Shift+Tab"):
        for _ in range(12):
            page.keyboard.press(key)
            assert page.evaluate(f"Boolean({inside})"), f"{key} left {within} at {page.url}"
