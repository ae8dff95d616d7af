"""JSON read strictly: each value with its path, and every mistake kept to be said at once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

MOST: Final = 10**15
"""The largest whole number a scenario may hold: far beyond any quantity, quick to compute with."""

_MOST_DIGITS: Final = 4000
_SHOWN: Final = 60
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?\Z")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)


@dataclass(slots=True)
class Mistakes:
    """What is wrong with a scenario, one line each, in the order it was found."""

    lines: list[str] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        self.lines.append(f"{path}: {message}" if path else message)


class NotJson(ValueError):
    """The text is no JSON; the message says where."""


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were given twice."""

    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _OddNumber:
    """A number that no scenario can hold (a fraction, NaN, thousands of digits), as written."""

    written: str


def parse(text: str) -> object:
    """The value of a JSON text, numbers unrounded. Raises NotJson."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_OddNumber,
            parse_int=_whole,
            parse_constant=_OddNumber,
        )
    except json.JSONDecodeError as wrong:
        message = f"invalid JSON at line {wrong.lineno}, column {wrong.colno}: {wrong.msg}"
        raise NotJson(message) from None
    except RecursionError:
        raise NotJson("invalid JSON: brackets are nested too deep") from None


def shown(value: object) -> str:
    """A value as a mistake shows it: on one line, in plain letters, not too long."""
    if isinstance(value, _OddNumber):
        text = value.written
    elif isinstance(value, dict | list):
        text = "an object" if isinstance(value, dict) else "a list"
    else:
        text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file and where it stands.

    The questions return None after they have noted a mistake, so that reading goes on and all
    mistakes are found.
    """

    value: object
    path: str
    mistakes: Mistakes

    def wrong(self, message: str) -> None:
        self.mistakes.add(self.path, message)

    def expected(self, what: str) -> None:
        self.wrong(f"expected {what}, got {shown(self.value)}")

    def fields(self, *, required: Iterable[str], optional: Iterable[str] = ()) -> Fields:
        """The object's fields; unknown, missing and repeated keys are mistakes."""
        if not isinstance(self.value, _Object):
            self.expected("an object")
            return Fields(self, _Object(), known=False)
        needed, allowed = tuple(required), {*required, *optional}
        for key in self.value:
            if key not in allowed:
                names = ", ".join(sorted(allowed))
                self.mistakes.add(under(self.path, key), f"unknown key; the keys here are {names}")
        for key in needed:
            if key not in self.value:
                self.mistakes.add(under(self.path, key), "missing")
        self._repeated(self.value)
        return Fields(self, self.value, known=True)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The object's entries, whatever their keys."""
        if not isinstance(self.value, _Object):
            self.expected("an object")
            return
        self._repeated(self.value)
        for key, value in self.value.items():
            yield key, Node(value, under(self.path, key), self.mistakes)

    def elements(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            self.expected("a list")
            return
        for number, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{number}]", self.mistakes)

    def text(self, what: str = "a text") -> str | None:
        if isinstance(self.value, str) and self.value:
            return self.value
        self.expected(what)
        return None

    def choice(self, choices: Iterable[Choice]) -> Choice | None:
        for choice in choices:
            if self.value == choice.value and isinstance(self.value, str):
                return choice
        self.expected("one of " + ", ".join(choice.value for choice in choices))
        return None

    def boolean(self) -> bool | None:
        if isinstance(self.value, bool):
            return self.value
        self.expected("true or false")
        return None

    def whole(self, *, least: int = 0, most: int = MOST) -> int | None:
        value = self.value
        if not isinstance(value, int) or isinstance(value, bool):
            self.expected("a whole number")
            return None
        if not least <= value <= most:
            self.expected(f"a whole number from {least} to {most}")
            return None
        return value

    def decimal(self, *, most: int | None = None) -> Decimal | None:
        """A decimal string of zero or more, kept as listed: "30.00" stays 30.00."""
        value = self.value
        if not isinstance(value, str) or not _DECIMAL.match(value):
            self.expected('a decimal string such as "19.00" (15 digits, 12 decimals)')
            return None
        number = Decimal(value)
        if number.is_signed():
            self.expected("zero or more")
            return None
        if most is not None and number > most:
            self.expected(f"{most} or less")
            return None
        return number

    def day(self) -> date | None:
        value = self.value
        if not isinstance(value, str) or not _DAY.match(value):
            self.expected("a date such as 2026-01-31")
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.expected("a date of the calendar")
            return None
        if not _FIRST_DAY <= day <= _LAST_DAY:
            self.expected(f"a date from {_FIRST_DAY} to {_LAST_DAY}")
            return None
        return day

    def moment(self) -> date | datetime | None:
        """A date, or a date-time with its offset."""
        value = self.value
        if isinstance(value, str) and _INSTANT.match(value):
            return self._instant(value)
        if isinstance(value, str) and _DAY.match(value):
            return self.day()
        self.expected(
            "a date such as 2026-01-31, or a date-time with an offset such as "
            "2026-01-31T14:00:00+01:00"
        )
        return None

    def _instant(self, value: str) -> datetime | None:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.expected("a date-time of the calendar")
            return None
        if not _FIRST_DAY <= instant.date() <= _LAST_DAY:
            self.expected(f"a date from {_FIRST_DAY} to {_LAST_DAY}")
            return None
        return instant

    def _repeated(self, value: _Object) -> None:
        for key in value.twice:
            self.mistakes.add(under(self.path, key), "given twice; keep one of the two")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one object. `known` is False where there was no object at all."""

    node: Node
    value: dict[str, Any]
    known: bool

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def __getitem__(self, key: str) -> Node:
        """The field as a node; only for keys that are there."""
        return Node(self.value[key], under(self.node.path, key), self.node.mistakes)

    def get(self, key: str) -> Node | None:
        return self[key] if key in self.value else None

    def text(self, key: str, what: str) -> str | None:
        return self[key].text(what) if key in self else None

    def choice(self, key: str, choices: Iterable[Choice]) -> Choice | None:
        return self[key].choice(choices) if key in self else None

    def whole(self, key: str, *, least: int = 0) -> int | None:
        return self[key].whole(least=least) if key in self else None

    def decimal(self, key: str, *, most: int | None = None) -> Decimal | None:
        return self[key].decimal(most=most) if key in self else None

    def day(self, key: str) -> date | None:
        return self[key].day() if key in self else None


def under(path: str, key: str) -> str:
    """The path of a key: plain where it is a plain word, else quoted in brackets."""
    if not _PLAIN_KEY.match(key):
        return f"{path}[{shown(key)}]"
    return f"{path}.{key}" if path else key


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    value = _Object(pairs)
    if len(value) != len(pairs):
        times = Counter(key for key, _ in pairs)
        value.twice = tuple(key for key in value if times[key] > 1)
    return value


def _whole(written: str) -> int | _OddNumber:
    # Python refuses to read longer numbers, and shows a stack trace in place of a path.
    return _OddNumber(written) if len(written) > _MOST_DIGITS else int(written)
