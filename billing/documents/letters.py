"""The letters about invoices: what became of the amount, the lines, and the PDF with them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.mail import Attachment, Message
from accounts.models import Account, Letter
from billing.causes import known
from billing.causes import words as cause_words
from billing.core.display import format_day, format_money
from billing.core.money import to_minor_unit
from billing.documents.page import owed, page, title, transfer_facts
from billing.documents.pdf import document_pdf
from billing.documents.reading import Facts, read
from billing.gateways.base import Cause
from billing.models import Dispute, Payment, PaymentAttempt, Receivable

State = PaymentAttempt.State


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands when its letter is written.

    ``paid`` came in by payment, ``credited`` was taken off from the credit balance, and ``open`` is
    still owed: together the total. ``charged``: all that was paid was charged to a card.
    ``declined`` is the cause for which the last charge failed; None: it did not. ``disputed``: how
    a dispute stands that has taken some of the open amount back; None: none has.
    """

    open: Decimal
    paid: Decimal
    credited: Decimal
    charged: bool
    declined: Cause | None
    disputed: Dispute.State | None


def invoice(letter: Letter) -> Message:
    """The letter about the invoice or credit note of this id, in the letter's language.

    It tells how the document stands now: charged, declined, due, or in the customer's favour.
    ``Invoice.DoesNotExist`` for an unknown id.
    """
    facts = read(letter.subject_id, language=letter.language)
    standing = _standing(letter.subject_id, facts)
    content = page(facts)
    with override(facts.language):
        words = _Words(facts, standing)
        context = {
            **content,
            "subject": words.subject(),
            "lead": words.lead(),
            "also": words.also(),
            "transfer": words.transfer(),
            "action": words.action(payer_id=letter.account_id, invoice_id=letter.subject_id),
            "reply_to": facts.seller.email,
        }
        html = render_to_string("mail/invoice/html.html", context)
        return Message(
            subject=render_to_string("mail/invoice/subject.txt", context).strip(),
            text=render_to_string("mail/invoice/text.txt", context),
            html=css_inline.inline(html),
            reply_to=facts.seller.email,
            attachments=(_pdf(facts, content),),
        )


def _pdf(facts: Facts, content: dict[str, Any]) -> Attachment:
    return Attachment(
        name=f"{facts.number}.pdf",
        content=document_pdf(facts, content),
        media_type="application/pdf",
    )


def _standing(invoice_id: int, facts: Facts) -> Standing:
    rows = Payment.objects.filter(invoice=invoice_id)
    payments = list(rows.select_related("dispute_move__dispute"))
    disputes = [one.dispute_move.dispute for one in payments if hasattr(one, "dispute_move")]
    taken = {Dispute.State(one.state) for one in disputes if one.taken}
    paid = to_minor_unit(sum((one.amount.amount for one in payments), Decimal(0)), facts.currency)
    receivable = Receivable.objects.get(pk=invoice_id)
    still_open = to_minor_unit(receivable.open.amount, facts.currency)
    last = PaymentAttempt.objects.filter(invoice=invoice_id).order_by("-number").first()
    return Standing(
        open=still_open,
        paid=paid,
        credited=facts.total - paid - still_open,
        charged=all(one.attempt_id is not None or hasattr(one, "dispute_move") for one in payments),
        declined=known(last.cause) if last is not None and last.state == State.DECLINED else None,
        disputed=Dispute.State.OPEN if Dispute.State.OPEN in taken else next(iter(taken), None),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of the letter, in the language that is switched on."""

    facts: Facts
    standing: Standing

    @property
    def by_card(self) -> bool:
        return self.facts.pays_by == Account.PaysBy.CARD

    @property
    def was_declined(self) -> bool:
        return self.standing.declined is not None and self.standing.open > 0

    def transfer(self) -> list[tuple[str, str]]:
        """The bank account, where the customer has to do something."""
        if self.facts.in_favour or self.standing.open <= 0:
            return []
        if self.standing.disputed is not None:
            waits = self.standing.disputed is Dispute.State.OPEN
            return [] if waits else transfer_facts(self.facts, self.standing.open)
        if self.by_card and not self.was_declined:
            return []
        return transfer_facts(self.facts, self.standing.open)

    def named(self) -> dict[str, str]:
        facts = self.facts
        return {
            "document": title(facts),
            "issued": format_day(facts.issued_on, facts.language),
            "due": format_day(facts.due_on, facts.language),
            "total": owed(facts),
            "open": self.money(self.standing.open),
            "paid": self.money(self.standing.paid),
        }

    def money(self, amount: Decimal) -> str:
        return format_money(amount, self.facts.currency, self.facts.language)

    def subject(self) -> str:
        if self.facts.in_favour:
            words = _("%(document)s of %(issued)s: %(total)s in your favour")
        elif self.standing.open <= 0:
            words = self.settled_subject()
        elif self.standing.disputed is not None:
            words = self.disputed_subject()
        elif self.was_declined:
            words = self.declined_subject()
        elif self.by_card:
            words = _("%(document)s of %(issued)s: %(open)s to be charged to your card")
        else:
            words = _("%(document)s of %(issued)s: %(open)s due on %(due)s")
        return words % self.named()

    def disputed_subject(self) -> str:
        if self.standing.disputed is Dispute.State.OPEN:
            return _("%(document)s of %(issued)s: %(open)s is disputed at your bank")
        return _("%(document)s of %(issued)s: your bank took %(open)s back")

    def declined_subject(self) -> str:
        if self.standing.declined is Cause.CONFIRMATION:
            return _("Confirm your payment: %(document)s of %(issued)s, %(open)s, is not paid")
        if self.standing.declined is Cause.NO_METHOD:
            return _("There is no card to charge: %(document)s of %(issued)s, %(open)s")
        return _("Your card was declined: %(document)s of %(issued)s, %(open)s, is not paid")

    def settled_subject(self) -> str:
        if self.standing.paid:
            return _("%(document)s of %(issued)s: %(paid)s paid")
        if self.facts.total:
            return _("%(document)s of %(issued)s: %(total)s paid from your credit balance")
        return _("%(document)s of %(issued)s: nothing to pay")

    def lead(self) -> str:
        """The first line: the amount, and what became of it."""
        if self.facts.in_favour:
            words = _("%(total)s is in your favour. It is taken off what you owe.")
        elif self.standing.open <= 0:
            words = self.settled_lead()
        elif self.standing.disputed is not None:
            words = self.disputed_lead()
        elif self.was_declined:
            words = _("%(open)s could not be charged.")
        elif self.by_card:
            words = _("%(open)s will be charged to your card. There is nothing more for you to do.")
        else:
            words = _("%(open)s is due on %(due)s by bank transfer.")
        return words % self.named()

    def disputed_lead(self) -> str:
        """What is open of it is charged by nobody: neither now nor later."""
        if self.standing.disputed is Dispute.State.OPEN:
            return _(
                "%(open)s is disputed at your bank, which has taken it back from us. It is not "
                "charged again, and there is nothing for you to do before your bank has decided."
            )
        return _(
            "Your bank took %(open)s back from us, and your card is not charged for it again. Pay "
            "it by another card, or by bank transfer."
        )

    def settled_lead(self) -> str:
        if self.standing.paid and self.standing.charged:
            return _("%(paid)s was charged to your card. There is nothing more for you to do.")
        if self.standing.paid:
            return _("%(paid)s has arrived. There is nothing more for you to do.")
        if self.facts.total:
            return _("%(total)s was taken from your credit balance. There is nothing to pay.")
        return _("This invoice comes to zero. There is nothing to pay.")

    def also(self) -> list[str]:
        """What else the reader must know, one sentence each."""
        found = []
        if self.standing.credited > 0 and (self.standing.open > 0 or self.standing.paid):
            found.append(
                _("%(credited)s of the total was taken from your credit balance.")
                % {"credited": self.money(self.standing.credited)}
            )
        if self.was_declined and self.standing.declined is not None:
            found.append(cause_words(self.standing.declined))
            found.append(
                _("Nothing else has changed. Pay on this page, or transfer the amount as below.")
            )
        return found

    def action(self, *, payer_id: int | None, invoice_id: int) -> dict[str, str] | None:
        """The page on which it is paid by hand: the card was declined, or a dispute is lost."""
        lost = self.standing.disputed is Dispute.State.LOST and self.standing.open > 0
        if payer_id is None or not (self.was_declined or lost):
            return None
        page = reverse("billing:pay", args=[payer_id, invoice_id])
        label = _("Pay %(amount)s") % {"amount": self.money(self.standing.open)}
        return {"href": f"{settings.SITE_URL}{page}", "label": label}
