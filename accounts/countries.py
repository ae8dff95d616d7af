"""The table of ISO 3166-1: the two letters of every country, and its name for people."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

_CODES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW"
)

COUNTRIES: Final = frozenset(_CODES.split())


def country_name(code: str, language: str) -> str:
    """The country's name in a language; the code itself where it has none."""
    return _names(language).get(code, code)


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Every country with its name, in the order in which people look for it."""
    named = [(code, country_name(code, language)) for code in COUNTRIES]
    return tuple(sorted(named, key=lambda one: _plain(one[1])))


def usual_zone(code: str) -> str:
    """The time zone of a country that has one; empty for a country of several."""
    found: list[str] = get_global("territory_zones").get(code, [])
    return found[0] if len(found) == 1 else ""


def usual_currency(code: str) -> str:
    """The currency that people of a country pay in; empty where there is none of its own."""
    found: list[str] = get_territory_currencies(code)
    return found[0] if found else ""


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language.partition("-")[0]).territories)


def _plain(name: str) -> str:
    """Without accents and capitals: Åland is looked for under A."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
