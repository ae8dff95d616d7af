"""The counted services of an account as the desk shows them. STAFF-1."""

from datetime import date

import pytest

from licensing.desk_limits import of_account
from tests.factories import instant
from tests.licensing.usage_book import NOW, STT, licensed, limited, raiser, use

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(
    ("at", "told"), [(NOW, "50 % of 5,000"), (instant("2026-02-02"), "Nothing this month")]
)
def test_what_was_told_in_a_first_month_that_is_cut_short_is_shown(at, told):  # LIC-11, STAFF-1
    account = licensed(since=date(2026, 1, 10))
    limited(account, STT, 0)
    use(account, STT, 2500)

    rows = of_account(account, at=at).rows

    assert [row.cells[-1].text for row in rows] == [told, *["Nothing this month"] * 3]


def test_a_use_that_did_not_fit_is_shown_beside_what_was_told():  # LIC-11, STAFF-1
    """It is no threshold, and yet the customer was told it."""
    account = licensed()
    limited(account, STT, 0)
    raiser(account)

    def told(at=NOW):
        found = of_account(account, at=at).rows[0].cells[-1]
        return found.text, found.below

    use(account, STT, 5001)
    assert told() == ("A use did not fit below 5,000", "")
    use(account, STT, 2500)
    assert told() == ("50 % of 5,000", "a use did not fit below 5,000")
    assert told(instant("2026-02-02")) == ("Nothing this month", "")
