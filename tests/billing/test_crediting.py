"""Credit notes: what was billed is given back once, and never more than that. STAFF-2."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest

from accounts.models import Letter
from billing import collecting, crediting, events, transfers
from billing.auditing import audit
from billing.creditable import beyond, creditable, part_of
from billing.models import Bill, Correction, Invoice, Line, PaymentAttempt, Receivable, Subscription
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import JANUARY, MARCH, line_of, raised, two_products
from tests.billing.running import bill, charge, clock
from tests.billing.test_audit import tampered
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)

pytestmark = pytest.mark.django_db

FEBRUARY = instant("2026-02-01 08:00")


def findings() -> list[str]:
    return list(map(str, audit()))


def stand() -> list[tuple[str, str]]:
    """What is open of each document, and how it is said to stand."""
    rows = Receivable.objects.order_by("pk")
    return [(f"{one.open.amount:.2f}", one.state) for one in rows]


def paid(invoice: Invoice) -> None:
    collecting.collect(clock=clock(JANUARY), gateway=GATEWAY)
    assert Receivable.objects.get(invoice=invoice).state == "paid"


# ---- what stands on it ----


def test_a_line_is_given_back_with_its_tax():
    invoice = two_products()
    paid(invoice)

    note = raised(invoice, seat="30.00")

    assert (note.kind, note.reason, note.corrects) == ("credit_note", "correction", invoice)
    assert note.number == "CN-2026-000001"
    assert (note.subtotal, note.tax, note.total.amount) == tuple(
        map(Decimal, ("-30.00", "-6.30", "-36.30"))
    )
    assert note.taxes == [{**invoice.taxes[0], "base": "-30.00", "amount": "-6.30"}]
    [line] = Line.objects.filter(bill__invoice=note)
    assert (line.reverses, line.amount) == (line_of(invoice, "seat"), Decimal("-30.00"))
    assert Bill.objects.get(invoice=note).reason == "correction"
    assert findings() == []


def test_a_part_of_a_line_is_given_back():
    """A quarter of 49.00 is 12.25, and 2.57 of tax."""
    invoice = two_products()
    quarter = part_of(line_of(invoice, "plan"), share=Fraction(1, 4), currency="EUR")

    note = raised(invoice, plan=str(quarter))

    assert (note.subtotal, note.tax) == (Decimal("-12.25"), Decimal("-2.57"))
    assert findings() == []


def test_a_note_says_who_raised_it_and_why():
    note = raised(two_products(), reason="  Sold by mistake ", plan="49.00")

    correction = Correction.objects.get(note=note)
    assert (correction.reason, str(correction.person)) == ("Sold by mistake", "Ines of billing")
    assert correction.at == note.issued_at == MARCH
    assert Letter.objects.filter(key=f"invoice:{note.pk}").count() == 1


@pytest.mark.parametrize(
    ("percent", "first", "rest"),
    [
        ("12.5", ("-30.00", "-3.75", "-5.51"), ("-49.00", "-6.13", "-9.01")),
        ("100", None, None),
        ("33.333", ("-30.00", "-10.00", "-4.20"), ("-49.00", "-16.33", "-6.86")),
    ],
)
def test_a_note_takes_its_part_of_the_discount(percent, first, rest):
    """12.5 % of 79.00 are 9.88 off: 3.75 with the first note, 6.13 with the one that completes."""
    invoice = two_products(discount_percent=Decimal(percent))
    if first is None:
        with pytest.raises(ChangeRefused, match="come to nothing"):
            raised(invoice, seat="30.00")
        return

    notes = [raised(invoice, seat="30.00"), raised(invoice)]

    found = [(str(one.subtotal), str(one.discount), str(one.tax)) for one in notes]
    assert found == [first, rest]
    assert sum(one.total.amount for one in notes) == -invoice.total.amount
    assert sum(one.discount for one in notes) == -invoice.discount
    assert findings() == []


def test_clients_of_a_reseller_are_credited_one_by_one():
    """Each bill has its own discount; all notes together are the invoice."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat", amount=Decimal("9.99"))
    partner = AccountFactory(reseller=True)
    for number in range(3):
        client = AccountFactory(client=True, paid_by=partner, discount_percent=number * 10)
        SubscriptionFactory(account=client, items={"seat": 3 + number})
    bill(at=JANUARY)
    invoice = Invoice.objects.get()

    notes = []
    for line in Line.objects.filter(bill__invoice=invoice).order_by("pk"):
        wanted = {line.pk: line.amount}
        planned = crediting.plan(invoice_id=invoice.pk, amounts=wanted)
        notes.append(
            crediting.credit(
                invoice_id=invoice.pk,
                amounts=wanted,
                seen=planned.seen,
                reason="Not used",
                by=UserFactory(),
                clock=clock(MARCH),
            )
        )

    assert [one.part for one in notes] == [1, 2, 3]
    assert sum(one.total.amount for one in notes) == -invoice.total.amount
    assert findings() == []


def test_a_charge_is_given_back_with_the_credit_beside_it():
    """From a plan of 28.00 to one of 56.00 with 16 of 31 days left: −14.45 and 28.90."""
    invoice = two_products()
    for code, amount in (("plus", 28), ("pro", 56)):
        PriceFactory(code=code, amount=Decimal(amount))
    [subscription] = Subscription.objects.all()
    record = partial(events.record, subscription_id=subscription.pk, granted=True)
    record(changes={"plus": 1}, at=instant("2026-01-02"))
    bill(at=instant("2026-01-02"))
    record(changes={"plus": 0, "pro": 1}, replaces=True, at=instant("2026-01-16"))
    bill(at=instant("2026-01-16"))
    change = Invoice.objects.latest("pk")
    assert (change.pk, change.subtotal) != (invoice.pk, Decimal(0))

    with pytest.raises(ChangeRefused, match=r"0\.00 to 14\.45 .* Credit them together"):
        raised(change, pro="28.90")
    with pytest.raises(ChangeRefused, match="Credit them together"):
        raised(change, plus="-14.45")
    note = raised(change, plus="-14.45", pro="28.90")

    assert note.total.amount == -change.total.amount
    assert findings() == []


# ---- what becomes of it ----


def test_a_note_first_takes_off_what_its_own_invoice_leaves_open():
    """95.59 are due by transfer; 36.30 are credited, and 59.29 stay due."""
    invoice = two_products(transfer=True)

    raised(invoice, seat="30.00")
    assert stand() == [("59.29", "open"), ("0.00", "settled")]
    raised(invoice)

    assert stand() == [("0.00", "settled"), ("0.00", "settled"), ("0.00", "settled")]
    assert findings() == []


def test_what_its_invoice_does_not_owe_is_credit_and_pays_for_the_next():  # PLAN-12
    """50.00 of 95.59 were paid: of a note over all of it 45.59 go there and 50.00 are credit."""
    invoice = two_products(transfer=True)
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("50.00"), at=JANUARY, reference="B-1")

    raised(invoice, at=instant("2026-01-20"))
    assert stand() == [("0.00", "settled"), ("-50.00", "open")]
    bill(at=FEBRUARY)

    assert stand() == [("0.00", "settled"), ("0.00", "settled"), ("45.59", "open")]
    assert Invoice.objects.latest("pk").credit_used == Decimal("50.00")
    assert findings() == []


def test_a_charge_that_waits_is_called_off_but_for_what_is_left():
    invoice = two_products()

    raised(invoice, seat="30.00")
    collecting.collect(clock=clock(MARCH), gateway=GATEWAY)

    attempts = [(one.state, str(one.amount.amount)) for one in PaymentAttempt.objects.all()]
    assert attempts == [("charged", "59.290"), ("cancelled", "95.590")]
    assert stand() == [("0.00", "paid"), ("0.00", "settled")]
    assert findings() == []


def test_a_charge_that_comes_all_the_same_is_credit():
    """The bank may have charged before the note was raised: what is too much is kept."""
    invoice = two_products()
    attempt = PaymentAttempt.objects.get()
    PaymentAttempt.objects.update(state="sent")
    charge(attempt)

    raised(invoice)
    collecting.collect(clock=clock(MARCH), gateway=GATEWAY)

    assert stand() == [("-95.59", "open"), ("0.00", "settled")]
    assert findings() == []


# ---- what is refused ----


def test_no_more_of_a_line_is_given_back_than_is_left():
    invoice = two_products()
    raised(invoice, seat="20.00")

    with pytest.raises(ChangeRefused, match=r"€10\.00 are left to give back of Seat"):
        raised(invoice, seat="10.01")

    raised(invoice, seat="10.00")
    raised(invoice, plan="49.00")
    assert creditable(Invoice.objects.get(pk=invoice.pk)).total_left == 0
    with pytest.raises(ChangeRefused, match="Nothing is chosen"):
        raised(invoice)
    assert findings() == []


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ({"seat": "0.001"}, "EUR has 2 decimals"),
        ({"seat": "-1.00"}, "Write an amount above 0: €30.00 are left"),
        ({"seat": "0.00"}, "come to nothing"),
    ],
)
def test_what_cannot_be_given_back_is_refused(amounts, words):
    invoice = two_products()

    with pytest.raises(ChangeRefused, match=words):
        raised(invoice, **amounts)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "left", "words"),
    [
        ("-5", "-10", ""),
        ("5", "-10", "Write an amount below 0: −€10.00 are left to give back of Seat."),
        ("-11", "-10", "−€10.00 are left to give back of Seat, and −€11.00 was asked for. "),
        ("1", "0", "Nothing is left to give back of Seat. Choose another line."),
    ],
)
def test_a_line_below_zero_gives_back_amounts_below_zero(amount, left, words):
    line = Line(names={"en": "Seat"})

    told = beyond(Decimal(amount), line=line, left=Decimal(left), currency="EUR")

    assert told.startswith(words)
    assert bool(told) == bool(words)


def test_a_line_of_another_invoice_is_refused():
    invoice = two_products()
    bill(at=FEBRUARY)
    other = line_of(Invoice.objects.latest("pk"), "seat")

    with pytest.raises(ChangeRefused, match="has no line"):
        crediting.plan(invoice_id=invoice.pk, amounts={other.pk: Decimal(1)})


def test_a_credit_note_is_not_credited():
    note = raised(two_products())

    with pytest.raises(ChangeRefused, match="gives money already"):
        crediting.whole(invoice_id=note.pk)


def test_a_note_has_a_reason():
    with pytest.raises(ChangeRefused, match="has a reason"):
        raised(two_products(), reason="  ")


def test_another_note_than_was_shown_is_shown_again():
    """A payment that came meanwhile changes what becomes of it."""
    invoice = two_products(transfer=True)
    wanted = crediting.whole(invoice_id=invoice.pk)
    seen = crediting.plan(invoice_id=invoice.pk, amounts=wanted).seen
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("5.00"), at=MARCH, reference="B-1")

    with pytest.raises(QuoteChanged, match="Look at it again"):
        crediting.credit(
            invoice_id=invoice.pk,
            amounts=wanted,
            seen=seen,
            reason="Sold by mistake",
            by=UserFactory(),
            clock=clock(MARCH),
        )
    assert not Invoice.objects.filter(kind="credit_note").exists()


# ---- what the audit finds ----


def test_the_audit_names_a_note_that_gives_another_tax():
    note = raised(two_products(), seat="30.00")

    taxes = '[{"rate": "21", "base": "-30.00", "amount": "-6.00", "category": "S", "reason": ""}]'
    tampered(f"UPDATE billing_invoice SET taxes = '{taxes}' WHERE id = %s", note.pk)

    assert any("note 1, stored 30.00 and 6.00 of tax" in found for found in findings())


def test_the_audit_names_notes_that_give_more_than_was_billed():
    note = raised(two_products(), seat="30.00")

    tampered("UPDATE billing_line SET amount = -31 WHERE bill_id = %s", note.bills.get().pk)

    assert any("gives too much: Line" in found for found in findings())
