"""Choices that no page offers, sent by hand: told beside their field, never a failure. ALL-4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.admin.desk import MOST_ROWS
from accounts.models import User
from tests.admin import book
from tests.factories import PriceFactory

pytestmark = pytest.mark.django_db

# None of them is the id of a row: too large for the database, no number, below all, none at all.
ODD = ("9" * 23, "abc", "-1", "\0", str(2**63))


def choices(fields: dict[str, Any]) -> list[str]:
    return [name for name, one in fields.items() if isinstance(one, forms.ModelChoiceField)]


def asked(request: Any) -> Iterator[tuple[str, Any, Any]]:
    """The pages on which something is added, or the latest row changed: with row or without."""
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if page.has_add_permission(request):
            yield reverse(f"{name}_add"), page, None
        row = model._default_manager.order_by("-pk").first()
        if row is not None and page.has_change_permission(request, row):
            yield reverse(f"{name}_change", args=[row.pk]), page, row


def tables(page: Any, request: Any, row: Model | None) -> list[Any]:
    """The rows beside a form, each table without any."""
    made = (one.get_formset(request, row) for one in page.get_inline_instances(request, row))
    return [kind(instance=row or page.model()) for kind in made]


def typed(table: Any, fields: list[str], odd: str) -> dict[str, str]:
    """One new row of a table, with this in each of its choices."""
    counts = {f"{table.prefix}-TOTAL_FORMS": "1", f"{table.prefix}-INITIAL_FORMS": "0"}
    return counts | {f"{table.prefix}-0-{name}": odd for name in fields}


def untold(client: Client, shown: tuple[str, Any, Any], *, request: Any, odd: str) -> list[str]:
    """The choices of a page that take this without a word beside them."""
    address, page, row = shown
    form = choices(page.get_form(request, row, change=row is not None).base_fields)
    beside = [
        (table, [one for one in choices(table.form.base_fields) if one != table.fk.name])
        for table in tables(page, request, row)
    ]
    if not form and not any(fields for _, fields in beside):
        return []
    values = dict.fromkeys(form, odd)
    for table, fields in beside:
        values |= typed(table, fields, odd)
    answer = client.post(address, values)
    if answer.status_code not in {200, 422}:
        return [f"{address} {odd!r}: {answer.status_code}"]
    if "adminform" not in answer.context:
        return []  # a page with a form of its own, such as that of a bank file
    said = {name for name in form if name not in answer.context["adminform"].form.errors}
    for beneath, (_, fields) in zip(answer.context["inline_admin_formsets"], beside, strict=True):
        [errors] = beneath.formset.errors
        said |= {name for name in fields if name not in errors}
    return [f"{address} {odd!r}: {name} takes it" for name in sorted(said)]


def covered(page: Any, row: Any, request: Any) -> Iterator[tuple[type[Model], str]]:
    """The choices that a page and its tables send."""
    form = page.get_form(request, row, change=row is not None)
    yield from ((page.model, name) for name in choices(form.base_fields))
    for table in tables(page, request, row):
        yield from ((table.model, name) for name in choices(table.form.base_fields))


def declared() -> set[tuple[type[Model], str]]:
    """Every field of the desk that is chosen among many rows by typing."""
    found = [one for page in admin.site._registry.values() for one in (page, *page.inlines)]
    return {
        (one.model, name)
        for one in found
        for name in (*one.autocomplete_fields, *one.raw_id_fields)
    }


@pytest.mark.parametrize("odd", ODD)
def test_a_choice_that_names_no_row_is_told_beside_its_field(root, odd):
    PriceFactory(code="seat")
    book._plan(1)
    Group.objects.create(name="Auditors")
    root.raise_request_exception = False
    request = RequestFactory().get("/")
    request.user = User(pk=1, is_active=True, is_staff=True, is_superuser=True)

    pages = list(asked(request))
    found = [one for page in pages for one in untold(root, page, request=request, odd=odd)]

    assert found == []
    assert declared() <= {name for page in pages for name in covered(*page[1:], request)}


@pytest.mark.parametrize("odd", ["9" * 23, "abc,1", "1," + "9" * 23])
@pytest.mark.parametrize("name", ["requires", "line", "level"])
def test_an_address_that_names_no_row_fills_in_nothing(root, name, odd):
    assert root.get(reverse("admin:billing_product_add"), {name: odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_a_tick_that_names_no_row_ticks_none(root, odd):
    PriceFactory(code="seat")
    root.raise_request_exception = False
    request = RequestFactory().get("/")
    request.user = User(pk=1, is_active=True, is_staff=True, is_superuser=True)
    ticked = {"_selected_action": odd, "index": "0", "select_across": "0"}
    asks = [
        (f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", action)
        for model, page in admin.site._registry.items()
        for action in page.get_actions(request)
    ]
    assert len(asks) > 10

    found = [
        (name, action, code)
        for name, action in asks
        if (code := root.post(reverse(name), ticked | {"action": action}).status_code) >= 500
    ]

    assert found == []


@pytest.mark.parametrize("total", [MOST_ROWS + 1, 10**6])
def test_a_table_with_too_many_rows_is_refused_before_they_are_made(root, total):
    price = PriceFactory(code="seat")
    book._plan(1)
    request = RequestFactory().get("/")
    request.user = User(pk=1, is_active=True, is_staff=True, is_superuser=True)
    told = []

    for address, page, row in asked(request):
        found = tables(page, request, row)
        sent = {f"{one.prefix}-TOTAL_FORMS": str(total) for one in found}
        counts = {f"{one.prefix}-INITIAL_FORMS": "0" for one in found}
        answer = root.post(address, counts | sent) if found else None
        for beneath in answer.context["inline_admin_formsets"] if answer else ():
            assert len(beneath.formset.forms) <= MOST_ROWS
            told.append((address, *beneath.formset.non_form_errors()))

    page = reverse("admin:billing_price_change", args=[price.pk])
    assert (page, "At most 200 rows can be saved here.") in told
    assert {said[:8] for _, said in told} == {"At most "}


def test_the_preview_of_a_price_makes_no_more_rows_than_can_be_saved(root):
    sent = {"tiers-TOTAL_FORMS": "1000", "tiers-INITIAL_FORMS": "0"}

    page = root.post(reverse("admin:billing_price_preview"), sent | {"model": "volume"})

    assert page.status_code == 200
    assertContains(page, "At most 200 rows can be saved here.")


def test_as_many_rows_as_a_table_takes_can_be_sent(root):  # PRICE-1
    price = PriceFactory(code="seat")
    hidden = {"id": "", "price": str(price.pk)}  # beside what is typed, as a browser sends them
    row = {**hidden, "up_to": "", "unit": "1", "flat": "0"}
    sent = {f"tiers-{place}-{name}": it for place in range(MOST_ROWS) for name, it in row.items()}
    counts = {"tiers-TOTAL_FORMS": str(MOST_ROWS), "tiers-INITIAL_FORMS": "0"}

    page = root.post(reverse("admin:billing_price_change", args=[price.pk]), counts | sent)

    assert page.status_code == 200
    assertContains(page, "Choose the product.")
