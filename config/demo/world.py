"""What stands around the demo's accounts: the seller, tax rates, and the vendor's own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Min

from accounts import access, staff_roles
from accounts.models import User
from billing.models import SellerDetails, TaxRate

SELLER: Final = "Seatledger Demo s.r.o."
PASSWORD: Final = "open the demo ledger"

_SINCE: Final = date(2020, 1, 1)
# The standard rates of the European Union, and since when where they changed lately.
_RATES: Final = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25",
    "ES": "21", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22",
    "LT": "21", "LU": "17", "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23",
    "SE": "25", "SI": "22",
}  # fmt: skip
_CHANGED: Final = {
    "EE": (("20", _SINCE), ("22", date(2024, 1, 1)), ("24", date(2025, 7, 1))),
    "FI": (("24", _SINCE), ("25.5", date(2024, 9, 1))),
    "RO": (("19", _SINCE), ("21", date(2025, 8, 1))),
    "SK": (("20", _SINCE), ("23", date(2025, 1, 1))),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody of the vendor who may enter the admin; without a role they may do everything."""

    email: str
    name: str
    role: access.Role | None


SIGN_INS: Final = (
    SignIn("admin@demo.example", "Adela Admin", None),
    SignIn("support@demo.example", "Simon Support", access.Role.SUPPORT),
    SignIn("billing@demo.example", "Bára Billing", access.Role.BILLING),
    SignIn("catalogue@demo.example", "Cecilia Catalogue", access.Role.CATALOGUE),
    SignIn("reader@demo.example", "Radim Reader", access.Role.READ_ONLY),
)


def write_seller(*, at: datetime) -> SellerDetails:
    """The seller's details; ``at`` is the day the demo is told up to."""
    return SellerDetails.objects.create(
        name=SELLER,
        street="Příkladná 1",
        postcode="110 00",
        city="Praha",
        country="CZ",
        tax_id="CZ00000019",
        registration="A made-up company of the demo",
        time_zone="Europe/Prague",
        email="billing@demo.example",
        bank_name="Demo Bank",
        iban="CZ6508000000192000145399",
        bic="DEMOCZPP",
        written_at=at,
    )


def write_tax_rates() -> None:
    steps = [(country, percent, _SINCE) for country, percent in _RATES.items()]
    steps += [
        (country, percent, since) for country, rates in _CHANGED.items() for percent, since in rates
    ]
    for country, percent, valid_from in steps:
        TaxRate.objects.get_or_create(
            country=country, valid_from=valid_from, defaults={"percent": Decimal(percent)}
        )


def write_sign_ins(*, at: datetime) -> None:
    """The vendor's people, with one password for all: this is a demo."""
    for sign_in in SIGN_INS:
        if User.objects.filter(email=sign_in.email).exists():
            continue
        person = User.objects.create_user(
            sign_in.email,
            name=sign_in.name,
            is_staff=True,
            is_superuser=sign_in.role is None,
            joined_at=at,
        )
        let_in(person)
        if sign_in.role is not None:
            staff_roles.give_role(person=person, role=sign_in.role)


def first_day() -> date | None:
    """The first day of the demo that stands in the database: the vendor's people came then."""
    people = User.objects.filter(email__in=[one.email for one in SIGN_INS])
    first: datetime | None = people.aggregate(first=Min("joined_at"))["first"]
    return first.date() if first else None


def let_in(person: User) -> None:
    """The person has the demo's password and reads the mail of their address."""
    person.password = _hashed()
    person.save(update_fields=["password"])
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


@cache
def _hashed() -> str:
    """Once for all of them, because that is made to be slow, and everybody knows the password."""
    return make_password(PASSWORD)
