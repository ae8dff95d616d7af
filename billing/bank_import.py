"""Taking in a bank's lines: each once, ever, all of a file or none; then they are matched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from djmoney.money import Money

from accounts.models import User
from billing import bank_file, bank_header, bank_layouts, matching
from billing.models import BankImport, BankLine

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file: lines that are ``new``, ``known`` before, and of money that went out.

    ``matched`` of the new ones paid something by themselves.
    """

    new: int
    known: int
    outgoing: int
    matched: int

    def __str__(self) -> str:
        return (
            f"{self.new} new lines, {self.known} known already, {self.outgoing} of money that went "
            f"out. {self.matched} matched by themselves, {self.new - self.matched} to be matched."
        )


def take_in(
    content: bytes,
    *,
    name: str,
    by: User | None,
    clock: Clock,
    currency: str = "",
    places: Mapping[str, int] | None = None,
    above: int | None = None,
) -> TakenIn:
    """Take in a file's lines that are not known yet, then match what is beyond doubt.

    The same file again, or one that overlaps, adds nothing twice: a line is known by the bank's
    reference, its day and its amount. ``places`` says where each column stands, ``above`` how many
    lines stand above the header; without them that is what was said of files with this header
    before, else what its names say (`bank_header`). Raises `FileMistakes`, and takes in nothing
    then. Call it outside any transaction.
    """
    if above is None:
        header = bank_header.find(content, said=bank_layouts.said_of_any)
        header.refuse_doubt()
        above = header.above
    if places is None:
        layout = bank_layouts.said_of(bank_file.header_of(content, above=above))
        if layout is not None:
            places, currency = layout.places, currency or layout.currency
    found = bank_file.read(content, currency=currency, places=places, above=above)
    with transaction.atomic():
        taken = BankImport.objects.create(
            file=name[:200], at=clock(), person=by, outgoing=found.outgoing
        )
        rows = [
            BankLine(
                taken_in=taken,
                number=line.number,
                booked_on=line.booked_on,
                amount=Money(line.amount, line.currency),
                reference=line.reference,
                payer_name=line.payer,
                text=line.text,
            )
            for line in found.lines
        ]
        # Whoever takes in the same line at the same time comes second, and finds it known.
        BankLine.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        taken.new = taken.lines.count()
        taken.known = len(rows) - taken.new
        taken.save(update_fields=["new", "known"])
    logger.info("bank file taken in import=%s new=%s known=%s", taken.pk, taken.new, taken.known)
    matched = matching.match_new(clock=clock, import_id=taken.pk)
    return TakenIn(taken.new, taken.known, taken.outgoing, matched)
