"""A scenario file that tells no story: every mistake with its path, and nothing else."""

import json
import time
from typing import Any

import pytest

from billing.core.scenario import ScenarioMistakes
from billing.core.scenario_reading import read
from billing.core.scenario_telling import tell

SEAT = {"model": "per_unit", "amount": "19.00", "timing": "advance", "basis": "set"}
STT = {"model": "per_unit", "amount": "0.01", "timing": "arrears", "basis": "metered"}
TIERS = [{"up_to": 10, "flat": "5"}, {"up_to": 20, "flat": "9"}]
STEPS = {"model": "volume", "tiers": TIERS, "timing": "advance", "basis": "set"}
STORY: dict[str, Any] = {
    "account": {"time_zone": "Europe/Prague", "currency": "EUR", "country": "CZ"},
    "seller": {"country": "CZ", "tax_rates": {"CZ": "21"}},
    "cycle": {"start": "2026-01-31", "interval": "month"},
    "catalogue": {
        "seat": {"price": SEAT},
        "stt": {"price": STT},
        "steps": {"price": STEPS},
        "old": {"prices": [{"from": "2026-01-01", **SEAT}]},
    },
    "members": [{"at": "2026-02-01", "id": "ann", "status": "active"}],
    "events": [
        {"at": "2026-01-31", "product": "seat", "quantity": 3},
        {"at": "2026-02-10T14:00:00+01:00", "product": "steps", "quantity": 5},
    ],
    "usage": [{"at": "2026-02-15", "product": "stt", "quantity": 7}],
    "price_changes": [{"product": "seat", "from": "2026-04-01", "price": SEAT}],
    "preview": {"at": "2026-02-20", "changes": [{"product": "seat", "quantity": 8}]},
    "until": "2026-04-30",
}


def mistakes(story: object) -> list[str]:
    with pytest.raises(ScenarioMistakes) as refused:
        tell(read(story if isinstance(story, str) else json.dumps(story)))
    return list(refused.value.lines)


def with_value(path: str, value: object) -> dict[str, Any]:
    """The story with one value put at a path such as `events.0.quantity`."""
    story: dict[str, Any] = json.loads(json.dumps(STORY))  # parts that look alike stay apart
    *way, last = path.split(".")
    place: Any = story
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return story


def test_the_story_itself_is_told() -> None:
    assert tell(read(json.dumps(STORY))).invoices


def test_a_preview_may_lie_after_the_story() -> None:
    story = with_value("preview.at", "2026-06-10")

    preview = tell(read(json.dumps(story))).preview

    assert preview is not None
    assert preview.next_invoice.on.isoformat() == "2026-06-30"


MISTAKES = [
    ("events.0.quantity", "x", 'events[0].quantity: expected a whole number, got "x"'),
    ("events.0.quantity", True, "events[0].quantity: expected a whole number, got true"),
    ("events.0.quantity", 3.0, "events[0].quantity: expected a whole number, got 3.0"),
    ("events.0.quantity", -1, "events[0].quantity: expected a whole number from 0 to"),
    ("events.0.quantity", 10**40, "events[0].quantity: expected a whole number from 0 to"),
    ("events.0.extra", 1, "events[0].extra: unknown key"),
    ("events.0", 5, "events[0]: expected an object, got 5"),
    ("events", {}, "events: expected a list, got an object"),
    ("events.0.product", "chair", "events[0].product: expected a product of the catalogue"),
    ("events.0.product", "stt", "events[0].product: expected a product charged by"),
    ("usage.0.product", "seat", "usage[0].product: expected a product charged by"),
    ("events.0.at", "2026-01-30", "events[0].at: expected a moment from cycle.start, 2026-01-31"),
    ("events.0.at", "2026-01-30T23:59:59+01:00", "events[0].at: expected a moment from"),
    ("events.0.at", "2026-05-01", "events[0].at: expected a moment up to until"),
    ("events.0.at", "2026-04-30T22:00:00+00:00", "events[0].at: expected a moment up to until"),
    ("members.0.at", "2026-05-01", "members[0].at: expected a moment up to until"),
    ("usage.0.at", "2026-01-01", "usage[0].at: expected a moment from"),
    ("preview.at", "2026-01-01", "preview.at: expected a moment from"),
    ("events.0.at", "2026-02-10T14:00:00", "events[0].at: expected a date such as"),
    ("events.0.at", "2026-02-30", "events[0].at: expected a date of the calendar"),
    ("events.0.at", 20260210, "events[0].at: expected a date such as"),
    ("preview.changes.0.quantity", 0.5, "preview.changes[0].quantity: expected a whole number"),
    ("preview.changes.0.at", "2026-02-20", "preview.changes[0].at: unknown key"),
    ("catalogue.seat.price.amount", 19.0, "catalogue.seat.price.amount: expected a decimal"),
    ("catalogue.seat.price.amount", "1e3", "catalogue.seat.price.amount: expected a decimal"),
    ("catalogue.seat.price.amount", "-1", "catalogue.seat.price.amount: expected zero or more"),
    ("catalogue.seat.price.amount", "9" * 99, "catalogue.seat.price.amount: expected a decimal"),
    ("catalogue.seat.price.model", "stairs", "catalogue.seat.price.model: expected one of flat"),
    ("catalogue.seat.price.timing", "once", "catalogue.seat.price.timing: expected one of adv"),
    ("catalogue.seat.price.basis", "peak", "catalogue.seat.price.basis: the highest number"),
    ("catalogue.seat.price.size", 5, "catalogue.seat.price.size: only a package price"),
    ("catalogue.seat.price.tiers", TIERS, "catalogue.seat.price.tiers: only tiered"),
    ("catalogue.seat.price.allowance", 0, "catalogue.seat.price.allowance: only a price of"),
    ("catalogue.seat.price.unit_factor", 1, "catalogue.seat.price.unit_factor: only a price of"),
    ("catalogue.seat.price.interval", "year", "catalogue.seat.price.interval: a yearly price"),
    ("catalogue.seat.price.decrease", "by_request", "catalogue.seat.price.decrease: expected one"),
    ("catalogue.stt.price.increase", "prorate", "catalogue.stt.price.increase: only a price of"),
    ("catalogue.stt.price.interval", "month", "catalogue.stt.price.interval: only a price of"),
    ("catalogue.steps.price.tiers.1.up_to", 10, "catalogue.steps.price.tiers[1].up_to: expected"),
    ("catalogue.steps.price.tiers.0.up_to", None, "catalogue.steps.price.tiers[0].up_to: only"),
    ("catalogue.seat.prices", [], 'catalogue.seat: expected either "price" or "prices"'),
    ("catalogue.old.prices", [], "catalogue.old.prices: no version is valid at cycle.start"),
    ("catalogue.old.prices.0.from", "2026-02-01", "catalogue.old.prices: no version is valid"),
    ("catalogue.a b", 1, 'catalogue["a b"]: expected an object, got 1'),
    ("events.1.quantity", 21, "events[1].quantity: expected at most 20 units"),
    ("cycle.anchor_day", 32, "cycle.anchor_day: expected a whole number from 1 to 31"),
    ("cycle.start", "2026-1-31", "cycle.start: expected a date such as"),
    ("cycle.interval", "week", "cycle.interval: expected one of month, year"),
    ("until", "2025-12-31", "until: expected a day from cycle.start"),
    ("until", "9999-12-31", "until: expected a date from"),
    ("account.time_zone", "Europe/Brno", "account.time_zone: expected an IANA time zone"),
    ("account.currency", "EURO", "account.currency: expected a currency of ISO 4217"),
    ("account.tax_id", 5, "account.tax_id: expected a text or null, got 5"),
    ("account.discount_percent", "101", "account.discount_percent: expected 100 or less"),
    ("seller.tax_rates.CZ", 21, "seller.tax_rates.CZ: expected a decimal string"),
    ("members.0.status", "invited", "members[0].status: expected one of active"),
    ("members.0.bot", "yes", "members[0].bot: expected true or false"),
    ("price_changes.0.product", "chair", "price_changes[0].product: expected a product"),
]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [pytest.param(*row, id=f"{row[0]} {row[1]!r:.20}") for row in MISTAKES],
)
def test_a_mistake_is_said_with_its_path(path: str, value: object, said: str) -> None:
    (line,) = mistakes(with_value(path, value))

    assert line.startswith(said)


@pytest.mark.parametrize("key", ["account", "seller", "cycle", "catalogue", "until"])
def test_a_missing_part_is_one_mistake(key: str) -> None:
    story = {name: part for name, part in STORY.items() if name != key}

    assert mistakes(story) == [f"{key}: missing"]


def test_an_anchor_day_is_no_wish_of_a_yearly_cycle() -> None:
    cycle = {"start": "2026-01-31", "interval": "year", "anchor_day": 31}

    (line,) = mistakes(with_value("cycle", cycle))

    assert line.startswith("cycle.anchor_day: a yearly cycle is anchored on its start")


def test_one_product_is_set_once_at_one_instant() -> None:
    again = {"at": "2026-01-30T23:00:00Z", "product": "seat", "quantity": 4}

    assert mistakes(with_value("events.1", again)) == [
        'events[1]: events[0] sets "seat" at this instant already; '
        "one product is set once at one instant"
    ]


def test_a_preview_sets_a_product_like_an_event() -> None:
    (line,) = mistakes(with_value("preview.at", "2026-01-31"))

    assert line.startswith("preview.changes[0]: events[0] sets")


def test_one_price_changes_once_on_a_day() -> None:
    change = STORY["price_changes"][0]

    (line,) = mistakes(with_value("price_changes", [change, change]))

    assert line.startswith("price_changes[1].from: price_changes[0] changes the price of")


def test_a_bot_stays_a_bot() -> None:
    entries = [
        *STORY["members"],
        {"at": "2026-03-01", "id": "ann", "status": "deleted", "bot": True},
    ]

    (line,) = mistakes(with_value("members", entries))

    assert line == 'members[1].bot: expected false for "ann" as in members[0], got true'


def test_use_beyond_the_last_tier_names_the_usage_that_went_there() -> None:
    story = with_value("catalogue.stt.price", STT | {"model": "tiered", "tiers": TIERS})
    del story["catalogue"]["stt"]["price"]["amount"]
    story["usage"] = [{"at": "2026-02-15", "product": "stt", "quantity": n} for n in (15, 6, 1)]

    (line,) = mistakes(story)

    assert line.startswith("usage[1].quantity: expected at most 20 units")


def test_a_price_change_may_leave_a_quantity_without_a_price() -> None:
    change = {
        "product": "steps",
        "from": "2026-03-01",
        "notice_sent": "2026-02-01",
        "price": STEPS | {"tiers": [{"up_to": 4, "flat": "5"}]},
    }

    (line,) = mistakes(with_value("price_changes", [change]))

    assert line.startswith("events[1].quantity: 5 units of steps are beyond the last tier")


def test_all_mistakes_are_said_at_once() -> None:
    story = with_value("events.0.quantity", "x")
    story["until"] = "soon"
    story["extra"] = 1

    assert [line.split(":")[0] for line in mistakes(story)] == [
        "extra",
        "until",
        "events[0].quantity",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "invalid JSON at line 1", id="empty"),
        pytest.param('{"until": }', "invalid JSON at line 1, column 11", id="broken"),
        pytest.param("[" * 100_000, "invalid JSON: brackets", id="nested"),
        pytest.param("[]", "expected an object, got a list", id="a list"),
        pytest.param("NaN", "expected an object, got NaN", id="NaN"),
        pytest.param("1" * 100_000, "expected an object, got 111", id="a huge number"),
    ],
)
def test_a_text_that_is_no_scenario_is_said_to_be_none(text: str, said: str) -> None:
    (line,) = mistakes(text)

    assert line.startswith(said)
    assert len(line) < 200


def test_a_key_given_twice_is_a_mistake() -> None:
    text = json.dumps(STORY).replace('"quantity": 3', '"quantity": 3, "quantity": 4')

    assert mistakes(text) == ["events[0].quantity: given twice; keep one of the two"]


def test_huge_numbers_take_no_time() -> None:
    text = json.dumps(STORY).replace('"quantity": 3', f'"quantity": {"9" * 1_000_000}')
    began = time.monotonic()

    (line,) = mistakes(text)

    assert line.startswith("events[0].quantity: expected a whole number, got 999")
    assert time.monotonic() - began < 1
