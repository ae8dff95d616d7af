"""`python -m tests.benchmarks.program EMAIL`: keys for programs that ask the demo's API.

Prints as JSON the key of an account with everything, its address, and for use an account whose
services are on, with the meter that is filled.
"""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from accounts.api_keys import create_for_vendor
    from accounts.deeds import NOBODY
    from accounts.models import ApiKey, Member
    from accounts.scopes import Scope
    from billing.models import Meter
    from licensing import usage
    from licensing.metered import Service
    from tests.licensing.usage_book import licensed

    at = timezone.now()
    account = Member.objects.get(user__email=sys.argv[1], primary_admin=True).account
    counted = licensed()
    tokens = {}
    for name, of in (("asks", account), ("reports", counted)):
        made = create_for_vendor(name=f"Benchmark {name}", allows=list(Scope), at=at, by=NOBODY)
        ApiKey.objects.filter(pk=made.key.pk).update(account=of)
        tokens[name] = made.token
    record = usage.Record(counted.pk, Service.SPEECH_TO_TEXT, "first", at, 1)
    [first] = usage.count([record], now=at)
    told = {
        **tokens,
        "path": f"/api/v1/accounts/{account.pk}/entitlements",
        "account": counted.pk,
        "meter": Meter.objects.get(item__subscription__account=counted).pk,
        "outcome": first.outcome,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
