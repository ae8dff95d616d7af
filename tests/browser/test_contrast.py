"""Contrast that is judged once for each look finds what is found where each element is judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.judge import accessible

HEAD = """<!doctype html><html lang="en"><title>Looks</title><style>
  body { background: white; color: #333; font: 16px/1.5 sans-serif }
  .large, .heavy { color: #808080; font-size: 19px; font-weight: 700 }
  .large { font-size: 24px; font-weight: 400 }
  .dark { background: #555 }
  .thin { background: rgb(0 0 0 / 30%) }
  .place { position: relative; height: 4em }
  .under { position: absolute; inset: 0 }
</style>"""
READABLE = """<main>
  <h1>Heading</h1> <p>Text</p> <p class="large">Text</p> <p class="heavy">Text</p>
  <p><a href="#">A link</a> in a text, and <b>what is bold</b></p>
  <div class="thin"><p>Text</p></div>
  <div class="place"><p>Text</p></div>
  <ul><li>Item</li></ul> <table><tr><th>Head</th><td>Cell</td></tr></table>
  <input aria-label="Name" value="Ann"> <button>Button</button>
</main>"""
MANY = "<p>Text</p>" * 40
FAULTS = {
    "its colour among many": f'{MANY}<p id="bad" style="color: #aaa">Text</p>{MANY}',
    "its colour in a text": '<p>Text, <b id="bad" style="color: #aaa">bold</b>, and text</p>',
    "its fill": '<p id="bad" style="-webkit-text-fill-color: #aaa">Text</p>',
    "its stroke": '<p id="bad" style="-webkit-text-stroke: 3px #aaa">Text</p>',
    "its size": '<p id="bad" class="large" style="font-size: 20px">Text</p>',
    "its weight": '<p id="bad" class="heavy" style="font-weight: 500">Text</p>',
    "its opacity": '<p id="bad" style="opacity: 0.4">Text</p>',
    "its background": '<p id="bad" class="dark">Text</p>',
    "a field's": '<input id="bad" aria-label="Name" value="Ann" style="color: #aaa">',
    "an ancestor's opacity": '<div style="opacity: 0.4"><ul><li id="bad">Item</li></ul></div>',
    "opacity above a panel": (
        '<div style="opacity: 0.4"><div style="background: white"><p id="bad">Text</p></div></div>'
    ),
    "an ancestor's background": '<div class="dark"><ul><li id="bad">Item</li></ul></div>',
    "a panel in a panel": '<div class="thin"><div class="dark"><p id="bad">Text</p></div></div>',
    "panels that add up": '<div class="thin"><div class="thin"><p id="bad">Text</p></div></div>',
    "a panel without blue": '<div style="background: #660"><p id="bad">Text</p></div>',
    "a black one beside": (
        '<div style="display: grid"><div style="background: black; grid-area: 1 / 1"></div>'
        '<p id="bad" style="grid-area: 1 / 1">Text</p></div>'
    ),
    "a table's row": '<table><tr class="dark"><th id="bad">Head</th></tr></table>',
    "the page's": '<style>body { background: #555 }</style><p id="bad">Text</p>',
    "the root's": '<style>html, body { background: #555 }</style><p id="bad">Text</p>',
    "what lies under it": (
        '<div class="place"><div class="dark under"></div>'
        '<p id="bad" style="position: relative">Text</p></div>'
    ),
    "what it was moved onto": (
        '<div class="dark place"></div><p id="bad" style="position: relative; top: -4em">Text</p>'
    ),
    "its neighbour in a grid": (
        '<div style="display: grid"><div class="dark" style="grid-area: 1 / 1"></div>'
        '<p id="bad" style="grid-area: 1 / 1">Text</p></div>'
    ),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as window:
        yield window.new_page()


def refusal(page: Page, readable: set[str] | None) -> str:
    with pytest.raises(AssertionError) as refused:
        accessible(page, readable=readable)
    return str(refused.value)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_where_its_like_are_known_to_be_readable(page: Page, fault: str):
    readable = set[str]()
    page.set_content(HEAD + READABLE)
    accessible(page, readable=readable)
    known = set(readable)

    page.set_content(HEAD + READABLE + fault)
    found = refusal(page, readable)

    assert "color-contrast: " in found
    assert "#bad" in found
    assert found == refusal(page, None)
    page.set_content(HEAD + READABLE + fault)
    assert found == refusal(page, readable), "what was not readable was taken to be so"
    assert known <= readable


def test_what_is_alike_is_one_look(page: Page):
    readable = set[str]()
    page.set_content(HEAD + MANY)

    accessible(page, readable=readable)

    assert len(readable) == 1


def test_each_of_many_faults_is_named(page: Page):
    page.set_content(f"{HEAD}{READABLE}<div class=dark>{MANY}</div>")

    assert refusal(page, set()).count("color-contrast: ") == 40
