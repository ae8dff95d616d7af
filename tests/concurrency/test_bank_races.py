"""Two people at once at one bank line, or with one file: it is taken in and pays once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from billing import bank_import, matching, splitting
from billing.auditing import audit
from billing.matching import Kind, Target
from billing.models import BankLine, BankMatch, Payment
from billing.refusals import ChangeRefused
from tests.admin.book import RENEWAL
from tests.billing.running import clock
from tests.billing.test_bank_import import HEAD, invoiced, line_of, take_in
from tests.concurrency.threads import together
from tests.factories import AccountFactory, UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


def test_two_people_match_one_line_with_two_payers():  # decision 21
    invoice, other = invoiced(), AccountFactory(transfer=True)
    take_in(line_of("50.00"))
    line, by = BankLine.objects.get(), UserFactory()
    targets = (Target(Kind.INVOICE, invoice.pk), Target(Kind.ACCOUNT, other.pk))

    results = together(
        *(lambda to=to: matching.assign(line.pk, to, by=by, at=RENEWAL) for to in targets)
    )

    assert sum(isinstance(one, ChangeRefused) for one in results) == 1
    assert (BankMatch.objects.count(), Payment.objects.filter(gateway="bank").count()) == (1, 1)
    assert list(map(str, audit())) == []


def test_a_line_is_split_or_matched_but_not_both():
    invoice, other = invoiced(), AccountFactory(transfer=True)
    take_in(line_of("50.00"))
    line, by = BankLine.objects.get(), UserFactory()
    parts = {invoice.pk: Decimal("40.00")}

    results = together(
        lambda: splitting.assign_parts(
            line.pk, parts, payer_id=invoice.payer_id, by=by, at=RENEWAL
        ),
        lambda: matching.assign(line.pk, Target(Kind.ACCOUNT, other.pk), by=by, at=RENEWAL),
    )

    assert sum(isinstance(one, ChangeRefused) for one in results) == 1
    paid = Payment.objects.filter(gateway="bank")
    assert sum(one.amount.amount for one in paid) == Decimal("50.00")
    assert list(map(str, audit())) == []


def test_two_lines_of_one_number_are_matched_at_once_with_two_payers():
    """Banks number an order of several transfers once: each becomes a payment of its own."""
    invoice, other, by = invoiced(), AccountFactory(transfer=True), UserFactory()
    parts, payer_id = {invoice.pk: Decimal(1)}, invoice.payer_id
    for number in range(3):
        take_in(line_of(f"1{number}.00"), line_of(f"2{number}.00"))
        one, two = BankLine.objects.filter(state="open").order_by("pk")

        results = together(
            partial(matching.assign, one.pk, Target(Kind.ACCOUNT, other.pk), by=by, at=RENEWAL),
            partial(splitting.assign_parts, two.pk, parts, payer_id=payer_id, by=by, at=RENEWAL),
        )

        assert [str(one) for one in results if isinstance(one, Exception)] == []
    assert list(map(str, audit())) == []


def test_a_match_is_undone_once():
    invoice = invoiced()
    take_in(line_of("50.00", invoice.number))
    match, by = BankMatch.objects.get(), UserFactory()

    together(*[lambda: matching.undo(match.pk, by=by, at=RENEWAL)] * 2)

    assert Payment.objects.filter(amount__lt=0).count() == 1
    assert list(map(str, audit())) == []


def test_one_file_taken_in_twice_at_once_adds_its_lines_once():
    invoice = invoiced()
    content = (HEAD + line_of("50.00", invoice.number)).encode()

    results = together(
        *[lambda: bank_import.take_in(content, name="f", by=None, clock=clock(RENEWAL))] * 2
    )

    assert sorted(one.new for one in results) == [0, 1]
    assert Payment.objects.filter(gateway="bank").count() == 1
    assert list(map(str, audit())) == []
