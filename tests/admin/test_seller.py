"""The seller's details and the tax rates: a change is a new row; what invoices rest on stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.admin.seller import FIELDS
from billing.models import Invoice, SellerDetails, TaxRate
from tests.admin import book
from tests.factories import SellerFactory

pytestmark = pytest.mark.django_db

ADD = "admin:billing_sellerdetails_add"


@pytest.fixture
def seller() -> SellerDetails:
    return SellerFactory(tax_id="CZ00177041", bic="GIBACZPX")


def write(client: Client, seller: SellerDetails, **changes: str) -> list[str]:
    answer = client.post(reverse(ADD), model_to_dict(seller, FIELDS) | changes)
    return [] if answer.status_code == 302 else list(answer.context["adminform"].form.errors)


def test_a_change_of_the_sellers_details_is_a_new_version(root, seller):
    assert write(root, seller, name="Example Software a.s.") == []

    assert [one.name for one in SellerDetails.objects.order_by("pk")] == [
        seller.name,
        "Example Software a.s.",
    ]
    assert abs(SellerDetails.objects.latest("pk").written_at - timezone.now()) < timedelta(hours=1)


def test_the_form_begins_with_the_version_in_force(root, seller):
    form = root.get(reverse(ADD)).context["adminform"].form

    assert {name: form[name].value() for name in FIELDS} == model_to_dict(seller, FIELDS)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("country", "XX"),
        ("time_zone", "Prague"),
        ("tax_id", "CZ12345678"),
        ("iban", "CZ6508000000192000145398"),
        ("bic", "NOBIC"),
        ("email", "nobody"),
    ],
)
def test_wrong_details_are_said_beside_their_field(root, seller, field, wrong):  # ALL-4
    assert write(root, seller, name="New", **{field: wrong}) == [field]


def test_a_version_that_says_nothing_new_is_not_written(root, seller):
    assert write(root, seller) == ["__all__"]


def test_issued_invoices_keep_the_details_they_were_printed_with(root):
    (payer,) = book.customers(1)
    invoice = payer.invoices.get()

    SellerFactory(name="Another name")

    assert Invoice.objects.get(pk=invoice.pk).seller.name == "Example Software s.r.o."


def test_a_version_is_read_and_never_changed(root, seller):
    page = reverse("admin:billing_sellerdetails_change", args=[seller.pk])

    assert root.get(page).status_code == 200
    assert root.post(page, {"name": "x"}).status_code == 403


def test_a_rate_that_invoices_may_rest_on_is_followed_and_not_edited(root):
    book.customers(1)
    past = TaxRate.objects.create(country="CZ", percent=21, valid_from=date(2020, 1, 1))
    ahead = TaxRate.objects.create(country="CZ", percent=22, valid_from=date(2099, 1, 1))
    form = {"country": "CZ", "percent": "23", "valid_from": "2099-01-01"}

    answers = [
        root.post(reverse("admin:billing_taxrate_change", args=[rate.pk]), form)
        for rate in (past, ahead)
    ]

    assert [answer.status_code for answer in answers] == [403, 302]
    assert TaxRate.objects.get(pk=past.pk).percent == 21
    assert TaxRate.objects.get(pk=ahead.pk).percent == 23


def test_a_rate_of_no_country_is_refused(root):
    form = {"country": "XX", "percent": "21", "valid_from": "2099-01-01"}

    page = root.post(reverse("admin:billing_taxrate_add"), form)

    assert "ISO 3166-1" in str(page.context["adminform"].form.errors["country"])
