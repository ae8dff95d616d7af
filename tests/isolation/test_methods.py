"""Every page of ours says by which methods it is asked: one that is only seen takes no form."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory

from tests.isolation.addresses import Address, addresses

_VIEWS = re.compile(r"(accounts|agencies|billing|config|licensing)\.views\b")
OURS = [one for one in addresses() if _VIEWS.match(one.view.__module__)]


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_page_is_asked_by_no_method_that_it_does_not_name(address: Address):
    answer = address.view(RequestFactory().put("/"), **dict.fromkeys(address.arguments, 1))

    assert answer.status_code == 405
    assert answer.headers["Allow"] in {"GET, HEAD", "GET, HEAD, POST", "POST"}


def test_there_are_pages_to_ask():
    assert {one.name for one in OURS} >= {"home", "billing:overview", "licensing:queues"}
