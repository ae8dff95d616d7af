"""Bills, invoices with their lines, their numbers, and what is still open of each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from djmoney.models.fields import MoneyField

from accounts.append_only import AppendOnly


class Bill(AppendOnly):
    """What one subscription owes at one opening, or at one change within a cycle.

    A ``cycle`` bill carries the state right after its opening, from which the next one is computed.
    An ``opening`` bill is the state that was taken over from another system; it has no invoice.
    """

    class Reason(models.TextChoices):
        CYCLE = "cycle", "Cycle"
        CHANGE = "change", "Change"
        OPENING = "opening", "Taken over"
        CORRECTION = "correction", "Correction"

    subscription = models.ForeignKey("billing.Subscription", models.PROTECT, related_name="bills")
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="bills"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    number = models.PositiveIntegerField(help_text="Which cycle of the subscription, from 0.")
    starts_on = models.DateField(help_text="First day of the cycle.")
    ends_on = models.DateField(help_text="First day no longer in the cycle.")
    at = models.DateTimeField(help_text="The opening, or the moment of the change.")
    subtotal = models.DecimalField(max_digits=15, decimal_places=3)
    discount_percent = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    discount = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    state = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("subscription", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "starts_on"],
                condition=Q(reason__in=["cycle", "opening"]),
                name="one_bill_per_subscription_and_cycle",
            ),
            models.UniqueConstraint(
                fields=["subscription", "at"],
                condition=Q(reason="change"),
                name="one_bill_per_subscription_and_change",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} {self.starts_on}"


class Invoice(AppendOnly):
    """An issued document: an invoice, or a credit note. Nothing on it changes later (decision 14).

    Amounts are of ``currency``, signed as charges: a credit note has a negative total. ``part``
    tells several documents of one payer, reason and date apart. ``taxes`` is a list of objects with
    ``rate``, ``base``, ``amount`` (decimal strings), ``category`` and ``reason``; ``customer`` the
    name, address and tax ID as they were.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"

    class Reason(models.TextChoices):
        CYCLE = "cycle", "Cycle"
        CHANGE = "change", "Change"
        CORRECTION = "correction", "Correction"

    kind = models.CharField(max_length=11, choices=Kind)
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="invoices", db_index=False
    )
    reason = models.CharField(max_length=10, choices=Reason)
    cycle_date = models.DateField()
    part = models.PositiveSmallIntegerField(default=1)
    series = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    issued_at = models.DateTimeField()
    issued_on = models.DateField(help_text="The seller's local day of issue.")
    due_on = models.DateField()
    seller = models.ForeignKey(
        "billing.SellerDetails", models.PROTECT, related_name="+", db_index=False
    )
    customer = models.JSONField()
    language = models.CharField(max_length=2)
    pays_by = models.CharField(max_length=8)
    subtotal = models.DecimalField(max_digits=15, decimal_places=3)
    discount = models.DecimalField(max_digits=15, decimal_places=3)
    taxes = models.JSONField(default=list)
    tax = models.DecimalField(max_digits=15, decimal_places=3)
    total = MoneyField(max_digits=15, decimal_places=3)
    credit_used = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=0,
        help_text="What was taken from the payer's credit balance when it was issued.",
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    run = models.ForeignKey(
        "billing.BillingRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        db_index=False,
    )

    class Meta:
        ordering = ("-issued_on", "-pk")
        indexes = (models.Index(fields=["issued_on", "id"], name="invoice_by_day_of_issue"),)
        constraints = (
            models.UniqueConstraint(
                fields=["payer", "cycle_date", "reason", "part"],
                name="one_invoice_per_payer_cycle_date_and_part",
            ),
            models.UniqueConstraint(
                fields=["series", "year", "sequence"], name="a_number_is_given_once"
            ),
        )

    def __str__(self) -> str:
        return self.number


class Line(AppendOnly):
    """One line of a bill: amount = price of ``units`` (else ``quantity``) × ``months`` × share.

    ``starts_on`` to ``ends_on`` is half-open. ``amount`` is rounded once to the currency's minor
    unit. ``event_ids`` name the events that set the quantity; ``members`` and ``metered`` lines
    carry ``last_sequence`` and ``counted`` instead: *Why this amount?* reads the log up to there
    (decision 11). ``tiers`` is the snapshot of a price that is not per unit.
    """

    class Kind(models.TextChoices):
        ADVANCE = "advance", "In advance"
        MEMBERS = "members", "Billable members"
        PRORATION = "proration", "Pro rata"
        CREDIT = "credit", "Credit"
        PEAK = "peak", "Peak"
        METERED = "metered", "Metered"
        ONCE = "once", "Once"

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    item = models.ForeignKey("billing.Item", models.PROTECT, related_name="lines", db_index=False)
    product_code = models.CharField(max_length=40)
    names = models.JSONField(help_text="The product's name by language, as sold.")
    kind = models.CharField(max_length=9, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    quantity = models.BigIntegerField()
    units = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    unit_amount = models.DecimalField(max_digits=15, decimal_places=8, null=True, blank=True)
    tiers = models.JSONField(null=True, blank=True)
    share_days = models.PositiveSmallIntegerField(null=True, blank=True)
    cycle_days = models.PositiveSmallIntegerField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    price = models.ForeignKey("billing.Price", models.PROTECT, related_name="+", db_index=False)
    event_ids = models.JSONField(default=list)
    last_sequence = models.PositiveBigIntegerField(null=True, blank=True)
    counted = models.PositiveBigIntegerField(null=True, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals"
    )

    class Meta:
        ordering = ("bill", "position")

    def __str__(self) -> str:
        return f"{self.product_code} {self.kind} {self.amount}"


class NumberSeries(models.Model):
    """The last number given in one series and year; drawn under its lock, last of all locks."""

    code = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("code", "year")
        verbose_name_plural = "number series"
        constraints = (
            models.UniqueConstraint(fields=["code", "year"], name="a_series_counts_once_a_year"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.year}"


class Receivable(models.Model):
    """What is still open of one document, and how it stands (decision 14).

    Below zero: the payer's credit, on a credit note or on an invoice that was paid twice; ``held``
    of it is on its way back and pays for nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        SETTLED = "settled", "Settled by credit"

    invoice = models.OneToOneField(
        Invoice, models.PROTECT, primary_key=True, related_name="receivable"
    )
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="receivables", db_index=False
    )
    open = MoneyField(max_digits=15, decimal_places=3)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    due_on = models.DateField()
    settled_at = models.DateTimeField(null=True, blank=True)
    held = models.DecimalField(max_digits=15, decimal_places=3, default=0)

    objects = models.Manager()

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = "open amount"
        indexes = (
            models.Index(
                fields=["payer", "due_on"], condition=Q(state="open"), name="receivable_open"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(open=0) | Q(state="open"), name="a_document_with_an_amount_is_open"
            ),
            models.CheckConstraint(
                condition=Q(held=0) | (Q(held__gt=0) & Q(held__lte=-F("open"))),
                name="no_more_of_a_credit_is_held_than_there_is",
            ),
        )

    def __str__(self) -> str:
        return f"{self.open} open"
