"""Every address of the site as everybody: what happens there is what is declared beside its view.

Addresses are found by themselves. One without a declaration fails, and so does one that names
something of which the world of this test has none: see ``places.py``.
"""

from __future__ import annotations

import pytest

from config.doors import API, ELSEWHERE
from tests.isolation.addresses import Address, addresses
from tests.isolation.walking import faults_at

# Who may what does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ADDRESSES = addresses()


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_an_address_opens_to_whom_its_door_says_and_to_nobody_else(
    address: Address, everybody, breadth
):  # ALL-1
    found = faults_at(address, world=everybody, breadth=breadth)

    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_every_declaration_of_others_pages_is_that_of_an_address():
    assert (ELSEWHERE.keys() | API.keys()) <= {address.name for address in ADDRESSES}
