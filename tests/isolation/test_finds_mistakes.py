"""The isolation test finds what it is there for: views with one mistake each, each told."""

from __future__ import annotations

import pytest

from tests.isolation.addresses import Address, addresses
from tests.isolation.walking import faults_at
from tests.isolation.world import UnknownArgumentError

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WRONG = "tests.isolation.mistakes"


@pytest.fixture(autouse=True)
def _wrong_addresses(settings) -> None:
    settings.ROOT_URLCONF = WRONG


def address(name: str) -> Address:
    return next(one for one in addresses(WRONG) if one.name == name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("undeclared", "undeclared /wrong/<account_id>/undeclared/ declares nothing. Say above"),
        ("too_open", "GET as agency: buyer at /wrong/{agency}/too-open/: let in (200), where the"),
        ("too_shut", "GET as agency: only access_team at /wrong/{agency}/too-shut/: 403 (403), wh"),
        ("open_to_strangers", "GET as stranger: primary admin at /wrong/{agency}/strangers/: let"),
        ("open_to_strangers", "let in (200), and shows words of the account agency"),
        ("open_to_nobody", "GET as nobody at /wrong/{agency}/nobody/: 404 (404), where the door s"),
        ("another_accounts_row", "GET as workspace: primary admin at /wrong/{workspace}/row/"),
        ("another_accounts_words", "and shows words of the account stranger"),
        ("writes_before_it_asks", "403 (403), and wrote to accounts_account"),
        ("writes_when_looked_at", "let in (200), and wrote to accounts_account"),
        ("says_nobody", "403, and the page does not name who has the right"),
        ("breaks", "GET as agency: primary admin at /wrong/{workspace}/breaks/: broken (Attribut"),
        (
            "sends_with_less",
            "POST as agency: only access_team at /wrong/{agency}/sends/: let in (3",
        ),
        ("never_there", "Nobody is let in, by no method."),
        (
            "forgets_the_scope",
            "GET as program of agency: all but members:read at /wrong/{agency}/sc",
        ),
        ("forgets_the_account", "GET as program of agency at /wrong/{workspace}/account/: let in"),
        ("forgets_the_account", "let in (200), and shows words of the account agency"),
        ("takes_a_session", "GET as agency: primary admin at /wrong/{agency}/session/: let in (20"),
        ("another_persons", "where the door says: 404"),
        ("of_all_staff", "GET as staff: catalogue at /wrong/desk/: let in (200), where the door"),
    ],
)
def test_a_mistake_is_told(name, told, everybody):
    keys = {key: place.account.pk for key, place in everybody.places.items()}

    found = faults_at(address(name), world=everybody)

    assert told.format(**keys) in "\n".join(found)


def test_a_view_without_a_mistake_is_not_blamed(everybody):
    assert faults_at(address("sound"), world=everybody) == []


def test_an_argument_that_nobody_knows_is_named(everybody):
    with pytest.raises(UnknownArgumentError, match=r"`novelty_id` names. Give each account one"):
        faults_at(address("of_something_new"), world=everybody)
