"""What the tests of billing share: compiled translations, and a customer who buys."""

import pytest

from accounts.access import Standing
from tests.billing import buying
from tests.lasting import lasting


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    from accounts.translations import compile_all

    compile_all()


@lasting
def customer() -> Standing:
    """The primary account admin of a customer that holds five seats (`tests.billing.buying`)."""
    return buying.customer()
