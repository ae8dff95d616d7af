"""The demo catalogue: the figures of the five product families, in euro and in dollars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from billing.models import Price, Product
from config.demo.offers import LICENCE, PACK, SEAT, Listed, Names, Offer

IN_ADVANCE: Final = {
    "model": Price.Model.PER_UNIT,
    "timing": Price.Timing.ADVANCE,
    "basis": Price.Basis.SET,
}
BY_REQUEST: Final = {"decrease": Price.Decrease.BY_REQUEST}
FLAT: Final = {**IN_ADVANCE, "model": Price.Model.FLAT}
PEAK: Final = {
    "model": Price.Model.PER_UNIT,
    "timing": Price.Timing.ARREARS,
    "basis": Price.Basis.PEAK,
}
METERED: Final = {**PEAK, "basis": Price.Basis.METERED}
PACKS: Final = {**METERED, "model": Price.Model.PACKAGE}
MEMBERS: Final = {"basis": Price.Basis.BILLABLE_MEMBERS}

PAY_PER_USER_FROM: Final = date(2024, 6, 10)
CONTACT_STEPS: Final = (1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)
CONTACT_FACTORS: Final = (1, 2, 3, 5, 9, 14, 22)
STARTER_STEPS: Final = 4
# Level: names, price of 1,000 contacts a month billed yearly (USD, EUR), included users, and what
# one more user costs (USD, EUR).
LEVELS: Final = {
    "starter": ("Starter", ("15", "14"), 1, ("19", "18")),
    "plus": ("Plus", ("49", "45"), 1, ("19", "18")),
    "pro": ("Pro", ("79", "73"), 3, ("49", "45")),
    "enterprise": ("Enterprise", ("145", "134"), 5, ("99", "92")),
}
BUNDLE_FACTOR: Final = Decimal("1.6")
MONTHLY_FACTOR: Final = Decimal("1.25")
PLAN_PRODUCTS: Final[dict[str, tuple[Names, Decimal]]] = {
    "marketing": (("Marketing", "Marketing", "Marketing"), Decimal(1)),
    "sales": (("Sales", "Vendite", "Prodej"), Decimal(1)),
    "bundle": (
        ("Marketing + Sales", "Marketing + Vendite", "Marketing + Prodej"),
        BUNDLE_FACTOR,
    ),
}


def offers() -> tuple[Offer, ...]:
    """All products of the demo, in the order of the catalogue."""
    return (
        *_plans(), *_users(), *_add_ons(), *_conversations(), *_team(), *_agencies(), *_licences(),
    )  # fmt: skip


def _both(usd: str, eur: str) -> tuple[Listed, ...]:
    return Listed("USD", usd), Listed("EUR", eur)


def _plans() -> Iterator[Offer]:
    """Plans by product and level; the quantity is the contact limit."""
    for product, (names, factor) in PLAN_PRODUCTS.items():
        for level, (level_name, (usd, eur), _, _) in LEVELS.items():
            steps = STARTER_STEPS if level == "starter" else len(CONTACT_STEPS)
            yield Offer(
                f"{product}-{level}",
                "plan",
                tuple(f"{name} {level_name}" for name in names),  # type: ignore[arg-type]  # three names stay three
                tuple(
                    Listed(currency, None, _contact_tiers(yearly, factor * rate, steps), interval)
                    for currency, yearly in (("USD", usd), ("EUR", eur))
                    for interval, rate in (("month", MONTHLY_FACTOR), ("year", Decimal(12)))
                ),
                {**IN_ADVANCE, "model": Price.Model.VOLUME},
                units=(
                    "contact|contacts",
                    "contatto|contatti",
                    "kontakt|kontakty|kontaktu|kontaktů",
                ),
                placeholder=True,
                kind=Product.Kind.PLAN,
                line=product,
                level=level,
            )


def _contact_tiers(
    yearly: str, factor: Decimal, steps: int
) -> tuple[tuple[int | None, str, str], ...]:
    """The whole tier's price at each step of the contact limit."""
    bounds = list(zip(CONTACT_STEPS, CONTACT_FACTORS, strict=True))[:steps]
    return tuple((up_to, "0", str(Decimal(yearly) * factor * times)) for up_to, times in bounds)


def _users() -> Iterator[Offer]:
    """User seats by level: the included ones cost nothing, Starter has at most one more."""
    for level, (level_name, _, included, (usd, eur)) in LEVELS.items():
        end = included + 1 if level == "starter" else None
        yield Offer(
            f"users-{level}",
            "plan",
            (f"User seats {level_name}", f"Postazioni {level_name}", f"Uživatelé {level_name}"),
            tuple(
                Listed(currency, None, ((included, "0", "0"), (end, extra, "0")))
                for currency, extra in (("USD", usd), ("EUR", eur))
            ),
            {**IN_ADVANCE, "model": Price.Model.TIERED},
            units=(
                "user seat|user seats",
                "postazione utente|postazioni utente",
                "místo|místa|míst",
            ),
            requires=tuple(f"{product}-{level}" for product in PLAN_PRODUCTS),
            kind=Product.Kind.USERS,
            level=level,
        )


def _add_ons() -> Iterator[Offer]:
    plans = tuple(f"{product}-{level}" for product in PLAN_PRODUCTS for level in LEVELS)
    yield Offer(
        "sms-credits",
        "plan",
        ("SMS credits", "Crediti SMS", "SMS kredity"),
        tuple(Listed(listed.currency, listed.amount) for listed in _both("20", "18")),
        {**IN_ADVANCE, **BY_REQUEST, "model": Price.Model.PACKAGE, "size": 1000},
        units=("credit|credits", "credito|crediti", "kredit|kredity|kreditu|kreditů"),
        placeholder=True,
        requires=plans,
        kind=Product.Kind.ADD_ON,
    )
    for code, names, usd, eur, placeholder in (
        ("pipelines", ("Pipelines", "Pipeline", "Pipeline"), "68", "63", False),
        (
            "custom-reporting",
            ("Custom reporting", "Report personalizzati", "Vlastní reporty"),
            "149",
            "138",
            True,
        ),
        (
            "transactional-email",
            ("Transactional e-mail", "E-mail transazionali", "Transakční e-maily"),
            "20",
            "18",
            True,
        ),
    ):
        yield Offer(
            code,
            "plan",
            names,
            _both(usd, eur),
            {**FLAT, **BY_REQUEST},
            units=("add-on|add-ons", "componente|componenti", "doplněk|doplňky|doplňku|doplňků"),
            placeholder=placeholder,
            requires=plans,
            kind=Product.Kind.ADD_ON,
        )


def _conversations() -> Iterator[Offer]:
    """Closed to new customers; a yearly account pays twelve times the monthly fee."""
    yield Offer(
        "conversations-seats",
        "conversations",
        ("Conversations seats", "Postazioni Conversations", "Místa Conversations"),
        _both("19", "18"),
        {**IN_ADVANCE, **BY_REQUEST},
        who=Product.Who.PRIMARY,
        placeholder=True,
        closed_from=date(2023, 1, 3),
    )


def _team() -> Iterator[Offer]:
    """One product, two charging models: chosen seats, since June 2024 billable members."""
    later = {"valid_from": PAY_PER_USER_FROM, "rules": MEMBERS}
    yield Offer(
        "team",
        "resellers",
        ("Team", "Team", "Tým"),
        (
            *_both("39", "36"),
            Listed("USD", "24", **later),  # type: ignore[arg-type]  # the keys are named above
            Listed("EUR", "22", **later),  # type: ignore[arg-type]  # as above
            Listed("JPY", "3600", **later),  # type: ignore[arg-type]  # as above
            Listed("KWD", "7.450", **later),  # type: ignore[arg-type]  # as above
            Listed("USD", "240", interval="year", **later),  # type: ignore[arg-type]  # as above
            Listed("EUR", "220", interval="year", **later),  # type: ignore[arg-type]  # as above
        ),
        IN_ADVANCE,
        units=("user|users", "utente|utenti", "uživatel|uživatelé|uživatele|uživatelů"),
    )


def _agencies() -> Iterator[Offer]:
    yield Offer(
        "agency-plan",
        "agencies",
        ("Agency plan", "Piano Agency", "Agenturní tarif"),
        _both("299", "279"),
        {**FLAT, **BY_REQUEST},
        units=("plan|plans", "piano|piani", "tarif|tarify|tarifu|tarifů"),
        placeholder=True,
    )
    for code, names, usd, eur, rules, units in (
        (
            "agency-data-sources",
            ("Data sources", "Fonti di dati", "Zdroje dat"),
            "19",
            "18",
            {"model": Price.Model.PACKAGE, "size": 10},
            ("data source|data sources", "fonte di dati|fonti di dati", "zdroj|zdroje|zdrojů"),
        ),
        (
            "agency-seats",
            ("Agency seats", "Postazioni Agency", "Agenturní místa"),
            "15",
            "14",
            {},
            SEAT,
        ),
        (
            "agency-messages",
            ("Messages", "Messaggi", "Zprávy"),
            "29",
            "27",
            {"model": Price.Model.PACKAGE, "size": 2000, "timing": Price.Timing.ONCE},
            ("message|messages", "messaggio|messaggi", "zpráva|zprávy|zpráv"),
        ),
    ):
        yield Offer(
            code,
            "agencies",
            names,
            _both(usd, eur),
            {**IN_ADVANCE, **rules},
            units=units,
            placeholder=code != "agency-messages",
            requires=("agency-plan",),
            kind=Product.Kind.ADD_ON,
        )


LICENCES: Final = (
    ("voice", ("Voice", "Voce", "Hlas"), "30", "33"),
    ("outbound", ("Outbound", "Chiamate in uscita", "Odchozí hovory"), "15", "17"),
    ("email", ("E-mail", "E-mail", "E-mail"), "15", "17"),
    ("chat", ("Chat", "Chat", "Chat"), "15", "17"),
    ("sms", ("SMS", "SMS", "SMS"), "8", "9"),
    ("social", ("Social", "Social", "Sociální sítě"), "15", "17"),
    ("back-office", ("Back-office", "Back-office", "Back-office"), "8", "9"),
    ("cloudphone", ("Cloudphone", "Cloudphone", "Cloudphone"), "6", "7"),
    ("recording", ("Call recording", "Registrazione chiamate", "Nahrávání hovorů"), "4", "4.50"),
)


# What the Power pack switches on: how much of each one pack covers. Part packages count whole.
POWERED: Final[tuple[tuple[str, Names, int, Names], ...]] = (
    (
        "smart-routing",
        ("Smart routing", "Instradamento intelligente", "Chytré směrování"),
        1000,
        ("e-mail|e-mails", "e-mail", "e-mail|e-maily|e-mailu|e-mailů"),
    ),
    (
        "ai-topics",
        ("AI topics", "Argomenti AI", "AI témata"),
        1000,
        ("topic|topics", "argomento|argomenti", "téma|témata|témat"),
    ),
    (
        "ai-qa",
        ("AI QA", "AI QA", "AI QA"),
        200,
        ("review|reviews", "valutazione|valutazioni", "hodnocení|hodnocení|hodnocení"),
    ),
)  # fmt: skip


def _licences() -> Iterator[Offer]:
    """Licence types are billed in arrears by the peak of each calendar month."""
    licensing = {
        "family": "licensing",
        "subscription": "licensing",
        "placeholder": True,
        "kind": Product.Kind.LICENCE,
    }
    for code, names, eur, usd in LICENCES:
        yield Offer(
            code,
            names=names,
            prices=_both(usd, eur),
            rules=PEAK,
            units=("unit|units", "unità", "jednotka|jednotky|jednotek")
            if code == "recording"
            else LICENCE,
            who=Product.Who.LICENSING,
            requires=("voice",) if code == "outbound" else (),
            **licensing,  # type: ignore[arg-type]  # the keys are named above
        )
    counted: tuple[tuple[str, Names, str, str, dict[str, Any], Names], ...] = (
        (
            "speech-to-text",
            ("Speech-to-text", "Trascrizione", "Přepis řeči"),
            "50",
            "55",
            {**PEAK, "model": Price.Model.FLAT},
            PACK,
        ),
        (
            "speech-to-text-minutes",
            ("Speech-to-text minutes", "Minuti di trascrizione", "Minuty přepisu řeči"),
            "0.01",
            "0.011",
            {**METERED, "allowance": 5000},
            ("minute|minutes", "minuto|minuti", "minuta|minuty|minut"),
        ),
        (
            "power-packs",
            ("Power pack", "Power pack", "Power pack"),
            "0",
            "0",
            {**PEAK, "model": Price.Model.FLAT},
            PACK,
        ),
        *(
            (code, names, "25", "28", {**PACKS, "size": size}, units)
            for code, names, size, units in POWERED
        ),
    )
    for code, names, eur, usd, rules, units in counted:
        yield Offer(
            code,
            names=names,
            prices=_both(usd, eur),
            rules=rules,
            units=units,
            who=Product.Who.LICENSING,
            **licensing,  # type: ignore[arg-type]  # the keys are named above
        )
