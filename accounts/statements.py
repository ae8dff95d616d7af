"""What a page reads again and again: querysets put together once, sent as one statement.

Django builds a statement anew each time that it is sent, which takes longer than the database needs
to answer it. Here it is built once for each process and database; what differs from time to time
stands in its parameters. Rows become objects as they do in any queryset.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final, TypeAlias

from django.db import NotSupportedError, connections
from django.db.models import QuerySet
from django.db.models import query as django_query
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable

from accounts import json_rows
from accounts.numbered import NumberedCursor

Value: TypeAlias = int | str | datetime | date
"""What a statement can be asked about; of each argument one, or a collection of one type."""
Argument: TypeAlias = Value | Collection[Value]
Build: TypeAlias = Callable[..., tuple[QuerySet[Any, Any], ...]]
_Known: TypeAlias = Mapping[Any, tuple[str, int]]

_DAY: Final = date(7001, 1, 1)
_INSTANT: Final = datetime(8001, 1, 1, tzinfo=UTC)
_NUMBER: Final = 7_000_000_000_000_000_000
_populators: Any = django_query.get_related_populators  # the stubs are those of a later Django
_APART: Final = 500_000  # days from the first mark to the second: both are dates


class Statement:
    """Querysets that are read together, by one query.

    ``build`` makes them of its arguments, which are only compared with columns: nothing may be
    computed of one or hang on it, which is found out when the statement is built (ValueError).
    What is prefetched is not read.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._built: dict[tuple[Any, ...], _Built] = {}

    def read(self, *, using: str = "default", **arguments: Argument) -> list[list[Any]]:
        """The rows of each queryset, in its order. One query.

        A collection without anything is refused, as a list of nothing is no statement.
        """
        given = {name: _several(value) for name, value in arguments.items()}
        shape = (using, *((name, *map(type, values)) for name, values in given.items()))
        built = self._built.get(shape)
        if built is None:
            one = {name for name, value in arguments.items() if isinstance(value, Value)}
            built = self._built[shape] = _built(self._build, given, one, using)
        return built.read(given, using)


@dataclass(frozen=True, slots=True)
class _Place:
    """A parameter: always the same, or the value of an argument (its name, and which of them)."""

    constant: Any = None
    name: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Built:
    """A statement as it is sent. ``parts`` are the querysets with where their columns begin.

    ``in_json`` are their columns where it answers one row, with a text for each of them.
    """

    sql: str
    places: tuple[_Place, ...]
    parts: tuple[tuple[_Part, int], ...]
    in_json: tuple[json_rows.Columns, ...] | None

    def read(self, given: Mapping[str, Sequence[Value]], using: str) -> list[list[Any]]:
        connection = connections[using]
        parameters = [
            _as_written(given[place.name][place.number], place.constant, connection)
            if place.name
            else place.constant
            for place in self.places
        ]
        try:
            rows = _sent(self.sql, parameters, connection)
        except NotSupportedError:
            # A migration has changed a column since this connection had it planned.
            if connection.in_atomic_block:
                connection.close_at = 0  # what comes next gets a new connection
                raise
            connection.close()
            rows = _sent(self.sql, parameters, connection)
        if len(self.parts) == 1:
            return [self.parts[0][0].objects(rows, using)]
        if self.in_json is not None:
            return [
                part.objects(json_rows.rows_of(text, columns), using)
                for (part, _), columns, text in zip(self.parts, self.in_json, rows[0], strict=True)
            ]
        found: list[list[Any]] = [[] for _ in self.parts]
        for row in sorted(rows, key=itemgetter(0, 1)):
            part, begins = self.parts[row[0]]
            found[row[0]].append(row[begins : begins + part.width])
        return [
            part.objects(mine, using) for (part, _), mine in zip(self.parts, found, strict=True)
        ]


class _Part:
    """One of the querysets, and how its rows become objects."""

    def __init__(self, queryset: QuerySet[Any, Any], using: str) -> None:
        self.queryset = queryset
        self.compiler: Any = queryset.query.get_compiler(using)
        self.sql, parameters = self.compiler.as_sql()
        self.parameters = tuple(parameters)
        if self.compiler.has_extra_select:
            raise ValueError("A statement orders by columns that it reads. Read what it orders by.")
        self.width = len(self.compiler.select)
        self.converters = self.compiler.get_converters([one[0] for one in self.compiler.select])
        self.in_json = json_rows.columns_of([one[0] for one in self.compiler.select])
        kind = queryset._iterable_class
        self.is_flat = kind is FlatValuesListIterable
        self.made = _Made(self.compiler, using) if kind is ModelIterable else None
        if self.made is None and not self.is_flat and kind is not ValuesListIterable:
            raise ValueError("A statement reads objects or lists of values. Ask for one of them.")

    def objects(self, rows: Sequence[Any], using: str) -> list[Any]:
        if not rows:
            return []
        found = self._converted(rows, connections[using]) if self.converters else rows
        if self.made is not None:
            return [self.made.of(row, using) for row in found]
        return [row[0] for row in found] if self.is_flat else list(map(tuple, found))

    def _converted(self, rows: Sequence[Any], connection: Any) -> Iterator[list[Any]]:
        """The values as fields have them, as `SQLCompiler.apply_converters` makes them."""
        for row in map(list, rows):
            for place, (converts, expression) in self.converters.items():
                for convert in converts:
                    row[place] = convert(row[place], expression, connection)
            yield row


class _Made:
    """How a row becomes an object, and what is read beside it: as in Django, looked up once."""

    def __init__(self, compiler: Any, using: str) -> None:
        information, select = compiler.klass_info, compiler.select
        places = information["select_fields"]
        self._model = information["model"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._own]]
        self._beside = _populators(information, select, using)
        self._annotated = tuple((compiler.annotation_col_map or {}).items())

    def of(self, row: Sequence[Any], using: str) -> Any:
        made = self._model.from_db(using, self._names, row[self._own])
        for one in self._beside:
            one.populate(row, made)
        for name, place in self._annotated:
            setattr(made, name, row[place])
        return made


def _sent(sql: str, parameters: Sequence[Any], connection: Any) -> list[Any]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.cursor = NumberedCursor(connection.connection)
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


def _built(
    build: Build, given: Mapping[str, Sequence[Value]], one: Collection[str], using: str
) -> _Built:
    """The statement, built of marks in place of values; twice, so that it shows what hangs on them.

    What is neither the mark nor the same both times was made of a value, and would stay for ever.
    """
    first, second = (_marks(given, begin) for begin in (0, _APART))
    parts, again = (
        [
            _Part(queryset, using)
            for queryset in build(
                **{name: marks[0] if name in one else marks for name, marks in found.items()}
            )
        ]
        for found in (first, second)
    )
    if [part.sql for part in parts] != [part.sql for part in again]:
        raise ValueError("A statement hangs on an argument. Compare arguments with columns only.")
    known = _written(first, using), _written(second, using)
    places = tuple(
        _place(parameter, other, *known)
        for part, its in zip(parts, again, strict=True)
        for parameter, other in zip(part.parameters, its.parameters, strict=True)
    )
    if missing := {*given} - {place.name for place in places}:
        raise ValueError(f"A statement says nothing about {', '.join(sorted(missing))}.")
    in_json = _in_json(parts, using)
    sql = (
        _side_by_side(parts)
        if in_json is None
        else json_rows.statement(zip([part.sql for part in parts], in_json, strict=True))
    )
    return _Built(sql, places, _beginning(parts), in_json)


def _in_json(parts: Sequence[_Part], using: str) -> tuple[json_rows.Columns, ...] | None:
    """The columns of all parts, where the database sends them in JSON."""
    columns = tuple(part.in_json for part in parts if part.in_json is not None)
    sends = len(parts) > 1 and connections[using].vendor == "postgresql"
    return columns if sends and len(columns) == len(parts) else None


def _place(parameter: Any, other: Any, first: _Known, second: _Known) -> _Place:
    found = first.get(_key(parameter))
    if found is not None and second.get(_key(other)) == found:
        return _Place(parameter, *found)
    if parameter != other:
        raise ValueError(f"A statement computes {parameter!r}. Compute it before, and hand it in.")
    return _Place(parameter)


def _side_by_side(parts: Sequence[_Part]) -> str:
    """One statement for all: a row has the number of its part, its own there, and all columns.

    Those of other parts are empty. Which types they have the first part says, out of joins that
    never find anything.
    """
    if len(parts) == 1:
        return parts[0].sql
    names = [f"part_{number}" for number in range(len(parts))]
    defined = [
        f"{name}({', '.join(f'c{number}' for number in range(part.width))}) AS ({part.sql})"
        for name, part in zip(names, parts, strict=True)
    ]
    arms = []
    for number, name in enumerate(names):
        if number:
            columns = [
                f"{name}.*" if other == name else ", ".join(["NULL"] * part.width)
                for other, part in zip(names, parts, strict=True)
            ]
            joined = ""
        else:
            columns = [f"{other}.*" for other in names]
            joined = "".join(f" LEFT JOIN {other} ON 1 = 0" for other in names[1:])
        row = f"{number}, row_number() OVER (), {', '.join(columns)}"
        arms.append(f"SELECT {row} FROM {name}{joined}")
    return f"WITH {', '.join(defined)} {' UNION ALL '.join(arms)}"


def _beginning(parts: Sequence[_Part]) -> tuple[tuple[_Part, int], ...]:
    found, begins = [], 2  # the number of the part, and that of the row in it, come before
    for part in parts:
        found.append((part, begins))
        begins += part.width
    return tuple(found)


# ---- values, and the marks that stand for them while a statement is built ----


def _several(value: Argument) -> tuple[Value, ...]:
    """The values of an argument; of a collection so many that few lengths are ever built."""
    if isinstance(value, Value):
        return (value,)
    values = tuple(value)
    if not values:
        raise ValueError("A statement asks about something, not about nothing.")
    length = 1 << (len(values) - 1).bit_length()
    return values + values[-1:] * (length - len(values))


def _marks(given: Mapping[str, Sequence[Value]], begin: int) -> dict[str, list[Value]]:
    number, found = begin, {}
    for name, values in given.items():
        found[name] = [_mark(value, number + place) for place, value in enumerate(values)]
        number += len(values)
    return found


def _mark(value: Value, number: int) -> Value:
    if isinstance(value, str):
        return f"mark {number}"
    if isinstance(value, int):
        return _NUMBER + number
    if isinstance(value, datetime):
        return _INSTANT + timedelta(minutes=number)
    return _DAY + timedelta(days=number)


def _written(marks: Mapping[str, Sequence[Value]], using: str) -> dict[Any, tuple[str, int]]:
    """Each mark as it stands among the parameters, and which value it stands for."""
    connection = connections[using]
    return {
        _key(_as_written(mark, mark, connection)): (name, number)
        for name, found in marks.items()
        for number, mark in enumerate(found)
    }


def _as_written(value: Value, like: Any, connection: Any) -> Any:
    """The value as this database takes it, of the type of the parameter whose place it takes."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return type(like)(value) if isinstance(value, int) else str(value)


def _key(parameter: Any) -> Any:
    try:
        hash(parameter)
    except TypeError:
        return repr(parameter)
    return parameter
