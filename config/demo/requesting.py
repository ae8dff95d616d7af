"""What the demo's customers ask of support, in every state of a request; and who leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from accounts import access
from accounts.access import Standing
from accounts.models import Account, Member, User
from billing import applying, cancelling, checkout, incoming_mail, requests
from billing.cancelling import Why
from billing.incoming_mail import Mail
from billing.models import ChangeRequest, Product
from billing.models.requests import RequestKind as Kind
from billing.requested import Asked, quoted_request
from config.demo.taken_over import email_of

_SUPPORT: Final = "support@demo.example"
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody of an account asks for; ``then`` are the answers, each a verb and its words."""

    name: str
    kind: str
    product: str = ""
    quantity: int | None = None
    reason: str = ""
    notes: str = ""
    then: tuple[tuple[str, str], ...] = ()


# By account: so many days before the end, and what is asked for then.
WISHES: Final[Mapping[str, tuple[int, Wish]]] = {
    "C-101": (
        5,
        Wish(
            "Jana Nováková",
            Kind.QUESTION,
            notes="Můžeme platit jednou za čtvrtletí?",
            then=(("ask", "Od kdy by se vám to hodilo?"),),
        ),
    ),
    "C-102": (
        1,
        Wish(
            "Giulia Conti",
            Kind.LEVEL,
            "bundle-plus",
            reason="La stagione è finita",
            notes="Ci basta il livello Plus fino a primavera.",
        ),
    ),
    "C-103": (
        16,
        Wish(
            "Anna Kowalska",
            Kind.ADD_ON,
            "pipelines",
            reason="Nobody uses it",
            then=(("take", ""), ("apply", "")),
        ),
    ),
    "C-105": (
        12,
        Wish(
            "Heike Brandt",
            Kind.QUESTION,
            notes="Does a reading room count as a user?",
            then=(("answer", "No: only people who sign in take a user seat."),),
        ),
    ),
    "C-107": (
        9,
        Wish(
            "Tomáš Král",
            Kind.ADD_ON,
            "sms-credits",
            notes="Zrušte je prosím zpětně od ledna.",
            then=(
                (
                    "decline",
                    "Zpětně to nejde: kredity byly použity. Zrušit je můžeme od příštího období.",
                ),
            ),
        ),
    ),
    "C-112": (
        8,
        Wish(
            "Francesca Dell'Acqua",
            Kind.UNBUNDLE,
            "marketing-plus",
            reason="Vendiamo solo in negozio",
            then=(("withdraw", ""),),
        ),
    ),
    "C-131": (
        3,
        Wish(
            "Ann Walsh",
            Kind.SEATS,
            "conversations-seats",
            5,
            reason="Two of us retire",
            then=(("take", ""),),
        ),
    ),
}
# By account: so many days before the end the plan is cancelled, and whether it is kept a day later.
LEAVING: Final[Mapping[str, tuple[int, str, str, bool]]] = {
    "C-108": (4, Why.UNUSED, "The season is over", False),
    "C-111": (9, Why.PRICE, "", True),
}
# By account: so many days before the end an e-mail is entered, from whom, and what it says.
MAILS: Final[Mapping[str, tuple[int, str, str, str]]] = {
    "C-109": (
        2,
        "k.winter.privat@mail.example",
        "Fewer seats",
        "From next month on six seats are enough for us. Klaus Winter",
    ),
}


@dataclass(frozen=True, slots=True)
class AsksSupport:
    """Somebody sends a request, and it is answered within the same day."""

    reference: str
    wish: Wish

    def do(self, at: datetime) -> None:
        here = _standing(self.reference, self.wish.name)
        opened = requests.open_request(
            here=here, asked=self._asked(here), key=f"demo {self.reference}", at=at
        )
        for number, (verb, words) in enumerate(self.wish.then, 1):
            _answer(verb, words, opened, here, at + number * _HOUR)

    def _asked(self, here: Standing) -> Asked:
        wish = self.wish
        return Asked(
            kind=wish.kind,
            contact_email=here.person.email,
            product=Product.objects.get(code=wish.product) if wish.product else None,
            quantity=wish.quantity,
            reason=wish.reason,
            notes=wish.notes,
        )


@dataclass(frozen=True, slots=True)
class Leaves:
    """The primary account admin cancels the plan."""

    reference: str
    why: str
    text: str

    def do(self, at: datetime) -> None:
        here = _standing(self.reference)
        found = cancelling.ending(here, at=at)
        if found is not None:
            cancelling.cancel(here=here, why=self.why, text=self.text, seen=found.on, at=at)


@dataclass(frozen=True, slots=True)
class Stays:
    """They keep it after all."""

    reference: str

    def do(self, at: datetime) -> None:
        cancelling.keep(here=_standing(self.reference), at=at)


@dataclass(frozen=True, slots=True)
class Writes:
    """An e-mail comes from an address that nobody knows, and support enters it."""

    reference: str
    sender: str
    subject: str
    text: str

    def do(self, at: datetime) -> None:
        account = Account.objects.get(reference=self.reference)
        mail = Mail(self.sender, self.subject, self.text, received_at=at - _HOUR)
        incoming_mail.open_by_mail(account_id=account.pk, mail=mail, by=_support(), at=at)


def deeds(reference: str, *, opens: date, on: date) -> Iterator[tuple[date, int, Any]]:
    """What an account asks for or leaves: the day, the hour and the deed."""
    if reference in WISHES:
        days, wish = WISHES[reference]
        yield _away_from(opens, on - timedelta(days=days)), 9, AsksSupport(reference, wish)
    if reference in LEAVING:
        days, why, text, stays = LEAVING[reference]
        day = _away_from(opens, on - timedelta(days=days))
        yield day, 9, Leaves(reference, why, text)
        if stays:
            yield day, 15, Stays(reference)
    if reference in MAILS:
        days, sender, subject, text = MAILS[reference]
        yield on - timedelta(days=days), 10, Writes(reference, sender, subject, text)


def _away_from(opens: date, day: date) -> date:
    """This day, or two before it where a cycle may open and is not billed yet."""
    near = abs(opens.day - day.day) <= 1 or {opens.day, day.day} & {31, 1} == {31, 1}
    return day - timedelta(days=2) if near else day


def _answer(verb: str, words: str, opened: ChangeRequest, here: Standing, at: datetime) -> None:
    key, support = opened.pk, _support()
    if verb == "apply":
        opened.refresh_from_db()
        _wish, quoted = quoted_request(opened, at=at)
        applying.apply(request_id=key, seen=checkout.shown(quoted), by=support, at=at)
    elif verb == "withdraw":
        requests.withdraw(here=here, request_id=key, at=at)
    elif verb == "take":
        requests.take(request_id=key, by=support, at=at)
    elif verb == "decline":
        requests.decline(request_id=key, reason=words, by=support, at=at)
    else:
        says = requests.ask if verb == "ask" else requests.answer
        says(request_id=key, text=words, by=support, at=at)


def _support() -> User:
    return User.objects.get(email=_SUPPORT)


def _standing(reference: str, name: str = "") -> Standing:
    """Where somebody of the account stands; without a name the primary account admin."""
    rows = Member.objects.filter(account__reference=reference, user__isnull=False)
    mine = rows.filter(user__email=email_of(name, reference)) if name else rows
    found = (mine if name else mine.filter(primary_admin=True)).select_related("user").first()
    here = access.standing(found.user, found.account_id) if found and found.user else None
    if here is None:
        raise ValueError(f"expected {name or 'somebody'} to stand in {reference}")
    return here
