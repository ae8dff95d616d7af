"""The style page: every component, for the people of the vendor alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from config import style_page
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGES = ("style", "style_dialog")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(staff=True))
    return client


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_every_component_is_drawn_and_shown_in_each_theme(staff, theme):
    page = staff.get(reverse("style"), {"theme": theme})
    text = page.content.decode()

    assert page.status_code == 200
    assert all(
        f'<section class="section" id="{part}">' in text for _, part in style_page.COMPONENTS
    )
    assert text.count("The lines that make it") == len(style_page.COMPONENTS)
    assert ('data-theme="dark"' in text) is (theme == "dark")


def test_what_is_shown_are_the_lines_that_draw_it(staff):
    text = staff.get(reverse("style")).content.decode()

    assert "{% include &quot;parts/change.html&quot; with was=&quot;10 seats&quot;" in text
    assert "€</span>1,234,567.89" in text


@pytest.mark.parametrize("page", PAGES)
def test_customers_find_nothing_there_and_nobody_is_asked_to_sign_in(client, page):
    nobody = client.get(reverse(page))
    client.force_login(UserFactory())

    assert nobody["Location"].startswith(reverse("account_login"))
    assert client.get(reverse(page)).status_code == 404


def test_the_dialog_is_a_page_and_a_fragment_of_one(staff):
    whole = staff.get(reverse("style_dialog")).content.decode()
    fragment = staff.get(reverse("style_dialog"), headers={"HX-Request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in fragment
    assert "Change the user seats" in whole
    assert "Change the user seats" in fragment


def test_a_form_in_a_dialog_is_drawn_again_or_leads_the_whole_page_on(staff):  # ALL-4
    refused, done = (
        staff.post(
            reverse("style_dialog"),
            {"seats": "4", "reason": reason},
            headers={"HX-Request": "true"},
        )
        for reason in ("", "Two more people")
    )

    assert refused.status_code == 422
    assert 'value="4"' in refused.content.decode()
    assert (done.status_code, done["HX-Redirect"]) == (200, reverse("style"))
