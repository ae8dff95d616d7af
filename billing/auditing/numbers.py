"""Numbers: without a gap in each series and year, up to the last one given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from billing.auditing.findings import Finding, differs
from billing.models import Invoice, NumberSeries

_NAMED = 5


def number_findings(*, using: str) -> Iterator[Finding]:
    """What is wrong with the numbers of documents."""
    given: dict[tuple[str, int], set[int]] = defaultdict(set)
    rows = Invoice.objects.using(using).order_by().values_list("series", "year", "sequence")
    for series, year, sequence in rows.iterator(chunk_size=10_000):
        given[series, year].add(sequence)
    last = {
        (series, year): number
        for series, year, number in NumberSeries.objects.using(using).values_list(
            "code", "year", "last"
        )
    }
    for key in sorted(given.keys() | last.keys()):
        yield from _series(key, given[key], last.get(key, 0))


def _series(key: tuple[str, int], given: set[int], last: int) -> Iterator[Finding]:
    about = f"numbers {key[0]} of {key[1]}"
    highest = max(given, default=0)
    if highest != last:
        yield Finding(None, f"{about}, last one given", differs(last, highest))
    missing = (number for number in range(1, highest + 1) if number not in given)
    named = ", ".join(str(number) for number in islice(missing, _NAMED))
    if named:
        yield Finding(None, about, f"{highest - len(given)} missing: {named}")
