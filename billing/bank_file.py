"""Reading a bank's CSV file: the lines that came in, or every mistake with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import Final

from billing.core.money import minor_digits, to_minor_unit

LARGEST: Final = 5_000_000
MOST_LINES: Final = 20_000

# What the columns may be called in the header, in any case.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date", "booking date", "booked on", "datum", "datum zaúčtování", "data",
             "data contabile", "buchungstag"),
    "amount": ("amount", "částka", "objem", "importo", "betrag"),
    "currency": ("currency", "měna", "valuta", "divisa", "währung"),
    "reference": ("reference", "bank reference", "transaction id", "id pohybu", "id transakce",
                  "riferimento", "id operazione", "referenz"),
    "payer": ("payer", "name", "counterparty", "název protiúčtu", "protistrana", "ordinante",
              "auftraggeber"),
    "text": ("text", "details", "message", "zpráva pro příjemce", "zpráva", "causale",
             "descrizione", "verwendungszweck"),
}  # fmt: skip
NEEDED: Final = ("date", "amount", "reference")
_DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_MOST: Final = {"reference": 140, "payer": 200, "text": 500}
_TOO_MUCH: Final = Decimal(10) ** 12
_GROUP: Final = 3


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of money that came in."""

    number: int
    booked_on: date
    amount: Decimal
    currency: str
    reference: str
    payer: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds: money that came in, and how many lines are of money that went out."""

    lines: tuple[ReadLine, ...]
    outgoing: int


class FileMistakes(Exception):
    """The file has mistakes, so nothing of it is taken in; ``mistakes`` are all of them."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__(f"{len(mistakes)} mistakes: nothing was taken in.")
        self.mistakes = list(mistakes)


class UnknownColumns(FileMistakes):
    """The header does not say which column is what, and somebody could."""


class _Wrong(ValueError):
    """Cells that cannot be read, each in words."""


def read(
    content: bytes,
    *,
    currency: str = "",
    places: Mapping[str, int] | None = None,
    above: int = 0,
) -> ReadFile:
    """The lines of a file; ``currency`` is that of all of them where no column names it.

    ``places`` says where each column stands, from 0, where the header does not; ``above`` how many
    lines stand above the header and are left out. Columns by comma, semicolon or tab, as the header
    has them. With semicolons or tabs amounts have a decimal comma (1.234,56), with commas a decimal
    point (1,234.56): nothing is guessed, so whatever is written in another way is a mistake. Raises
    `FileMistakes`, and of it `UnknownColumns` where the names of the columns are not known.
    """
    rows = _rows(content, above)
    header = next(rows, None)
    if places is None:
        number, titles = header or (above + 1, [])
        places = _places(titles, currency, number)
    sign = "." if _delimiter(_text(content, above)) == "," else ","
    lines: list[ReadLine] = []
    mistakes: list[str] = []
    outgoing = 0
    first: dict[tuple[str, date, Decimal, str], int] = {}
    for number, cells in rows:
        try:
            line = _line(number, cells, places, currency, sign)
        except _Wrong as wrong:
            mistakes.extend(f"Line {number}: {said}" for said in wrong.args)
            continue
        if line.amount > 0:
            known_by = (line.reference, line.booked_on, line.amount, line.currency)
            before = first.setdefault(known_by, number)
            if before != number:
                mistakes.append(
                    f"Line {number}: reference, day and amount are those of line {before}, so the "
                    "two could not be told apart."
                )
            lines.append(line)
        else:
            outgoing += 1
    if mistakes:
        raise FileMistakes(mistakes)
    return ReadFile(tuple(lines), outgoing)


def header_of(content: bytes, *, above: int = 0, there: bool = False) -> tuple[str, ...]:
    """The titles of a file's columns, the first row below so many lines.

    ``there``: nothing where that very line is empty. `FileMistakes` for what is no such file.
    """
    text = _text(content, above)
    if there and not text.partition("\n")[0].strip():
        return ()
    return tuple(next(_cut(text, above), (0, []))[1])


def lines_of(content: bytes) -> int:
    """How many lines a file has."""
    return _text(content).count("\n") + 1


def first_rows(content: bytes, most: int, *, above: int = 0) -> list[list[str]]:
    """The first rows below the header, as they stand in the file."""
    rows = _rows(content, above)
    next(rows, None)
    return [cells for _number, cells in islice(rows, most)]


def broken(content: bytes, *, above: int = 0) -> list[str]:
    """What keeps a file from being cut into cells at all, whatever its columns are."""
    try:
        for _row in _rows(content, above):
            pass
    except FileMistakes as wrong:
        return wrong.mistakes
    return []


def recognised(header: Sequence[str]) -> dict[str, int]:
    """The columns whose names are known, each at its first place."""
    known = {name: column for column, names in NAMES.items() for name in names}
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        column = known.get(title.casefold())
        if column is not None:
            places.setdefault(column, place)
    return places


def _text(content: bytes, above: int = 0) -> str:
    """The file as text, without so many of its first lines."""
    if len(content) > LARGEST:
        raise FileMistakes([f"The file is larger than {LARGEST // 1_000_000} MB. Cut it in two."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileMistakes(["The file is not UTF-8. Save it as UTF-8."]) from None
    if "\0" in text:
        raise FileMistakes(["The file holds a zero byte, so it is no text. Save it as CSV."])
    return "".join(StringIO(text, newline="").readlines()[above:]) if above else text


def _delimiter(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0]
    return max(";\t,", key=first.count)


def _rows(content: bytes, above: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line on which each ends."""
    return _cut(_text(content, above), above)


def _cut(text: str, above: int) -> Iterator[tuple[int, list[str]]]:
    # Not by `splitlines`: a letter may hold what ends a line elsewhere.
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for count, cells in enumerate(reader):
            if count > MOST_LINES:
                raise FileMistakes([f"The file has more than {MOST_LINES} lines. Cut it in two."])
            if any(cell.strip() for cell in cells):
                yield above + reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as problem:
        raise FileMistakes([f"Line {above + reader.line_num}: {problem}."]) from None


def _places(header: Sequence[str], currency: str, line: int) -> dict[str, int]:
    """Where each column stands; the header is on this line."""
    places = recognised(header)
    # Too few to be the columns of a bank's lines: it is no such file, whatever one says of it.
    mistakes = UnknownColumns if len(header) >= len(NEEDED) else FileMistakes
    for column in places:
        if sum(title.casefold() in NAMES[column] for title in header) > 1:
            raise mistakes([f"Line {line}: two columns are the {column}. Leave one of them out."])
    needed = NEEDED if currency else (*NEEDED, "currency")
    if missing := [column for column in needed if column not in places]:
        said = "; ".join(f"{column} ({', '.join(NAMES[column])})" for column in missing)
        raise mistakes([f"Line {line}: these columns are missing: {said}."])
    return places


def _line(
    number: int, cells: Sequence[str], places: Mapping[str, int], currency: str, sign: str
) -> ReadLine:
    if len(cells) <= max(places.values()):
        raise _Wrong(f"it has {len(cells)} columns, fewer than the header.")
    found = {column: cells[place] for column, place in places.items()}
    code = (found.get("currency") or currency).upper()
    wrong: list[str] = []
    booked_on, amount = date.min, Decimal(0)
    with _noted_in(wrong):
        booked_on = _day(found["date"])
    with _noted_in(wrong):
        amount = _amount(found["amount"], _known_letters(code), sign)
    for column, most in _MOST.items():
        if len(found.get(column, "")) > most:
            wrong.append(f"{column}: longer than {most} characters.")
    if not found["reference"]:
        wrong.append("reference: it is empty, so the line could not be told from others.")
    if wrong:
        raise _Wrong(*wrong)
    return ReadLine(
        number=number,
        booked_on=booked_on,
        amount=amount,
        currency=code,
        reference=found["reference"],
        payer=found.get("payer", ""),
        text=found.get("text", ""),
    )


@contextmanager
def _noted_in(wrong: list[str]) -> Iterator[None]:
    """Keeps what cannot be read, so that the other cells of the line are read too."""
    try:
        yield
    except _Wrong as one:
        wrong.extend(one.args)


def _known_letters(code: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code):
        raise _Wrong(f"currency: expected three letters like EUR, got {code!r}.")
    return code


def is_day(cell: str) -> bool:
    """Whether a cell holds a day as it can be read."""
    try:
        _day(cell)
    except _Wrong:
        return False
    return True


def _day(cell: str) -> date:
    for pattern in _DATES:
        try:
            return datetime.strptime(cell, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise _Wrong(f"date: expected 2026-03-14, 14.03.2026 or 14/03/2026, got {cell!r}.")


def _amount(cell: str, currency: str, sign: str) -> Decimal:
    groups = r"\." if sign == "," else ","
    plain = re.sub(r"[\s\u00a0\u202f]", "", cell)
    pattern = rf"[+-]?(\d+|\d{{1,3}}({groups}\d{{3}})+)({re.escape(sign)}\d{{1,3}})?"
    if not re.fullmatch(pattern, plain):
        like = "1.234,56 or 1234,56" if sign == "," else "1,234.56 or 1234.56"
        raise _Wrong(f"amount: expected a number like {like}, got {cell!r}.")
    amount = Decimal(plain.replace("." if sign == "," else ",", "").replace(",", "."))
    try:
        payable = to_minor_unit(amount, currency)
    except (KeyError, ValueError):
        raise _Wrong(f"currency: {currency} is not known.") from None
    if minor_digits(currency) == _GROUP and re.search(rf"{groups}\d+$", plain):
        # 1.500 dinars, or 1500: where a group is as long as the decimals nothing tells.
        raise _Wrong(
            f"amount: {currency} has {_GROUP} decimals, so {cell!r} can be read in two ways. Write "
            f"1500{sign}000, or 1{sign}500."
        )
    if payable != amount:
        raise _Wrong(f"amount: {currency} has {minor_digits(currency)} decimals, got {cell!r}.")
    if abs(amount) >= _TOO_MUCH:
        raise _Wrong(f"amount: expected less than {_TOO_MUCH}, got {cell!r}.")
    return payable
