"""What the tests of a module begin with: written once for all of them, not once for each.

Each test runs within a savepoint of the transaction that wrote it, so it finds what was written
and leaves nothing of its own behind. The transaction is rolled back after the last of them, or
before a test of the module that does not ask for it. A test that commits has it written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction

Write = Callable[[], Any]


def lasting(write: Write, *, autouse: bool = False) -> Any:
    """A fixture that hands each test a copy of its own of what `write` returns.

    It is written before anything else that the test asks for, so `write` knows nothing of that.
    """

    def handed_out(db: None) -> Any:
        return _now.copies[write] if write in _now.copies else write()

    of: Any = handed_out
    of.lasting, of.__doc__ = write, write.__doc__
    return pytest.fixture(autouse=autouse)(of)


class _Now:
    """What is written now, and how it ends."""

    def __init__(self) -> None:
        self.values: dict[Write, Any] = {}
        self.copies: dict[Write, Any] = {}
        self.ending = ExitStack()

    def begin(self, writes: list[Write]) -> None:
        self.values = self.ending.enter_context(_written(writes))

    def end(self) -> None:
        self.values = self.copies = {}
        self.ending.close()


_now = _Now()


@contextmanager
def _written(writes: list[Write]) -> Iterator[dict[Write, Any]]:
    block: Any = transaction.atomic()
    # As a test's own: what has to be outermost may begin within.
    block._from_testcase = True
    with block:
        values = {write: write() for write in writes}
        # Once here instead of again after each test.
        connection.check_constraints()
        yield values
        transaction.set_rollback(True)


def before_the_transaction_of(test: pytest.Item, *, unblock: Callable[[], Any]) -> None:
    """Writes what this test asks for, unless the one before it has left just that."""
    wanted = _asked_for(test)
    if list(_now.values) != wanted:
        with unblock():
            _now.end()
            if wanted:
                _now.begin(wanted)
                module = test.getparent(pytest.Module)
                assert module is not None
                module.addfinalizer(lambda: _end(unblock))
    _now.copies = deepcopy(_now.values)


def _end(unblock: Callable[[], Any]) -> None:
    with unblock():
        _now.end()


def _asked_for(test: Any) -> list[Write]:
    if _commits(test):
        return []
    fixtures = test._fixtureinfo.name2fixturedefs
    found = (fixtures[name][-1].func for name in test.fixturenames if name in fixtures)
    return [one.lasting for one in found if hasattr(one, "lasting")]


def _commits(test: Any) -> bool:
    marker = test.get_closest_marker("django_db")
    says_so = marker is not None and marker.kwargs.get("transaction", False)
    return says_so or not {"transactional_db", "live_server"}.isdisjoint(test.fixturenames)
