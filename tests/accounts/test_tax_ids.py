"""Tax IDs are checked by their country's own rule and written down in one way."""

import pytest

from accounts.countries import COUNTRIES
from accounts.tax_ids import written_tax_id


@pytest.mark.parametrize(
    ("number", "country", "written"),
    [
        ("CZ 251 238 91", "CZ", "CZ25123891"),
        ("25123891", "CZ", "CZ25123891"),
        ("de136695976", "DE", "DE136695976"),
        ("IT 00743110157", "IT", "IT00743110157"),
        ("EL 094259216", "GR", "EL094259216"),
        ("ATU13585627", "AT", "ATU13585627"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("12-3456789", "US", "12-3456789"),
        ("ab 12345", "KW", "AB 12345"),
    ],
)
def test_a_tax_id_is_written_in_its_common_form(number, country, written):  # ALL-5
    assert written_tax_id(number, country=country) == written


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("CZ1", "CZ"),
        ("CZ25123890", "CZ"),
        ("DE136695975", "DE"),
        ("FR40303265045", "IT"),
        ("NL123", "NL"),
        ("!!!!", "US"),
        ("1", "KW"),
    ],
)
def test_one_that_cannot_be_is_refused_with_what_would_be_right(number, country):  # ALL-5
    with pytest.raises(ValueError, match="expected"):
        written_tax_id(number, country=country)


def test_there_are_249_countries():
    assert len(COUNTRIES) == 249
    assert {"CZ", "GB", "XK"} & COUNTRIES == {"CZ", "GB"}
