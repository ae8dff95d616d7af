"""The price editor: what units cost as one types, problems beside fields, used versions fixed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import Price, PricePin, Product, Tier
from tests.admin import book
from tests.factories import PriceFactory, ProductFactory, TaxRateFactory, TierFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

PREVIEW = "admin:billing_price_preview"
FORM = {
    "currency": "EUR",
    "interval": "month",
    "valid_from": "2027-01-01",
    "model": "per_unit",
    "timing": "advance",
    "basis": "set",
    "increase": "prorate",
    "decrease": "at_renewal",
    "amount": "19.00",
    "size": "",
    "allowance": "0",
    "unit_factor": "1",
}


@lasting
def product() -> Product:
    return ProductFactory(code="seat")


def form(seat: Product, *tiers: tuple[str, str, str], **fields: str) -> dict[str, str]:
    """The editor's form as a browser sends it, with these tiers: up to, unit, flat."""
    rows = {
        f"tiers-{number}-{name}": value
        for number, tier in enumerate(tiers)
        for name, value in zip(("up_to", "unit", "flat"), tier, strict=True)
    }
    counts = {"tiers-TOTAL_FORMS": str(len(tiers)), "tiers-INITIAL_FORMS": "0"}
    return FORM | {"product": str(seat.pk)} | fields | counts | rows


def preview(client: Client, data: dict[str, str]) -> Any:
    return client.post(reverse(PREVIEW), data).json()


def amounts(client: Client, data: dict[str, str]) -> list[str]:
    return [row["amount"] for row in preview(client, data)["amounts"]]


@pytest.mark.parametrize(
    ("fields", "tiers", "shown"),
    [
        ({}, (), ["€19.00", "€190.00", "€1,900.00", "€19,000.00"]),
        ({"model": "flat"}, (), ["€19.00"] * 4),
        ({"model": "package", "size": "30"}, (), ["€19.00", "€19.00", "€76.00", "€646.00"]),
        (
            {"model": "volume", "amount": ""},
            (("100", "2", "0"), ("", "1.50", "10")),
            ["€2.00", "€20.00", "€200.00", "€1,510.00"],
        ),
        (
            {"model": "tiered", "amount": ""},
            (("", "0.50", "5"), ("100", "1", "0")),
            ["€1.00", "€10.00", "€100.00", "€555.00"],
        ),
        (
            {"model": "tiered", "amount": ""},
            (("100", "1", "0"),),
            ["€1.00", "€10.00", "€100.00", "beyond the last tier (100)"],
        ),
        (
            {"model": "volume", "amount": ""},
            (("10", "1", "0"), ("", "0", "0")),
            ["€1.00", "€10.00", "€0.00", "€0.00"],
        ),
        (
            {"timing": "arrears", "basis": "metered", "allowance": "50", "amount": "0.035"},
            (),
            ["€0.00", "€0.00", "€1.75", "€33.25"],
        ),
        ({"currency": "JPY", "amount": "12.5"}, (), ["¥13", "¥125", "¥1,250", "¥12,500"]),
        ({"product": "", "valid_from": ""}, (), ["€19.00", "€190.00", "€1,900.00", "€19,000.00"]),
    ],
    ids=[
        *("per unit", "flat", "package", "volume", "tiers in any order", "beyond the last tier"),
        *("free above", "above an allowance", "a currency without decimals", "not yet of anything"),
    ],
)
def test_units_cost_what_stands_on_the_page(root, product, fields, tiers, shown):  # PRICE-1
    assert amounts(root, form(product, *tiers, **fields)) == shown


@pytest.mark.parametrize(
    ("fields", "tiers", "said"),
    [
        ({"amount": "x"}, (), "amount: Enter a number."),
        ({"amount": ""}, (), "amount: A per-unit price needs one."),
        ({"basis": ""}, (), "basis: Choose the basis."),
        ({"currency": "EUX"}, (), "currency: 'EUX' is no currency of ISO 4217"),
        ({"model": "package"}, (), "size: A package price needs the units in a package"),
        (
            {"basis": "peak"},
            (),
            "basis: The highest number in the cycle cannot be charged in advance",
        ),
        ({"allowance": "5"}, (), "allowance: Only a metered price has one"),
        ({"unit_factor": "0"}, (), "unit_factor: Write more than zero."),
        ({"unit_factor": "-1"}, (), "unit_factor: Write more than zero."),
        ({"unit_factor": "x"}, (), "unit_factor: Enter a number."),
        ({"unit_factor": "2"}, (), "unit_factor: Only a peak price has one"),
        ({"amount": "-1"}, (), "amount: Expected an amount of zero or more"),
        ({"model": "volume", "amount": ""}, (), "tiers: A volume price needs at least one tier"),
        (
            {"model": "volume", "amount": ""},
            (("10", "1", "0"), ("10", "2", "0")),
            "tiers-1-up_to: Expected more than 10",
        ),
        (
            {"model": "volume", "amount": ""},
            (("x", "1", "0"),),
            "tiers-0-up_to: Enter a whole number.",
        ),
        (
            {"model": "volume", "amount": ""},
            (("5", "-1", "0"),),
            "tiers-0-unit: Write zero or more.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(root, product, fields, tiers, said):  # ALL-4
    data = form(product, *tiers, **fields)

    shown = preview(root, data)
    page = root.post(reverse("admin:billing_price_add"), data)

    field, words = said.split(": ")
    assert " ".join(shown["problems"][field]).startswith(words)
    assert shown["amounts"] == []
    assert words.replace("'", "&#x27;") in page.content.decode()
    assert not Price.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"valid_from": "0001-01-01"}, "Write a day from 2000 to 2199."),
        ({"valid_from": "2200-01-01"}, "Write a day from 2000 to 2199."),
        ({"product": "abc"}, "Select a valid choice."),
    ],
)
def test_a_wrong_product_or_day_keeps_what_was_typed(root, product, fields, said):  # ALL-4
    page = root.post(reverse("admin:billing_price_add"), form(product, amount="7.25") | fields)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert 'value="7.25"' in page.content.decode()
    assert not Price.objects.exists()


def test_a_wrong_factor_leaves_the_tiers_unjudged_and_typed(root, product):  # ALL-4
    data = form(product, ("100", "2", "0"), model="volume", amount="", unit_factor="0")

    page = root.post(reverse("admin:billing_price_add"), data)

    formset = page.context["inline_admin_formsets"][0].formset
    assert (formset.errors, formset.non_form_errors()) == ([{}], [])
    assert page.context["adminform"].form.errors == {"unit_factor": ["Write more than zero."]}
    assert [tier["up_to"].value() for tier in formset] == ["100"]


def test_a_second_version_from_the_same_day_is_refused_in_words(root, product):  # PRICE-8
    PriceFactory(product=product, valid_from="2027-01-01")

    page = root.post(reverse("admin:billing_price_add"), form(product))

    (said,) = page.context["adminform"].form.non_field_errors()
    assert "from this day on already. Choose another day" in said


def test_a_new_version_is_saved_with_its_tiers_and_who_wrote_it(root, product):  # STAFF-4
    data = form(product, ("1000", "0", "49"), ("", "0.02", "0"), model="volume", amount="")

    root.post(reverse("admin:billing_price_add"), data)

    price = Price.objects.get()
    tiers = list(price.tiers.values_list("up_to", "flat"))
    assert tiers == [(1000, Decimal(49)), (None, Decimal(0))]
    assert price.history.get().history_user.email == "root@example.com"


def test_the_audit_log_shows_before_and_after(root, product):  # STAFF-4
    price = PriceFactory(product=product, amount=Decimal("10"), valid_from="2030-01-01")
    change = reverse("admin:billing_price_change", args=[price.pk])

    root.post(change, form(product, amount="12.50", valid_from="2030-01-01"))

    page = root.get(reverse("admin:billing_price_history", args=[price.pk])).content.decode()
    assert "Rita" in page
    assert "10.00000000" in page
    assert "12.5" in page


def test_tiers_that_somebody_else_changed_meanwhile_are_told_and_kept(root, product):  # STAFF-4
    price = PriceFactory(product=product, model="tiered", amount=None, valid_from="2027-01-01")
    tier = TierFactory(price=price, up_to=None, unit=Decimal("0.50"), flat=Decimal(5))
    change = reverse("admin:billing_price_change", args=[price.pk])
    seen = root.get(change).context["inline_admin_formsets"][0].formset.management_form["seen"]
    rows = {"tiers-0-id": str(tier.pk), "tiers-0-price": str(price.pk), "tiers-INITIAL_FORMS": "1"}
    mine, theirs = (
        form(product, ("", unit, "5"), model="tiered", amount="")
        | rows
        | {"tiers-seen": seen.value()}
        for unit in ("0.60", "0.40")
    )

    assert root.post(change, theirs).status_code == 302
    page = root.post(change, mine)

    formset = page.context["inline_admin_formsets"][0].formset
    assert formset.non_form_errors()[0].startswith("The tiers were changed meanwhile.")
    assert formset.forms[0]["unit"].value() == "0.60"
    tier.refresh_from_db()
    assert tier.unit == Decimal("0.40")


def used() -> Price:
    book.customers(1)
    return Price.objects.get(product__code="desk-seat")


def test_a_version_that_was_bought_cannot_be_changed_or_deleted(root):  # PRICE-8
    price = used()

    changed = root.post(
        reverse("admin:billing_price_change", args=[price.pk]), form(price.product, amount="1")
    )
    deleted = root.post(reverse("admin:billing_price_delete", args=[price.pk]), {"post": "yes"})

    price.refresh_from_db()
    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert price.amount == Decimal(10)


def test_a_version_bought_while_it_is_being_edited_stays_as_it_is(root):  # PRICE-8
    price = PriceFactory(code="desk-seat", amount=Decimal(10))
    change = reverse("admin:billing_price_change", args=[price.pk])
    assert root.get(change).context["has_change_permission"]

    book.customers(1)

    assert PricePin.objects.filter(price=price).exists()
    assert root.post(change, form(price.product, amount="1")).status_code == 403


def test_a_used_version_shows_its_amounts_and_is_copied_with_one_click(root):
    price = used()

    page = root.get(reverse("admin:billing_price_change", args=[price.pk]))
    copy = root.get(reverse("admin:billing_price_new_version", args=[price.pk]))

    assert "€10,000.00" in page.content.decode()
    assert copy["Location"] == f"{reverse('admin:billing_price_add')}?copy={price.pk}"


def test_a_copy_holds_everything_but_the_date(root, product):
    price = PriceFactory(product=product, volume=True)
    TierFactory(price=price, up_to=10, unit=Decimal("1.25"))

    page = root.get(f"{reverse('admin:billing_price_add')}?copy={price.pk}")

    shown = page.context["adminform"].form
    tiers = page.context["inline_admin_formsets"][0].formset
    assert shown["model"].value() == "volume"
    assert shown["valid_from"].value() is None
    steps = [(tier["up_to"].value(), tier["unit"].value()) for tier in tiers]
    assert steps == [(10, Decimal("1.25"))]
    assert Tier.objects.count() == 1


def test_the_preview_is_for_those_who_may_write_prices(seat, product):
    assert seat(Role.SUPPORT).post(reverse(PREVIEW), form(product)).status_code == 403
    assert seat(Role.CATALOGUE).post(reverse(PREVIEW), form(product)).status_code == 200
    assert seat(Role.CATALOGUE).get(reverse(PREVIEW)).status_code == 405


def test_the_audit_log_tells_the_tiers_before_and_after(root, product):  # STAFF-4
    data = form(product, ("1000", "0", "49"), model="volume", amount="")
    root.post(reverse("admin:billing_price_add"), data)
    price, tier = Price.objects.get(), Tier.objects.get()
    changed = {
        **{"tiers-0-id": str(tier.pk), "tiers-0-price": str(price.pk)},
        **{"tiers-0-flat": "59", "tiers-INITIAL_FORMS": "1"},
    }

    root.post(reverse("admin:billing_price_change", args=[price.pk]), data | changed)

    page = root.get(reverse("admin:billing_price_history", args=[price.pk])).content.decode()
    assert page.index("up to 1,000: €59.00") < page.index("up to 1,000: €49.00")


def test_the_audit_log_is_not_played_back(root):
    price = PriceFactory(amount=Decimal(10))
    version = price.history.get()
    price.amount = Decimal(12)
    price.save()
    address = reverse("admin:billing_price_simple_history", args=[price.pk, version.pk])

    assert root.get(address).status_code == 200
    assert root.post(address, form(price.product, amount="10")).status_code == 403
    price.refresh_from_db()
    assert price.amount == Decimal(12)


@pytest.mark.parametrize(
    ("percent", "day", "field", "said"),
    [
        ("-1", "2027-01-01", "percent", "Write 0 to 100 percent."),
        ("101", "2027-01-01", "percent", "Write 0 to 100 percent."),
        ("21", "0001-01-01", "valid_from", "Write a day from 2000 to 2199."),
        ("21", "2026-01-01", "__all__", "This country has a rate from this day on already. "),
    ],
)
def test_a_wrong_tax_rate_is_told_beside_its_field(root, percent, day, field, said):  # ALL-4
    TaxRateFactory(country="CZ", valid_from=date(2026, 1, 1))
    data = {"country": "CZ", "percent": percent, "valid_from": day}

    page = root.post(reverse("admin:billing_taxrate_add"), data)

    errors = page.context["adminform"].form.errors
    assert list(errors) == [field]
    assert errors[field][0].startswith(said)


def test_a_refused_form_links_to_each_field_that_is_wrong(root, product):  # ALL-4
    data = form(product, ("5", "-1", "0"), model="volume", amount="", unit_factor="0")

    page = root.post(reverse("admin:billing_price_add"), data).content.decode()

    assert "Nothing is saved yet." in page
    assert '<a href="#id_unit_factor">Unit factor</a>: Write more than zero.' in page
    assert '<a href="#id_tiers-0-unit">Tier 1, per unit</a>: Write zero or more.' in page
    assert "Please" not in page


def test_every_input_of_a_tier_has_a_label(root, product):
    data = form(product, ("5", "-1", "0"), model="volume", amount="")

    page = root.post(reverse("admin:billing_price_add"), data).content.decode()

    for name in ("last unit, empty for no end", "amount per unit", "flat amount"):
        assert f'aria-label="Tier 1, {name}"' in page
        assert f'aria-label="New tier, {name}"' in page


def test_a_search_that_finds_nothing_says_so_and_leads_back(root):
    page = root.get(reverse("admin:billing_price_changelist"), {"q": "nothing"}).content.decode()

    assert "No prices fit “nothing”." in page
    assert "Show all prices" in page
    assert "yielded" not in page
