"""The cards of the sandbox's bank: test numbers, what each does, and the form that takes them.

A number is looked at while the form is sent, and never kept: what is kept is what it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.gateways.base import Card, Cause, MethodPending, MethodReady, MethodRefused
from billing.gateways.sandbox_post import owe
from billing.models import SandboxCard

State = SandboxCard.State


class Behaviour(StrEnum):
    """What becomes of charges to a test card."""

    GOOD = "good"
    FUNDS = "funds"
    EXPIRED = "expired"
    LOST = "lost"
    DECLINED = "declined"
    SECURE = "secure"
    SILENT = "silent"
    NEVER_ARRIVES = "never_arrives"
    LATE = "late"
    TWICE = "twice"
    DISPUTED = "disputed"
    INQUIRED = "inquired"
    UNKEPT = "unkept"


@dataclass(frozen=True, slots=True)
class TestNumber:
    """A number that the card page takes: ``says`` what comes of it, in the words of the page."""

    number: str
    brand: str
    behaviour: Behaviour
    says: Promise

    @property
    def grouped(self) -> str:
        """As it stands on a card: in groups of four digits."""
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


TEST_NUMBERS: Final = (
    TestNumber("4111111111111111", "visa", Behaviour.GOOD, _("Charged")),
    TestNumber("5105105105105100", "mastercard", Behaviour.GOOD, _("Charged, another brand")),
    TestNumber("4000100000000018", "visa", Behaviour.FUNDS, _("Declined: not enough money")),
    TestNumber("4000100000000026", "visa", Behaviour.EXPIRED, _("Declined: expired")),
    TestNumber("4000100000000034", "visa", Behaviour.LOST, _("Declined: reported lost")),
    TestNumber("4000100000000042", "visa", Behaviour.DECLINED, _("Declined without a reason")),
    TestNumber("4000100000000059", "visa", Behaviour.SECURE, _("3-D Secure: the bank asks")),
    TestNumber("4000100000000067", "visa", Behaviour.SILENT, _("No answer, and it was charged")),
    TestNumber(
        "4000100000000075", "visa", Behaviour.NEVER_ARRIVES, _("No answer, and it never arrived")
    ),
    TestNumber("4000100000000083", "visa", Behaviour.LATE, _("No answer, and charged later")),
    TestNumber("4000100000000091", "visa", Behaviour.TWICE, _("Charged, and told to us twice")),
    TestNumber(
        "4000100000000117", "visa", Behaviour.DISPUTED, _("Charged, and disputed a minute later")
    ),
    TestNumber(
        "4000100000000125",
        "visa",
        Behaviour.INQUIRED,
        _("Charged, and its bank asks why a minute later"),
    ),
    TestNumber("4000100000000109", "visa", Behaviour.UNKEPT, _("Refused when it is added")),
)
_BY_NUMBER: Final = {one.number: one for one in TEST_NUMBERS}
# What the bank answers to a charge of a card that it does not charge.
DECLINES: Final = {
    Behaviour.FUNDS: Cause.FUNDS,
    Behaviour.EXPIRED: Cause.EXPIRED,
    Behaviour.LOST: Cause.LOST,
    Behaviour.DECLINED: Cause.DECLINED,
}
_PREFIX: Final = "sandbox-card-"
_LAST_YEAR: Final = 20


def wrong_with(typed: Mapping[str, str], *, on: date) -> dict[str, str]:
    """What is wrong with what was typed into the form, by field; empty where the card can be kept.

    ``on`` is the day on which it has to be good.
    """
    found: dict[str, str] = {}
    number, code = _digits(typed["number"]), typed["code"].strip()
    if not _is_number(number):
        found["number"] = gettext("This is no card number: a digit is wrong or missing.")
    elif number not in _BY_NUMBER:
        found["number"] = gettext("The sandbox takes the test numbers of this page alone.")
    if not _is_good(typed["expires"], on):
        found["expires"] = gettext("Write month and year, for example 03/30, not yet past.")
    if not (code.isdecimal() and len(code) == 3):
        found["code"] = gettext("Write the three digits on the back of the card.")
    return found


def keep(form: SandboxCard, typed: Mapping[str, str]) -> bool:
    """Keep the card that was typed in, or refuse it; whether it was this form's turn.

    A form is used once. What was typed has to be right (`wrong_with`).
    """
    test = _BY_NUMBER[_digits(typed["number"])]
    month, year = _expiry(typed["expires"])
    refused = test.behaviour is Behaviour.UNKEPT
    state = State.REFUSED if refused else State.KEPT
    mine = SandboxCard.objects.filter(pk=form.pk, state=State.OPEN).update(
        state=state,
        behaviour=test.behaviour,
        brand=test.brand,
        last4=test.number[-4:],
        expires_month=month,
        expires_year=year,
    )
    if mine:
        owe(f"method.{state}", form.key)
    return bool(mine)


def kept(reference: str, *, payer: str) -> SandboxCard | None:
    """The card that the bank keeps for this payer under this number; None where it does not."""
    number = reference.removeprefix(_PREFIX)
    if not number.isdecimal():
        return None
    return SandboxCard.objects.filter(pk=number, payer=payer, state=State.KEPT).first()


def card_of(reference: str) -> Card | None:
    """What may be known of a card that is kept; None where none is."""
    number = reference.removeprefix(_PREFIX)
    kept_ones = SandboxCard.objects.filter(state=State.KEPT)
    found = kept_ones.filter(pk=number).first() if number.isdecimal() else None
    return None if found is None else _card(found)


def forget(reference: str) -> None:
    """Keep this card no longer."""
    number = reference.removeprefix(_PREFIX)
    if number.isdecimal():
        SandboxCard.objects.filter(pk=number, state=State.KEPT).update(state=State.FORGOTTEN)


def standing(form: SandboxCard) -> MethodReady | MethodPending | MethodRefused:
    """What became of a form."""
    if form.state == State.OPEN:
        return MethodPending()
    if form.state == State.REFUSED:
        return MethodRefused(Cause.DECLINED)
    if form.state == State.FORGOTTEN:
        return MethodRefused(Cause.GONE)
    return MethodReady(form.reference, _card(form))


def _card(form: SandboxCard) -> Card:
    return Card(form.brand, form.last4, form.expires_month or 0, form.expires_year or 0)


def _digits(number: str) -> str:
    return "".join(number.replace("-", " ").split())


def _is_number(digits: str) -> bool:
    """Whether the last digit fits the others, as ISO/IEC 7812 has it."""
    if not (digits.isascii() and digits.isdecimal() and 12 <= len(digits) <= 19):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_good(expires: str, on: date) -> bool:
    month, year = _expiry(expires)
    good = (on.year, on.month) <= (year, month)
    return 1 <= month <= 12 and good and year <= on.year + _LAST_YEAR


def _expiry(expires: str) -> tuple[int, int]:
    """Month and year of 03/30 or 03/2030; zeros where it is neither."""
    month, _slash, year = (part.strip() for part in expires.partition("/"))
    if not (month.isdecimal() and year.isdecimal() and len(month) <= 2 and len(year) in {2, 4}):
        return 0, 0
    return int(month), int(year) + (2000 if len(year) == 2 else 0)
