"""`python -m tests.benchmarks.visitor EMAIL`: signs a primary account admin of the demo in.

Prints as JSON the key of their session, and the addresses that are measured.
"""

from __future__ import annotations

import json
import sys

import django

# More than any account of the demo holds, so that there is something to price.
MORE = 3


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from accounts.models import Member
    from billing.models import Item, Product

    member = Member.objects.select_related("user").get(user__email=sys.argv[1], primary_admin=True)
    client = Client()
    assert member.user is not None
    client.force_login(member.user)
    seats = Item.objects.select_related("product").get(
        subscription__account=member.account_id, product__kind=Product.Kind.USERS, quantity__gt=0
    )
    chosen = reverse("billing:change", args=[member.account_id, seats.product.code], urlconf=SITE)
    told = {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "empty": f"/empty/{member.account_id}/",
        "page": reverse("billing:overview", args=[member.account_id], urlconf=SITE),
        "quote": f"{chosen}?number={seats.quantity + MORE}",
    }
    print(json.dumps(told))


SITE = "config.urls"

if __name__ == "__main__":
    main()
