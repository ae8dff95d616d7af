"""Documents made by hand, for tests of how they look: as facts, and as rows of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from djmoney.money import Money
from pypdf import PdfReader

from accounts.models import Account
from billing.core.money import to_minor_unit
from billing.core.pricing import Tier
from billing.documents.reading import Facts, Group, TaxFacts
from billing.documents.wording import Charge
from billing.models import Bill, Invoice, Item, Line, Receivable, SellerDetails, Subscription
from tests.factories import PriceFactory, SellerFactory

ISSUED_AT = datetime(2026, 2, 28, 5, 5, tzinfo=UTC)
STEPS = (Tier(1000, Decimal(0), Decimal(49)), Tier(2500, Decimal(0), Decimal(98)))

SEATS = Charge(
    name="Conversations seat",
    unit="seat|seats",
    kind="advance",
    starts_on=date(2026, 2, 28),
    ends_on=date(2026, 3, 31),
    quantity=2,
    amount=Decimal("38.00"),
    unit_amount=Decimal("19.00000000"),
)
USER = replace(
    SEATS,
    name="Pay-per-user",
    unit="user|users",
    kind="proration",
    starts_on=date(2026, 2, 3),
    ends_on=date(2026, 2, 28),
    quantity=1,
    amount=Decimal("21.43"),
    unit_amount=Decimal(24),
    share=(25, 28),
)
CONTACTS = replace(
    SEATS,
    name="Contacts",
    unit="contact|contacts",
    quantity=2500,
    amount=Decimal("98.00"),
    unit_amount=None,
    model="volume",
    tiers=STEPS,
)


def facts(
    *charges: Charge,
    currency: str = "EUR",
    tax: TaxFacts | None = None,
    groups: Sequence[Group] = (),
    customer: dict[str, Any] | None = None,
    **changed: Any,
) -> Facts:
    """An invoice by bank transfer in English with 21 % of tax, unless it is said otherwise."""
    if not groups:
        shown = charges or (SEATS, USER, CONTACTS)
        groups = [Group("", sum((one.amount for one in shown), Decimal(0)), shown)]
    subtotal = sum((group.subtotal for group in groups), Decimal(0))
    if tax is None:
        amount = to_minor_unit(subtotal * 21 / 100, currency)
        tax = TaxFacts(Decimal("21.000"), subtotal, amount, "S", "")
    made = Facts(
        number="SL-2026-00042",
        kind=Invoice.Kind.INVOICE,
        language="en",
        currency=currency,
        pays_by=Account.PaysBy.TRANSFER,
        issued_at=ISSUED_AT,
        issued_on=date(2026, 2, 28),
        due_on=date(2026, 3, 14),
        seller=SellerFactory.build(registration="Register of Brno, C 1234"),
        customer={"name": "Nováková & dcery", "country": "CZ", "tax_id": "CZ87654321"}
        | (customer or {}),
        corrects="",
        groups=tuple(groups),
        subtotal=subtotal,
        discounts=(),
        taxes=(tax,),
        total=subtotal + tax.amount,
    )
    return replace(made, **changed)


def words_of(pdf: bytes) -> str:
    """All text of the document, its spaces made plain."""
    return " ".join("\n".join(pages_of(pdf)).split())


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def issue(
    payer: Account,
    *lines: dict[str, Any],
    account: Account | None = None,
    into: Invoice | None = None,
    total: str = "100.00",
    **changed: Any,
) -> Invoice:
    """An issued document with one bill of these lines; `into` puts the bill on that document."""
    account = account or payer
    invoice = into or _document(payer, total, **changed)
    subtotal = Decimal(sum(Decimal(line["amount"]) for line in lines))
    bill = _bill(account, invoice, subtotal)
    for position, line in enumerate(lines):
        write_line(bill, position=position, **line)
    return invoice


def _document(payer: Account, total: str, **changed: Any) -> Invoice:
    seller = SellerDetails.objects.first() or SellerFactory()
    sequence = Invoice.objects.count() + 1
    values = {
        "kind": Invoice.Kind.INVOICE,
        "reason": Invoice.Reason.CYCLE,
        "cycle_date": date(2026, 2, 28),
        "part": sequence,
        "series": "SL",
        "year": 2026,
        "sequence": sequence,
        "number": f"SL-2026-{sequence:05}",
        "issued_at": ISSUED_AT,
        "issued_on": date(2026, 2, 28),
        "due_on": date(2026, 3, 14),
        "customer": {"name": payer.name, "country": payer.country, "tax_id": payer.tax_id},
        "language": "en",
        "pays_by": payer.pays_by,
        "subtotal": total,
        "discount": 0,
        "tax": 0,
        **changed,
    }
    invoice = Invoice.objects.create(
        payer=payer, seller=seller, total=Money(total, "EUR"), **values
    )
    Receivable.objects.create(
        invoice=invoice, payer=payer, open=Money(total, "EUR"), due_on=invoice.due_on
    )
    return invoice


def _bill(account: Account, invoice: Invoice, subtotal: Decimal) -> Bill:
    number = Bill.objects.count()
    subscription = Subscription.objects.create(
        account=account,
        payer=invoice.payer,
        code=f"plan-{number}",
        currency="EUR",
        time_zone="Europe/Prague",
        starts_on=date(2026, 1, 31),
        next_opening=date(2026, 3, 31),
    )
    return Bill.objects.create(
        subscription=subscription,
        invoice=invoice,
        reason=Bill.Reason.CYCLE,
        number=number,
        starts_on=date(2026, 2, 28),
        ends_on=date(2026, 3, 31),
        at=ISSUED_AT,
        subtotal=subtotal,
    )


def write_line(bill: Bill, *, position: int, code: str = "seat", **values: Any) -> Line:
    price = PriceFactory(code=f"{code}-{bill.pk}-{position}")
    item = Item.objects.create(subscription=bill.subscription, product=price.product)
    filled = {
        "kind": Line.Kind.ADVANCE,
        "starts_on": bill.starts_on,
        "ends_on": bill.ends_on,
        "quantity": 1,
        "names": {
            **{"en": f"{code} seat", "it": f"{code} postazione", "cs": f"{code} místo"},
            **{"unit_en": "seat|seats", "unit_it": "postazione|postazioni"},
            "unit_cs": "místo|místa|míst",
        },
        **values,
    }
    return Line.objects.create(
        bill=bill, position=position, item=item, product_code=code, price=price, **filled
    )
