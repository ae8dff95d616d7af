"""The documents of a run, real or dry, in one form and order, so that two runs can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from billing.drafts import Json
from billing.issued import drafts_of
from billing.models import BillingRun, Invoice, RunDraft

_AT_ONCE = 500


def documents_of(run: BillingRun) -> Iterator[str]:
    """Each document as one line of JSON, by payer, oldest first."""
    for document in _drafted(run) if run.dry_run else _issued(run):
        yield json.dumps(document, ensure_ascii=False, sort_keys=True)


def _drafted(run: BillingRun) -> Iterator[Json]:
    rows = RunDraft.objects.filter(run=run).order_by("payer_id", "position")
    yield from rows.values_list("document", flat=True).iterator(chunk_size=_AT_ONCE)


def _issued(run: BillingRun) -> Iterator[Json]:
    """A payer's documents got their keys in the order of the drafts."""
    ids = Invoice.objects.filter(run=run).order_by("payer_id", "pk").values_list("pk", flat=True)
    rows = ids.iterator(chunk_size=_AT_ONCE)
    while page := list(islice(rows, _AT_ONCE)):
        yield from (document.to_json() for document in drafts_of(page))
