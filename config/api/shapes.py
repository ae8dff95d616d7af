"""The shapes of the API that several operations share, and the kinds of values in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.types import AwareDatetime

_LARGEST_ID: Final = 2**63 - 1
# Neither half a character, nor the one that no database takes.
PRINTABLE: Final = r"^[^\x00]*$"


def _as_text(value: Any) -> Any:
    """An instant is written as text: a number would be read as seconds of whatever clock."""
    if value is not None and not isinstance(value, str):
        raise ValueError("write an instant with its offset, like 2026-02-14T12:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    """The same instant; PostgreSQL takes no offset of 16 hours, which a caller may write."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("write an instant between the years 1 and 9999") from None


Id = Annotated[int, Field(ge=1, le=_LARGEST_ID, strict=True)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    AfterValidator(_in_utc),
    Field(
        description="An instant with its offset, like 2026-02-14T12:00:00Z.",
        examples=["2026-02-14T12:00:00Z"],
    ),
]
Reference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE),
    Field(description="The member's own id in the account."),
]
RequestKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE),
    Field(description="The caller's own: what is sent twice with it is done once."),
]


def _as_address(value: str) -> str:
    """An address, or nothing for no address; as forms take it."""
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise ValueError("write an address like jana@example.com, or nothing") from None
    return value


def _as_day(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("write a day like 2026-02-14")
    return value


Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=PRINTABLE),
    AfterValidator(_as_address),
    Field(description="An e-mail address; empty for none.", examples=["jana@example.com"]),
]
Day = Annotated[
    date,
    BeforeValidator(_as_day),
    Field(description="A local day of the account.", examples=["2026-02-14"]),
]


class Shape(BaseModel):
    """What is said or told, read from and written to plain values.

    Not ninja's own base: that one looks each value up as a template would, which of a batch of 500
    records takes a third of the time.
    """


class Asked(Shape):
    """What a caller sends: nothing but what is described."""

    model_config = ConfigDict(extra="forbid")


class Limit(Shape):
    """A limit that stands in the way, in numbers."""

    name: str
    limit: int
    used: int
    asked: int


class Mistake(Shape):
    """One thing that is wrong with a request, and where: ``body.records.3.quantity``."""

    where: str
    message: str


class ProblemDetails(Shape):
    """RFC 9457. ``detail`` says what is so and what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Mistake] | None = None
    limit: Limit | None = None
    why: str | None = None
    scope: str | None = None


REFUSED: Final[dict[int, Any]] = {
    400: ProblemDetails,
    401: ProblemDetails,
    403: ProblemDetails,
    404: ProblemDetails,
    422: ProblemDetails,
    429: ProblemDetails,
}
"""What every operation may answer instead."""


class Named(Shape):
    """Something of the catalogue, with its name in the language of ``Accept-Language``."""

    code: str
    name: str
