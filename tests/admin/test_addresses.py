"""Addresses that somebody made up: a page or a refusal, never a failure."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import AccountFactory, PriceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("billing_billingrun", {"at": "abc"}),
        ("billing_billingrun", {"account": "abc"}),
        ("billing_billingrun", {"account": "99999999999999999999"}),
        ("billing_price", {"product": "abc"}),
        ("billing_price", {"valid_from": "abc", "amount": "abc"}),
        ("billing_price", {"copy": "99999999999999999999"}),
        ("billing_product", {"requires": "abc,1"}),
        ("billing_taxrate", {"valid_from": "31.2.2026"}),
    ],
)
def test_an_address_fills_in_what_its_fields_can_hold(root, page, query):  # ALL-4
    assert root.get(reverse(f"admin:{page}_add"), query).status_code == 200


@pytest.mark.parametrize("key", ["abc", "1.5", "-1", "99999999999999999999"])
@pytest.mark.parametrize("page", ["billing_price", "billing_product", "accounts_account"])
def test_a_log_of_nothing_is_not_found(root, page, key):
    row = PriceFactory(product__code="seat") if page == "billing_price" else AccountFactory()

    for address in (
        reverse(f"admin:{page}_history", args=[key]),
        reverse(f"admin:{page}_simple_history", args=[key, 1]),
        reverse(f"admin:{page}_simple_history", args=[row.pk, key]),
    ):
        assert root.get(address).status_code == 404, address
