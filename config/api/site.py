"""The API put together: its operations, their addresses, and the document that describes them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern
from ninja import NinjaAPI

from config.api import contacts, entitlements, members, problems, usage

VERSION: Final = "1"
NAMESPACE: Final = "api"
_DESCRIPTION: Final = """\
What customers may use, asked and reported by the vendor's own product.

Each request shows a key: `Authorization: Bearer sl_…`. A key of an account sees that account alone;
a key of the vendor sees every live account. Its scopes say what it may.

Whatever is refused is answered with problem details (RFC 9457): `detail` says what is so and what
to do next. How often a key may still ask stands in `RateLimit`; beyond it 429 says in `Retry-After`
how long to wait. What is sent twice with the same `key` is done once.
"""

api: Final = NinjaAPI(
    title="Seatledger",
    version=VERSION,
    description=_DESCRIPTION,
    urls_namespace=NAMESPACE,
    openapi_url=None,
    docs_url=None,
)
problems.register(api)
for part in (entitlements, members, contacts, usage):
    api.add_router("", part.router)


def addresses() -> tuple[list[URLPattern], str, str]:
    """The addresses of the operations, for `include`."""
    found, app_name, namespace = api.urls
    # An address that takes two methods is there twice, under the name of each.
    named = {str(one.pattern): one for one in reversed(found) if isinstance(one, URLPattern)}
    kept = [one for one in reversed(named.values()) if one.name != "api-root"]
    for one in kept:
        # Whoever asks shows a key, and has no session.
        login_not_required(one.callback)
    return kept, app_name, namespace


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document. What is refused is of another media type than what is answered."""
    written: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1")))
    written["servers"] = [{"url": settings.SITE_URL}]
    for operation in operations(written):
        for status, response in operation["responses"].items():
            if status >= "400" and "content" in response:
                response["content"] = {problems.MEDIA_TYPE: response["content"].popitem()[1]}
    return written


def operations(written: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of a document."""
    return [one for methods in written["paths"].values() for one in methods.values()]
