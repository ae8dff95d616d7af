"""What the tests of a module begin with: written once for all of them, not once for each.

Each test runs within a savepoint of the transaction that wrote it, so it finds what was written
and leaves nothing of its own behind. It is rolled back after the last of them, or before a test of
the module that does not ask for it. A test that commits has it written anew. Django's own test
cases have `setUpTestData` for the same, and get nothing from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from functools import partial
from typing import Any
from unittest import TestCase

import pytest
from django.db import connection, transaction

Write = Callable[[], Any]
Unblock = Callable[[], AbstractContextManager[None]]


def lasting(write: Write | None = None, *, autouse: bool = False) -> Any:
    """A fixture that hands each test a copy of its own of what `write` returns.

    It is written before anything else that the test asks for, so `write` knows nothing of that.
    """

    if write is None:
        return partial(lasting, autouse=autouse)

    def handed_out(db: None, request: pytest.FixtureRequest) -> Any:
        if write in _now.copies or _is_djangos(request.node):
            return _now.copies.get(write)
        return write()

    of: Any = handed_out
    of.lasting, of.__doc__ = write, write.__doc__
    return pytest.fixture(autouse=autouse)(of)


class _Now:
    """What is written now, the later within the transaction of the earlier."""

    def __init__(self) -> None:
        self.values: dict[Write, Any] = {}
        self.copies: dict[Write, Any] = {}
        self.ends: list[AbstractContextManager[Any]] = []
        self.unblock: Unblock = nullcontext

    def begin(self, write: Write) -> None:
        block = _written(write)
        with self.unblock():
            self.values[write] = block.__enter__()
        self.ends.append(block)

    def end_all_but(self, wanted: list[Write]) -> None:
        self.copies = {}
        while list(self.values) != wanted[: len(self.values)]:
            self.values.popitem()
            with self.unblock():
                self.ends.pop().__exit__(None, None, None)


_now = _Now()


@contextmanager
def _written(write: Write) -> Iterator[Any]:
    block: Any = transaction.atomic()
    # As a test's own: what has to be outermost may begin within.
    block._from_testcase = True
    with block:
        value = write()
        # Once here instead of again after each test.
        connection.check_constraints()
        yield value
        transaction.set_rollback(True)


def end_what_is_not_for(test: pytest.Item) -> None:
    _now.end_all_but(_asked_for(test))


def begin_what_is_for(test: pytest.Item, *, unblock: Unblock) -> None:
    """Before the test's own transaction begins, within which nothing would last."""
    module = test.getparent(pytest.Module)
    assert module is not None
    _now.unblock = unblock
    for write in _asked_for(test)[len(_now.values) :]:
        _now.begin(write)
        module.addfinalizer(lambda: _now.end_all_but([]))
    _now.copies = deepcopy(_now.values)


def _asked_for(test: Any) -> list[Write]:
    if _commits(test) or _is_djangos(test):
        return []
    fixtures = test._fixtureinfo.name2fixturedefs
    found = (fixtures[name][-1].func for name in test.fixturenames if name in fixtures)
    return [one.lasting for one in found if hasattr(one, "lasting")]


def _commits(test: Any) -> bool:
    marker = test.get_closest_marker("django_db")
    says_so = marker is not None and marker.kwargs.get("transaction", False)
    return says_so or not {"transactional_db", "live_server"}.isdisjoint(test.fixturenames)


def _is_djangos(test: Any) -> bool:
    return isinstance(getattr(test, "cls", None), type) and issubclass(test.cls, TestCase)
