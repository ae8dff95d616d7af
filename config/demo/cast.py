"""The accounts of the demo: who they are, what they hold, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is: its address, and what follows from it."""

    street: str
    postcode: str
    city: str
    country: str
    currency: str
    zone: str
    language: str = "en"


PRAGUE: Final = Place("Dlouhá 12", "110 00", "Praha", "CZ", "EUR", "Europe/Prague", "cs")
BRNO: Final = Place("Veveří 40", "602 00", "Brno", "CZ", "EUR", "Europe/Prague", "cs")
MILAN: Final = Place("Via Brera 5", "20121", "Milano", "IT", "EUR", "Europe/Rome", "it")
TURIN: Final = Place("Corso Francia 18", "10138", "Torino", "IT", "EUR", "Europe/Rome", "it")
BERLIN: Final = Place("Lindenallee 7", "10405", "Berlin", "DE", "EUR", "Europe/Berlin")
WARSAW: Final = Place("ul. Prosta 20", "00-850", "Warszawa", "PL", "EUR", "Europe/Warsaw")
LISBON: Final = Place("Rua Augusta 90", "1100-053", "Lisboa", "PT", "EUR", "Europe/Lisbon")
OSLO: Final = Place("Storgata 11", "0155", "Oslo", "NO", "EUR", "Europe/Oslo")
LONDON: Final = Place("14 Mill Lane", "SE1 2AA", "London", "GB", "USD", "Europe/London")
NEW_YORK: Final = Place("210 Hill Street", "10001", "New York", "US", "USD", "America/New_York")
CHICAGO: Final = Place("7 Pier Road", "60601", "Chicago", "US", "USD", "America/Chicago")
TOKYO: Final = Place("3-5 Kitamachi", "180-0001", "Tokyo", "JP", "JPY", "Asia/Tokyo")
KUWAIT: Final = Place("Gulf Road 3", "13001", "Kuwait City", "KW", "KWD", "Asia/Kuwait")


# First and last names; a number of each that has no common divisor makes every pair of them once.
Names = tuple[tuple[str, ...], tuple[str, ...]]
CZECH: Final[Names] = (
    ("Adéla", "Bohumil", "Dana", "Filip", "Hana", "Ivo", "Lenka"),
    ("Bartoš", "Doležal", "Fiala", "Hájek", "Jelínek", "Kučera", "Marek", "Navrátil", "Říha"),
)
ITALIAN: Final[Names] = (
    ("Alba", "Bruno", "Carla", "Dino", "Elsa"),
    ("Amato", "Bruni", "Costa", "Fabbri", "Gatti", "Longo", "Marini"),
)
GERMAN: Final[Names] = (
    ("Anja", "Bernd", "Carla", "Dirk", "Elke", "Frank", "Gerda", "Holger", "Inge", "Jens", "Kira"),
    ("Albers", "Becker", "Cordes", "Dietz", "Ebert", "Frey", "Graf", "Hahn", "Jung", "Krug",
     "Lorenz", "Moser"),
)  # fmt: skip
AMERICAN: Final[Names] = (
    ("Abby", "Brett", "Carol", "Dean", "Erin"),
    ("Barnes", "Cross", "Dalton", "Ellis", "Frost", "Greer", "Hobbs"),
)


def _people(count: int, names: Names) -> tuple[str, ...]:
    """So many people, no name twice."""
    first, last = names
    return tuple(f"{first[n % len(first)]} {last[n % len(last)]}" for n in range(count))


@dataclass(frozen=True, slots=True)
class Holding:
    """One subscription; an item of zero is held at its price and counts by itself."""

    items: Mapping[str, int]
    code: str = "plan"
    interval: str = "month"
    anchor_day: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One account. ``opens`` is a day long before the demo, or a month of it, below zero before it.

    The first of the people is the primary account admin; ``crew`` are those who work below them, as
    the floors say. The numbers of ``moves`` (product, lowest, highest) change now and then.
    """

    reference: str
    name: str
    place: Place
    people: tuple[str, ...]
    holdings: tuple[Holding, ...]
    opens: date | int
    moves: tuple[tuple[str, int, int], ...] = ()
    bots: tuple[str, ...] = ()
    crew: tuple[str, ...] = ()
    role: str = "customer"
    kind: str = "live"
    parent: str = ""
    paid_by_parent: bool = False
    tax_id: str = ""
    tax_exempt: bool = False
    discount: str = "0"
    terms_days: int | None = None
    comes_and_goes: bool = False


def licences(**items: int) -> Holding:
    """A licensing subscription: monthly, on the 1st."""
    named = {name.replace("_", "-"): number for name, number in items.items()}
    return Holding(named, code="licensing", anchor_day=1)


def plan(product: str, contacts: int, users: int, **rules: object) -> Holding:
    """A plan with its contact limit and user seats; more items and the cycle by name."""
    level = product.partition("-")[2]
    items = {product: contacts, f"users-{level}": users, **rules.pop("more", {})}  # type: ignore[dict-item]  # a dict of numbers
    return Holding(items, **rules)  # type: ignore[arg-type]  # interval and anchor day


CONTACTS: Final = (1000, 2500, 5000, 10_000)
TEAM: Final = Holding({"team": 0})
POWER_PACK: Final = {"power_packs": 1, "smart_routing": 0, "ai_topics": 0, "ai_qa": 0}


def cast() -> tuple[Part, ...]:
    """Everybody, parents before their children."""
    return (*_customers(), *_call_centres(), *_special(), *_reselling(), *_agencies())


def _customers() -> Iterator[Part]:
    """People with a plan: every level, product and way to pay."""
    yield Part(
        "C-101", "Nováková Design s.r.o.", PRAGUE, ("Jana Nováková", "Petr Dvořák"),
        (plan("marketing-plus", 2500, 3), licences(voice=4, outbound=2)), -6,
        moves=(("users-plus", 2, 8), ("voice", 4, 12)), crew=_people(4, CZECH),
    )  # fmt: skip
    yield Part(
        "C-102", "Rossi Forniture S.r.l.", MILAN, ("Luca Rossi", "Giulia Conti"),
        (plan("bundle-pro", 10_000, 6, interval="year"),), -8,
        moves=(("users-pro", 5, 11),), tax_id="IT00743110157", discount="10", terms_days=30,
    )  # fmt: skip
    yield Part(
        "C-103", "Kowalski Logistyka Sp. z o.o.", WARSAW, ("Anna Kowalska", "Marek Zieliński"),
        (plan("sales-pro", 5000, 4, more={"pipelines": 1}),), 0,
        moves=(("users-pro", 3, 9),), tax_id="PL8567346215",
    )  # fmt: skip
    yield Part(
        "C-104", "Fjord Kaffe AS", OSLO, ("Ingrid Berg",),
        (plan("marketing-starter", 1000, 1),), 1, moves=(("marketing-starter", 1000, 10_000),),
    )  # fmt: skip
    yield Part(
        "C-105", "Stadtbücherei Lindenau", BERLIN, ("Heike Brandt", "Jonas Vogel"),
        (plan("marketing-plus", 5000, 2, more={"custom-reporting": 1}),), 2,
        tax_exempt=True, terms_days=14,
    )  # fmt: skip
    yield Part(
        "C-106", "Blue Lantern Books LLC", NEW_YORK, ("Mia Cole", "Sam Reed"),
        (plan("sales-starter", 2500, 2, anchor_day=15),), 0,
        moves=(("sales-starter", 1000, 10_000),),
    )  # fmt: skip
    yield Part(
        "C-107", "Kavárna U Mostu s.r.o.", BRNO, ("Tomáš Král", "Eva Malá"),
        (plan("marketing-pro", 10_000, 5, more={"sms-credits": 2000, "pipelines": 1}),), 1,
        moves=(("users-pro", 4, 9), ("sms-credits", 1000, 6000)), discount="15",
    )  # fmt: skip
    yield Part(
        "C-108", "Mondego Turismo Lda", LISBON, ("Rita Fonseca", "Nuno Prata"),
        (plan("bundle-enterprise", 25_000, 8, interval="year"),), 3,
        moves=(("users-enterprise", 7, 15),), tax_id="PT501964843", terms_days=30,
    )  # fmt: skip
    yield Part(
        "C-109", "Winter & Sohn GmbH", BERLIN, ("Klaus Winter", "Lena Winter"),
        (plan("sales-enterprise", 10_000, 7, anchor_day=31),), 4,
        moves=(("users-enterprise", 5, 12),), tax_id="DE136695976",
    )  # fmt: skip
    yield Part(
        "C-110", "Mill Lane Pottery Ltd", LONDON, ("Oliver Finch",),
        (plan("marketing-plus", 1000, 1),), 6, moves=(("marketing-plus", 1000, 10_000),),
    )  # fmt: skip
    yield Part(
        "C-111", "Zahrada Zdeňka", BRNO, ("Zdeňka Horáčková",),
        (plan("marketing-starter", 1000, 1),), 9,
    )  # fmt: skip
    yield Part(
        "C-112", "Dell'Acqua Arredamenti e Complementi per la Casa S.r.l.", TURIN,
        ("Francesca Dell'Acqua", "Paolo Ferri"),
        (plan("bundle-plus", 2500, 3, more={"transactional-email": 1}),), 7,
        moves=(("users-plus", 2, 6),), tax_id="IT01533030480",
    )  # fmt: skip


def _call_centres() -> Iterator[Part]:
    """Licensing by the peak of each month, with metered speech-to-text."""
    yield Part(
        "C-121", "Hovorna Plus a.s.", PRAGUE, ("Alena Součková", "Radek Beneš", "Ivana Pokorná"),
        (
            licences(
                voice=24, outbound=10, chat=8, recording=24, speech_to_text=1,
                speech_to_text_minutes=0, **POWER_PACK,
            ),
        ), -7,
        moves=(("voice", 20, 40), ("chat", 6, 16), ("recording", 24, 96)),
        tax_id="CZ25123891", terms_days=14, bots=("Večerní asistent",), crew=_people(30, CZECH),
    )  # fmt: skip
    yield Part(
        "C-122", "Centralino Milano S.p.A.", MILAN, ("Marta Greco", "Davide Riva"),
        (licences(voice=15, email=10, sms=5, social=4, speech_to_text=1,
                  speech_to_text_minutes=0, **POWER_PACK),), 0,
        moves=(("voice", 12, 22), ("email", 6, 14)), tax_id="IT00743110157",
        crew=_people(15, ITALIAN),
    )  # fmt: skip
    yield Part(
        "C-123", "Callwerk GmbH", BERLIN, ("Sabine Roth", "Timo Lang"),
        (licences(voice=40, outbound=20, back_office=6, cloudphone=12),), 3,
        moves=(("voice", 36, 60), ("cloudphone", 10, 25)), tax_id="DE136695976", terms_days=30,
        bots=("Nachtansage",), crew=_people(118, GERMAN),
    )  # fmt: skip
    yield Part(
        "C-124", "Lakeside Support Inc.", CHICAGO, ("Grace Hall", "Ben Ortiz"),
        (licences(voice=10, chat=6, speech_to_text=1, speech_to_text_minutes=0),), 2,
        moves=(("voice", 8, 18),), crew=_people(9, AMERICAN),
    )  # fmt: skip


def _special() -> Iterator[Part]:
    """What every later page has to cope with."""
    yield Part(
        "C-131", "Harbor Dental Group", NEW_YORK, ("Ann Walsh", "Leo Park"),
        (Holding({"conversations-seats": 8}),), date(2022, 5, 14),
        moves=(("conversations-seats", 6, 12),), crew=_people(7, AMERICAN),
    )  # fmt: skip
    yield Part(
        "C-132", "Prairie Veterinary", CHICAGO, ("Ruth Engel",),
        (Holding({"conversations-seats": 3}, interval="year"),), date(2021, 11, 30),
        crew=_people(4, AMERICAN),
    )  # fmt: skip
    yield Part(
        "C-133", "Tanaka Ceramics", TOKYO, ("Yui Tanaka", "Ren Mori", "Aoi Sato"), (TEAM,), 1,
        comes_and_goes=True,
    )  # fmt: skip
    yield Part(
        "C-134", "Al-Noor Trading W.L.L.", KUWAIT, ("Dana Al-Sabah", "Omar Haddad"), (TEAM,), 2,
        bots=("Night desk",), comes_and_goes=True,
    )  # fmt: skip
    yield Part(
        "C-135", "Overdue Outfitters LLC", CHICAGO, ("Kyle Brandt",),
        (licences(voice=2, speech_to_text=1, speech_to_text_minutes=0),), 8,
    )  # fmt: skip
    yield Part(
        "C-136", "Northern Lights Events", OSLO, ("Sofie Dahl", "Even Lie"),
        (plan("bundle-plus", 2500, 4),), 0,
    )  # fmt: skip
    yield Part(
        "C-139", "Try-out of Rossi Forniture", MILAN, ("Luca Rossi",),
        (plan("bundle-pro", 10_000, 6),), 5, kind="sandbox",
    )  # fmt: skip


def _reselling() -> Iterator[Part]:
    """Two resellers: one pays for its clients, the clients of the other pay for most themselves."""
    yield Part(
        "R-201", "Northwind Partners Inc.", NEW_YORK, ("Helen Price", "Carl Young"), (),
        date(2023, 9, 4), role="reseller", terms_days=30,
    )  # fmt: skip
    yield Part(
        "R-202", "Soluzioni Ponte S.r.l.", TURIN, ("Sara Ponte",), (), 0, role="reseller",
        tax_id="IT01533030480",
    )  # fmt: skip
    names = (
        ("K-211", "Hill Street Diner", "Ella Stone", date(2023, 10, 5), 5),
        ("K-212", "Cobalt Fitness", "Noah Webb", date(2023, 11, 20), 8),
        ("K-213", "Maple Law Office", "Ivy Grant", date(2024, 2, 29), 4),
        ("K-214", "Riverbend School", "Dean Cole", -3, 0),
        ("K-215", "Sunset Motors", "Tess Boyd", 2, 0),
        ("K-216", "Anchor Print Shop", "Gus Ford", 5, 0),
    )
    for reference, name, person, opens, seats in names:
        yield Part(
            reference, name, NEW_YORK, (person, *_crew(name, 5)), (Holding({"team": seats}),),
            opens, bots=("Greeter", "Order desk") if seats else (), role="client",
            parent="R-201", paid_by_parent=True, discount="20", comes_and_goes=True,
        )  # fmt: skip
    for reference, name, person, opens, paid in (
        ("K-221", "Trattoria del Porto", "Aldo Neri", 1, False),
        ("K-222", "Studio Legale Bassi", "Irene Bassi", 3, False),
        ("K-223", "Farmacia Centrale", "Ugo Galli", 4, True),
        ("K-224", "Scuola di Danza Aurora", "Nora Villa", 8, False),
    ):
        yield Part(
            reference, name, TURIN, (person, *_crew(name, 3)), (TEAM,), opens, role="client",
            parent="R-202", paid_by_parent=paid, discount="20" if paid else "0",
            comes_and_goes=True,
        )  # fmt: skip


FIRST_NAMES: Final = ("Ada", "Bea", "Cleo", "Dora", "Enzo", "Finn", "Gina", "Hugo", "Iris", "Jude")
LAST_NAMES: Final = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Linden", "Oak", "Pine", "Yew")


def _crew(name: str, count: int) -> tuple[str, ...]:
    """Invented people, always the same ones for one account."""
    seed = sum(map(ord, name))
    return tuple(
        f"{FIRST_NAMES[(seed + 3 * n) % 10]} {LAST_NAMES[(seed + 7 * n) % 10]}"
        for n in range(count)
    )


def _agencies() -> Iterator[Part]:
    yield Part(
        "G-301", "Studio Lumen s.r.o.", PRAGUE, ("Klára Veselá", "Adam Černý"),
        (Holding({"agency-plan": 1, "agency-seats": 5, "agency-data-sources": 20,
                  "agency-messages": 4000}),), 0,
        moves=(("agency-seats", 5, 15),), role="agency", tax_id="CZ25123891",
    )  # fmt: skip
    yield Part(
        "G-302", "Bright Harbor Agency LLC", NEW_YORK, ("Joan Pratt",),
        (Holding({"agency-plan": 1}),), 4, role="agency", terms_days=30,
    )  # fmt: skip
    for parent, place, names in (
        ("G-301", PRAGUE, ("Pekárna Slunce", "Hotel Vltava", "Cyklo Morava", "Optika Jasno")),
        ("G-302", NEW_YORK, ("Elm Street Realty", "Pier 9 Seafood", "Gallery North")),
    ):
        for number, name in enumerate(names):
            yield Part(
                f"W-{parent[2:]}{number}", name, place, _crew(name, 2),
                (Holding({"agency-seats": 1 + number}),), 5 + number,
                moves=(("agency-seats", 1, 4),), role="workspace", parent=parent,
                paid_by_parent=True,
            )  # fmt: skip
