"""One hand writes events, one hand writes money: nobody else adds rows to those two tables.

The source is read for every way in which a row could be added: the model's own constructor, its
managers and query sets, a related manager, a function that is handed the model, and SQL text.
"""

import ast
import re
from textwrap import dedent

import pytest

from tests.house.source import Source, product

ADDING = {
    *("create", "acreate", "bulk_create", "abulk_create", "get_or_create", "aget_or_create"),
    *("update_or_create", "aupdate_or_create", "add", "aadd", "set", "aset"),
}
# Functions that add rows to the table of the model they are handed.
WRITING = re.compile(r"insert|write|create|copy|save|bulk|load|keep|store")
SQL = r"(?is)\b(copy|insert\s+into|update|delete\s+from)\b.*{table}"


class Hand:
    """A model, its table, the names by which other rows reach it, and the file that may write."""

    def __init__(self, model: str, *, table: str, related: set[str], writer: str) -> None:
        self.model, self.related, self.writer = model, related, writer
        self.sql = re.compile(SQL.format(table=table))

    def writes(self, tree: ast.AST) -> list[int]:
        """The lines on which rows are added to the table."""
        expressions = (node for node in ast.walk(tree) if isinstance(node, ast.expr))
        return [node.lineno for node in expressions if self._is_write(node)]

    def _is_write(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return bool(self.sql.search(node.value))
        return isinstance(node, ast.Call) and (
            self._is_model(node.func) or self._adds(node) or self._hands_over(node)
        )

    def _is_model(self, node: ast.AST) -> bool:
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        return name == self.model

    def _adds(self, call: ast.Call) -> bool:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ADDING:
            return False
        parts = list(ast.walk(call.func.value))
        reached = {part.attr for part in parts if isinstance(part, ast.Attribute)}
        return any(self._is_model(part) for part in parts) or bool(reached & self.related)

    def _hands_over(self, call: ast.Call) -> bool:
        function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        function = function or getattr(call.func, "id", "")
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        return bool(WRITING.search(function)) and any(self._is_model(one) for one in given)


EVENTS = Hand("Event", table="billing_event", related={"events"}, writer="billing/events.py")
LEDGER = Hand(
    "LedgerEntry",
    table="billing_ledgerentry",
    related={"ledger_entries", "entries"},
    writer="billing/ledger.py",
)
HANDS = pytest.mark.parametrize("hand", [EVENTS, LEDGER], ids=lambda hand: hand.model)


def others(hand: Hand) -> list[Source]:
    return [it for it in product() if it.name != hand.writer]


@HANDS
def test_only_one_hand_writes(hand):
    elsewhere = [f"{it.name}:{line}" for it in others(hand) for line in hand.writes(it.tree)]

    assert elsewhere == []


def test_rows_are_inserted_for_a_model_that_is_named():
    """So that no model comes to the bulk writer by a detour that the rule above cannot follow."""
    unnamed = [
        f"{it.name}:{call.lineno}"
        for it in product()
        for call in it.places(ast.Call)
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "insert_rows"
        if not isinstance(call.args[0], ast.Name) or not call.args[0].id[0].isupper()
    ]

    assert unnamed == []


@HANDS
def test_the_hand_does_write(hand):
    written = [line for it in product() if it.name == hand.writer for line in hand.writes(it.tree)]

    assert written


@pytest.mark.parametrize(
    "source",
    [
        "Event(product=p).save()",
        "models.Event(product=p)",
        "Event.objects.create(product=p)",
        "Event.objects.using('default').bulk_create(rows)",
        "item.events.create(product=p)",
        "insert_rows(Event, fields=F, rows=R)",
        "cursor.copy('COPY billing_event (id) FROM STDIN')",
        "cursor.execute('''INSERT INTO\n billing_event VALUES (1)''')",
    ],
)
def test_the_rule_sees_every_way_to_write(source):
    assert EVENTS.writes(ast.parse(dedent(source)))


@pytest.mark.parametrize(
    "source",
    [
        "Event.objects.filter(item=i).order_by('sequence')",
        "isinstance(row, Event)",
        "columns.text_of(Event, 'cause')",
        "Prefetch('events', queryset=Event.objects.all())",
        "seen.add(event)",
    ],
)
def test_the_rule_lets_readers_read(source):
    assert EVENTS.writes(ast.parse(dedent(source))) == []
