"""The time zones that people live in, by the names of the IANA database."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

# Zones are named after places; the others are old names, and offsets that know no summer time.
_REGIONS: Final = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)
_UTC: Final = "UTC"


@cache
def zones() -> tuple[str, ...]:
    """Every zone that one can choose, in the order of the alphabet; UTC comes last."""
    named = (zone for zone in available_timezones() if zone.partition("/")[0] in _REGIONS)
    return (*sorted(named), _UTC)


def written_zone(text: str) -> str:
    """The zone that somebody means: its name in any case, with spaces, or its place alone.

    ValueError for what names no zone, or several.
    """
    typed = "_".join(text.split()).casefold()
    if typed in _by_name():
        return _by_name()[typed]
    places = [zone for zone in zones() if zone.rpartition("/")[2].casefold() == typed]
    if len(places) != 1:
        raise ValueError(f"expected the name of one time zone, got {text!r}")
    return places[0]


@cache
def _by_name() -> dict[str, str]:
    return {zone.casefold(): zone for zone in zones()}
