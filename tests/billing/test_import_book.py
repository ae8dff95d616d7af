"""A book is taken over whole: accounts, items, events, members and use."""

import csv
import re
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Member, MemberEvent
from billing.book.columns import SHEETS
from billing.models import Bill, Event, Item, Meter, PricePin, Subscription, UsageRecord
from config.demo import catalogue, offers

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "sample-book"
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_catalogue(db):
    offers.write(catalogue.offers())


def imported(folder=SAMPLE, *options):
    said = StringIO()
    call_command("import_book", str(folder), *options, stdout=said, stderr=said)
    return said.getvalue()


def rows_of(sheet):
    with (SAMPLE / sheet.file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("demo_catalogue")
def test_the_sample_book_is_taken_over_row_by_row():
    assert imported() == "5 accounts added, 0 stood already.\n"

    for model, sheet in zip((Account, Item, Event, MemberEvent, UsageRecord), SHEETS, strict=True):
        assert model.objects.count() == len(rows_of(sheet)), sheet.name
