"""Who is asked about tax IDs: what VIES says, and what is made of it."""

import pytest

from accounts.tax_checks.base import Answer
from accounts.tax_checks.offline import Offline
from accounts.tax_checks.vies import Vies
from tests.accounts.tax_desks import vies_at

DE = "/ms/DE/vat/136695976"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, {"isValid": True, "userError": "VALID"}), Answer.VALID),
        ((200, {"isValid": False, "userError": "INVALID"}), Answer.INVALID),
        ((200, {"isValid": False, "userError": "MS_UNAVAILABLE"}), Answer.UNKNOWN),
        ((200, {"isValid": False, "userError": "MS_MAX_CONCURRENT_REQ"}), Answer.UNKNOWN),
        ((200, {"isValid": False, "userError": "TIMEOUT"}), Answer.UNKNOWN),
        ((200, {"isValid": False}), Answer.UNKNOWN),
        ((200, {"isValid": "false", "userError": "INVALID"}), Answer.UNKNOWN),
        ((200, {"actionSucceed": False, "errorWrappers": []}), Answer.UNKNOWN),
        ((500, {"isValid": False, "userError": "INVALID"}), Answer.UNKNOWN),
        ((200, "<html>Maintenance</html>"), Answer.UNKNOWN),
        ((200, ["isValid"]), Answer.UNKNOWN),
    ],
    ids=str,
)
def test_only_a_clear_answer_of_vies_counts(answer, expected):  # ALL-5
    with vies_at({DE: answer}) as address:
        assert Vies(address).ask("DE136695976") is expected


def test_greece_is_asked_for_by_its_own_letters():
    valid = (200, {"isValid": True, "userError": "VALID"})

    with vies_at({"/ms/EL/vat/094259216": valid}) as address:
        assert Vies(address).ask("EL094259216") is Answer.VALID


def test_a_number_cannot_lead_to_another_address():
    valid = (200, {"isValid": True, "userError": "VALID"})

    with vies_at({"/ms/DE/vat/x": valid, DE: valid}) as address:
        assert Vies(address).ask("DE1/../x") is Answer.UNKNOWN


def test_who_does_not_answer_in_time_is_away():
    with vies_at({DE: (200, {"isValid": True})}, slow=0.5) as address:
        assert Vies(address, seconds=0.1).ask("DE136695976") is Answer.UNKNOWN


def test_nobody_there_is_away():
    with vies_at({}) as address:
        gone = address

    assert Vies(gone).ask("DE136695976") is Answer.UNKNOWN


def test_offline_nothing_is_known():
    assert Offline().ask("DE136695976") is Answer.UNKNOWN
