"""What the sandbox gateway remembers: one row for each idempotency key it has seen.

Nothing outside its gateway reads or writes these.
"""

from __future__ import annotations

from secrets import token_urlsafe

from django.db import models


def new_token() -> str:
    """What the address of a page of the bank's ends in: nobody guesses it."""
    return token_urlsafe(24)


class SandboxCard(models.Model):
    """A form of the sandbox's card page, and the card that was kept by it.

    No number and no security code: ``behaviour`` is what the number stands for among the test
    numbers (`billing.gateways.sandbox_cards`).
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        REFUSED = "refused", "Refused"
        FORGOTTEN = "forgotten", "Forgotten"

    key = models.CharField(max_length=100, unique=True)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    payer = models.CharField(max_length=64)
    return_to = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    behaviour = models.CharField(max_length=20, blank=True)
    brand = models.CharField(max_length=20, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    expires_month = models.PositiveSmallIntegerField(null=True, blank=True)
    expires_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    @property
    def reference(self) -> str:
        """The bank's own number of the card that it keeps."""
        return f"sandbox-card-{self.pk}"


class SandboxCharge(models.Model):
    """A charge as the sandbox bank sees it.

    ``lost`` is a request that never reached the bank; asked again under the same key, it does. One
    that ``waits`` is decided by the payer, on the page of the bank that its ``token`` opens; what
    is ``settling`` the bank decides later, and tells by webhook.
    """

    class Outcome(models.TextChoices):
        CHARGED = "charged", "Charged"
        DECLINED = "declined", "Declined"
        LOST = "lost", "Lost on the way"
        WAITS = "waits", "Waits for the payer"
        SETTLING = "settling", "Not decided yet"
        CANCELLED = "cancelled", "Cancelled"

    key = models.CharField(max_length=100, unique=True)
    token = models.CharField(max_length=64, unique=True, null=True, blank=True)
    payer = models.CharField(max_length=64)
    card = models.CharField(max_length=64, blank=True, help_text="The bank's number of the card.")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    outcome = models.CharField(max_length=9, choices=Outcome)
    cause = models.CharField(max_length=12, blank=True)
    return_to = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"

    @property
    def reference(self) -> str:
        """The bank's own number of the charge."""
        return f"sandbox-{self.pk}"


class SandboxDispute(models.Model):
    """A charge that its cardholder disputes, as the sandbox bank sees it; decided on its own page.

    An ``inquiry`` takes nothing, and may become a dispute. Of one that is lost for a part alone,
    ``came_again`` is what was given again. The time for evidence starts when the
    post office first tells of it.
    """

    class State(models.TextChoices):
        INQUIRY = "inquiry", "Inquiry"
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        CLOSED = "closed", "Closed"

    charge = models.ForeignKey(SandboxCharge, models.PROTECT, related_name="disputes")
    token = models.CharField(max_length=64, unique=True, default=new_token)
    state = models.CharField(max_length=7, choices=State)
    evidence_by = models.DateTimeField(null=True, blank=True)
    came_again = models.DecimalField(max_digits=15, decimal_places=3, default=0)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    @property
    def reference(self) -> str:
        """The bank's own number of the dispute."""
        return f"sandbox-dispute-{self.pk}"


class SandboxRefund(models.Model):
    """Money that goes back as the sandbox bank sees it; lost and asked again as a charge is."""

    class Outcome(models.TextChoices):
        REFUNDED = "refunded", "Refunded"
        REFUSED = "refused", "Refused"
        LOST = "lost", "Lost on the way"

    key = models.CharField(max_length=100, unique=True)
    charge = models.CharField(max_length=64, db_index=True, help_text="The number of the charge.")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"

    @property
    def reference(self) -> str:
        """The bank's own number of the refund."""
        return f"sandbox-refund-{self.pk}"


class SandboxMessage(models.Model):
    """A webhook that the sandbox owes: to be sent so many ``times``, first at ``due_at``.

    ``delay`` is how many minutes after the bank has decided; the time starts when its post office
    first sees the message.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    delay = models.PositiveSmallIntegerField(default=0)
    times = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(times__gt=0),
                name="sandbox_message_to_send",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def event_id(self) -> str:
        """The bank's own number of the message: the same each time it is sent."""
        return f"sandbox-event-{self.pk}"
