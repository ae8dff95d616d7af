"""Programs that ask the API in tests: what they show, and what they are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.callers import digest_of
from accounts.models import Account, ApiKey
from accounts.scopes import Scope, written


class Program:
    """A program with a key of this account, or of the vendor; with every scope unless some are."""

    def __init__(self, account: Account | None = None, *scopes: Scope) -> None:
        number = ApiKey.objects.count()
        self.key = ApiKey.objects.create(
            account=account,
            name=f"Program {number}",
            prefix=f"t{number:07}",
            digest=digest_of(f"secret {number}"),
            scopes=written(scopes or Scope),
            created_at=timezone.now(),
            created_by_name="Jana",
            # Used just now, so that asking writes nothing of it.
            last_used_at=timezone.now() + timedelta(days=1),
        )
        self.token = f"sl_{self.key.prefix}_secret {number}"
        self.client = Client(headers={"Authorization": f"Bearer {self.token}"})

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=headers)

    def post(self, path: str, said: Any) -> Any:
        return self.client.post(f"/api/v1{path}", said, content_type="application/json")

    def put(self, path: str, said: Any) -> Any:
        return self.client.put(f"/api/v1{path}", said, content_type="application/json")
