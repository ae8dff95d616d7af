"""Invoicing: from the log to drafts of bills and documents. It reads and computes, never writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from billing import failures
from billing.conditions import Conditions
from billing.core.tax import TaxAmount, Treatment, treatment
from billing.core.totals import Part, totals
from billing.credits import open_credits
from billing.drafting import Drafter, advance
from billing.drafts import (
    Advance,
    DraftBill,
    DraftDocument,
    DraftPage,
    Json,
    PayerDraft,
    PayerProblem,
)
from billing.folding import Fold, Opened
from billing.limits import refuse_too_large
from billing.models import Invoice
from billing.open_amounts import OpenAmount, up_to, use_credit
from billing.prices import plain
from billing.reading import (
    Page,
    Payer,
    SubscriptionRow,
    highest_parts,
    read_page,
    read_running,
)

Parts = dict[tuple[int, str, date], int]
"""The highest part given so far, by payer, reason and cycle date."""


@dataclass(frozen=True, slots=True)
class _Slip:
    """What stands on one document: the bills of one reason, day and currency of a payer.

    Changes of one day are told apart by their instants.
    """

    reason: str
    day: date
    at: datetime | None
    currency: str


@dataclass(slots=True)
class _Owed:
    """What a payer owes, before it is added up on documents."""

    payer: Payer
    slips: dict[_Slip, list[DraftBill]] = field(default_factory=lambda: defaultdict(list))
    bare: list[DraftBill] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)

    def add(self, bill: DraftBill, *, day: date, currency: str) -> None:
        if bill.lines:
            at = bill.at if bill.reason == Invoice.Reason.CHANGE else None
            self.slips[_Slip(bill.reason, day, at, currency)].append(bill)
        else:
            self.bare.append(bill)

    def oldest_first(self) -> list[tuple[_Slip, list[DraftBill]]]:
        return sorted(self.slips.items(), key=lambda slip: min(bill.at for bill in slip[1]))


def draft_page(*, payer_ids: Sequence[int], at: datetime, using: str = "default") -> DraftPage:
    """Everything that is due of these payers up to and with ``at``, oldest first. JOBS-1.

    Overdue cycles are folded one after the other; what was charged within a cycle and has no bill
    yet comes before the opening that ends it. A payer that cannot be billed is a problem of its
    own, the others are drafted. The number of queries is the same for one payer and for 500.
    """
    page = read_page(payer_ids=payer_ids, at=at, using=using)
    drafter = Drafter(page.names, page.prices)
    problems: list[PayerProblem] = []
    owed: list[_Owed] = []
    for payer_id in sorted(page.subscriptions):
        with _kept_apart(payer_id, problems):
            owed.append(_owed_by(payer_id, page, drafter, at))
    parts = _parts_given(owed, using)
    drafts: list[PayerDraft] = []
    for one in owed:
        with _kept_apart(one.payer.id, problems):
            drafts.append(_draft(one, page, parts))
    used = _use_credit(drafts, using)
    return DraftPage(tuple(drafts), tuple(problems), tuple(used))


def draft_changes(
    *,
    subscription_ids: Sequence[int],
    at: datetime,
    conditions: Conditions | None = None,
    credit: Decimal | None = None,
) -> DraftPage:
    """What the changes of exactly this instant charge at once, of subscriptions of one payer.

    Nothing that is due besides is drafted: no cycle is opened, and the subscriptions stay where
    they stand (decision 17). All of it stands on one document, of the day in the first of them.
    ``conditions`` are those under which it was confirmed, and ``credit`` what was to be taken of
    the payer's balance then; without them those of now, and all there is. Raises what is wrong.
    """
    page = read_running(subscription_ids=subscription_ids, using="default")
    if conditions is not None:
        _hold(page, conditions)
    drafter = Drafter(page.names, page.prices)
    [(payer_id, rows)] = page.subscriptions.items()
    owed = _Owed(page.payers[payer_id])
    day = conditions.on if conditions else None
    for row in rows:
        for change in Fold(row, page.prices).changes_until(at):
            if change.bill.at == at:
                bill = drafter.change_bill(row, change)
                day = day or change.bill.day
                owed.add(bill, day=day, currency=row.currency)
    drafts = [_draft(owed, page, _parts_given([owed], "default"), conditions)]
    used = _use_credit(drafts, "default", most=credit)
    return DraftPage(tuple(drafts), (), tuple(used))


def _hold(page: Page, conditions: Conditions) -> None:
    """Read the page as it was when this was confirmed, whatever has become of the customer."""
    for key, payer in page.payers.items():
        page.payers[key] = replace(
            payer, customer=dict(conditions.customer), pays_by=conditions.pays_by
        )
    for row in (row for rows in page.subscriptions.values() for row in rows):
        row.discount_percent = conditions.discount_percent


def draft_opening(*, subscription_id: int, at: datetime) -> DraftPage:
    """The opening of a subscription that holds nothing yet: a bill that needs no document."""
    page = read_running(subscription_ids=[subscription_id], using="default")
    [(payer_id, [row])] = page.subscriptions.items()
    owed = _Owed(page.payers[payer_id])
    _bring_up(row, page, Drafter(page.names, page.prices), at, owed)
    return DraftPage((_draft(owed, page, {}),), ())


def _use_credit(
    drafts: list[PayerDraft], using: str, *, most: Decimal | None = None
) -> list[OpenAmount]:
    """Take what the payers have in credit off their documents, in place; the credits used.

    ``most`` is how much of it where that is agreed, in the currency of the documents.
    """
    documents = [document for payer in drafts for document in payer.documents]
    if not documents:
        return []
    new = [
        OpenAmount(one.payer_id, place, one.currency, one.total)
        for place, one in enumerate(documents)
    ]
    before = open_credits([payer.payer_id for payer in drafts], using=using)
    if most is not None:
        before = up_to((one for one in before if one.currency == new[0].currency), most)
    used = use_credit(before=before, new=new)
    opens = iter(new)
    for place, payer in enumerate(drafts):
        left = [next(opens).open for _ in payer.documents]
        if any(one.open != open_ for one, open_ in zip(payer.documents, left, strict=True)):
            covered = zip(payer.documents, left, strict=True)
            documents_left = tuple(replace(one, open=open_) for one, open_ in covered)
            drafts[place] = replace(payer, documents=documents_left)
    return used


@contextmanager
def _kept_apart(payer_id: int, problems: list[PayerProblem]) -> Iterator[None]:
    """Whatever is wrong with one payer's rows becomes a problem of that payer alone."""
    try:
        yield
    except Exception as problem:  # a broken row may fail anywhere, and must not stop the others
        failed = failures.because(payer_id, problem)
        problems.append(PayerProblem(payer_id, failed.reason, failed.detail))


def _owed_by(payer_id: int, page: Page, drafter: Drafter, at: datetime) -> _Owed:
    owed = _Owed(page.payers[payer_id])
    for row in page.subscriptions[payer_id]:
        _bring_up(row, page, drafter, at, owed)
    return owed


def _bring_up(
    row: SubscriptionRow, page: Page, drafter: Drafter, at: datetime, owed: _Owed
) -> None:
    """Fold one subscription up to ``at``, and add its bills to what is owed."""
    fold = Fold(row, page.prices)
    opening: tuple[Opened, DraftBill] | None = None
    for opened, charged in fold.openings_until(at):
        for change in charged:
            bill = drafter.change_bill(row, change)
            owed.add(bill, day=change.bill.day, currency=row.currency)
        opening = (opened, drafter.cycle_bill(row, opened))
        owed.add(opening[1], day=opened.cycle.period.start, currency=row.currency)
    for change in fold.changes_until(at):
        bill = drafter.change_bill(row, change)
        owed.add(bill, day=change.bill.day, currency=row.currency)
    owed.advances.append(advance(fold, opening=opening, at=at))


def _parts_given(owed: Sequence[_Owed], using: str) -> Parts:
    """The parts that documents of the same days already have. One query, none without documents."""
    days = [slip.day for one in owed for slip in one.slips]
    if not days:
        return {}
    payers = [one.payer.id for one in owed if one.slips]
    return highest_parts(payers, since=min(days), using=using)


def _draft(
    owed: _Owed, page: Page, parts: Parts, conditions: Conditions | None = None
) -> PayerDraft:
    return PayerDraft(
        payer_id=owed.payer.id,
        documents=tuple(
            _document(owed.payer, slip, bills, page, parts, conditions=conditions)
            for slip, bills in owed.oldest_first()
        ),
        bare_bills=tuple(owed.bare),
        advances=tuple(owed.advances),
    )


def _document(
    payer: Payer,
    slip: _Slip,
    bills: Sequence[DraftBill],
    page: Page,
    parts: Parts,
    *,
    conditions: Conditions | None,
) -> DraftDocument:
    """Add up the bills that stand together: the discount once a bill, the tax once a rate."""
    if conditions is None:
        seller_id, _ = seller_of(page)
        taxed = treatment_on(slip.day, payer=payer, page=page)
    else:
        seller_id, taxed = conditions.seller_id, conditions.treatment
    summed = totals(
        [Part(bill.subtotal, bill.discount_percent, taxed) for bill in bills], slip.currency
    )
    for amount in (summed.subtotal, summed.total):
        refuse_too_large(amount, what=f"The invoice of {slip.day}", currency=slip.currency)
    key = (payer.id, slip.reason, slip.day)
    parts[key] = part = parts.get(key, 0) + 1
    is_credit = summed.total < 0
    return DraftDocument(
        payer_id=payer.id,
        kind=Invoice.Kind.CREDIT_NOTE if is_credit else Invoice.Kind.INVOICE,
        reason=slip.reason,
        cycle_date=slip.day,
        part=part,
        currency=slip.currency,
        language=payer.language,
        pays_by=payer.pays_by,
        terms_days=payer.terms_days,
        customer=_customer(payer, bills, page),
        seller_id=seller_id,
        subtotal=summed.subtotal,
        discount=summed.discount,
        taxes=[tax_json(tax) for tax in summed.taxes],
        tax=summed.total - summed.subtotal + summed.discount,
        total=summed.total,
        open=summed.total,
        bills=tuple(bills),
    )


def _customer(payer: Payer, bills: Iterable[DraftBill], page: Page) -> Json:
    """Who pays; and by id the names of the accounts, where lines are about others than the payer.

    They are kept on the document, which groups its lines by them (decision 14).
    """
    rows = {row.id: row for row in page.subscriptions[payer.id]}
    about = [rows[bill.subscription_id] for bill in bills]
    if all(row.account_id == payer.id for row in about):
        return dict(payer.customer)
    return {**payer.customer, "accounts": {str(row.account_id): row.account_name for row in about}}


def seller_of(page: Page) -> tuple[int, str]:
    """The id and the country of who sells; ValueError where nothing says it yet."""
    if page.seller is None:
        raise ValueError("Nothing says who sells: the seller's details are not written down yet.")
    return page.seller


def treatment_on(day: date, *, payer: Payer, page: Page) -> Treatment:
    """How a payer is taxed on a local day. ALL-5."""
    _, seller_country = seller_of(page)
    return treatment(
        seller_country=seller_country,
        customer_country=payer.country,
        rate=page.rates.on(payer.country, day),
        tax_id_counts=payer.tax_id_counts,
        exempt=payer.tax_exempt,
    )


def tax_json(tax: TaxAmount) -> Json:
    """A tax as documents keep it: decimals as strings."""
    return {
        "rate": None if tax.rate is None else plain(tax.rate),
        "base": str(tax.base),
        "amount": str(tax.amount),
        "category": str(tax.category),
        "reason": str(tax.reason),
    }
