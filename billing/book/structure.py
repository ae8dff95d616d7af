"""How the rows of a book hang together: nothing double, nothing unknown, every parent in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from accounts.models import Account
from billing.book.catalogue import Catalogue
from billing.book.columns import ACCOUNTS, EVENTS, ITEMS, MEMBERS, USAGE, Sheet
from billing.book.mistakes import Mistake
from billing.book.scratch import Scratch
from billing.book.values import meant

BLOCK: Final = 5000

_PARENT_OF: Final = {
    Account.Role.WORKSPACE.value: Account.Role.AGENCY.value,
    Account.Role.CLIENT.value: Account.Role.RESELLER.value,
}


def learn_accounts(scratch: Scratch) -> None:
    """Note every account that the book names: from its own file, else as it stands."""
    scratch.change(
        "INSERT OR IGNORE INTO known "
        "SELECT reference, line, NULL, 0, role, kind, currency, time_zone FROM accounts "
        "WHERE reference IS NOT NULL ORDER BY line"
    )
    last = ""
    while references := _references_after(scratch, last):
        last = references[-1]
        standing = Account.objects.filter(reference__in=references).values_list(
            "reference", "pk", "role", "kind", "currency", "time_zone"
        )
        scratch.change(
            "INSERT INTO known VALUES (?1, NULL, ?2, 1, ?3, ?4, ?5, ?6) "
            "ON CONFLICT (reference) DO UPDATE SET id = excluded.id, stands = 1",
            list(standing),
        )


def _references_after(scratch: Scratch, last: str) -> list[str]:
    """The next references that the book names, in their order."""
    return [
        str(reference)
        for (reference,) in scratch.rows(
            "SELECT reference FROM known WHERE reference > ?1 "
            "UNION SELECT parent FROM accounts WHERE parent > ?1 "
            "UNION SELECT payer FROM accounts WHERE payer > ?1 ORDER BY 1 LIMIT ?2",
            last,
            BLOCK,
        )
    ]


def check_structure(scratch: Scratch, catalogue: Catalogue) -> None:
    """Tell what is wrong between rows; what is wrong in the history of one account comes later."""
    for sheet in (ACCOUNTS, ITEMS, USAGE):
        _tell_all(scratch, _doubles(scratch, sheet))
    for sheet in (ITEMS, EVENTS, MEMBERS, USAGE):
        _tell_all(scratch, _without_account(scratch, sheet))
    for sheet in (EVENTS, USAGE):
        _tell_all(scratch, _without_item(scratch, sheet))
    for sheet in (ITEMS, EVENTS, USAGE):
        _tell_all(scratch, _wrong_products(scratch, sheet, catalogue))
    for check in (_unknown_parents, _wrong_parents, _circles, _wrong_payers):
        _tell_all(scratch, check(scratch))


def _tell_all(scratch: Scratch, mistakes: Iterator[Mistake]) -> None:
    for mistake in list(mistakes):
        scratch.tell(mistake)


def _doubles(scratch: Scratch, sheet: Sheet) -> Iterator[Mistake]:
    key = ", ".join(f'"{name}"' for name in sheet.key)
    present = " AND ".join(f'"{name}" IS NOT NULL' for name in sheet.key)
    same = " AND ".join(f'other."{name}" = twice."{name}"' for name in sheet.key)
    for line, first in scratch.rows(
        f"WITH twice AS (SELECT {key}, min(line) AS first FROM {sheet.name} WHERE {present} "
        f"GROUP BY {key} HAVING count(*) > 1) "
        f"SELECT other.line, twice.first FROM twice JOIN {sheet.name} AS other ON {same} "
        "WHERE other.line > twice.first"
    ):
        message = f"the same {' and '.join(sheet.key)} as on line {first}: leave one of them"
        yield Mistake(sheet.file, line, sheet.key[-1], message)


def _without_account(scratch: Scratch, sheet: Sheet) -> Iterator[Mistake]:
    for line, account in scratch.rows(
        f"SELECT line, account FROM {sheet.name} WHERE account IS NOT NULL "
        "AND account NOT IN (SELECT reference FROM accounts WHERE reference IS NOT NULL)"
    ):
        yield Mistake(
            sheet.file, line, "account", f"expected a reference of accounts.csv, got {account!r}"
        )


def _without_item(scratch: Scratch, sheet: Sheet) -> Iterator[Mistake]:
    for line, account, product in scratch.rows(
        f"SELECT line, account, product FROM {sheet.name} AS this "
        "WHERE account IN (SELECT reference FROM accounts) AND product IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM items WHERE items.account = this.account AND items.product = this.product)"
    ):
        yield Mistake(
            sheet.file,
            line,
            "product",
            f"account {account!r} holds no {product!r}: write that item into items.csv",
        )


def _wrong_products(scratch: Scratch, sheet: Sheet, catalogue: Catalogue) -> Iterator[Mistake]:
    """Unknown products (told of items alone, as the others follow), and wrong subscriptions."""
    named = scratch.rows(f"SELECT DISTINCT product FROM {sheet.name} WHERE product IS NOT NULL")
    for (code,) in list(named):
        product = catalogue.products.get(code)
        if product is None:
            if sheet is ITEMS:
                yield from _unknown_product(scratch, code, catalogue)
            continue
        for line, subscription in scratch.rows(
            f"SELECT line, subscription FROM {sheet.name} "
            "WHERE product = ? AND subscription IS NOT NULL AND subscription <> ?",
            code,
            product.subscription,
        ):
            yield Mistake(
                sheet.file,
                line,
                "subscription",
                f"the catalogue holds {code} in the subscription {product.subscription!r}, "
                f"got {subscription!r}",
            )


def _unknown_product(scratch: Scratch, code: str, catalogue: Catalogue) -> Iterator[Mistake]:
    near = meant(code, frozenset(catalogue.products))
    for (line,) in scratch.rows("SELECT line FROM items WHERE product = ?", code):
        yield Mistake(
            ITEMS.file, line, "product", f"expected a product of the catalogue, got {code!r}{near}"
        )


def _unknown_parents(scratch: Scratch) -> Iterator[Mistake]:
    for line, parent in scratch.rows(
        "SELECT line, parent FROM accounts WHERE parent IS NOT NULL "
        "AND parent NOT IN (SELECT reference FROM known)"
    ):
        yield Mistake(
            ACCOUNTS.file,
            line,
            "parent",
            f"expected an account of this file or one that stands, got {parent!r}",
        )


def _wrong_parents(scratch: Scratch) -> Iterator[Mistake]:
    """Who may stand below whom: workspaces below agencies, clients below resellers."""
    for line, role, parent, role_of_parent in scratch.rows(
        "SELECT accounts.line, accounts.role, accounts.parent, known.role FROM accounts "
        "LEFT JOIN known ON known.reference = accounts.parent WHERE accounts.role IS NOT NULL"
    ):
        wanted = _PARENT_OF.get(role)
        if wanted is None and parent is not None:
            message = f"expected none of an account with role {role}, got {parent!r}"
        elif wanted is not None and parent is None:
            message = f"expected the {wanted} of this {role}, the cell is empty"
        elif role_of_parent is not None and role_of_parent != wanted:
            message = f"expected a {wanted} for this {role}, {parent!r} has role {role_of_parent}"
        else:
            continue
        yield Mistake(ACCOUNTS.file, line, "parent", message)


def _circles(scratch: Scratch) -> Iterator[Mistake]:
    parents = dict(
        scratch.rows(
            "SELECT reference, parent FROM accounts "
            "WHERE parent IN (SELECT reference FROM accounts)"
        )
    )
    lines = dict(scratch.rows("SELECT reference, min(line) FROM accounts GROUP BY reference"))
    seen: set[str] = set()
    for start in parents:
        way: list[str] = []
        here: str | None = start
        while here is not None and here not in seen:
            seen.add(here)
            way.append(here)
            here = parents.get(here)
        if here in way:
            circle = [*way[way.index(here) :], here]
            message = f"parents go round in a circle: {' → '.join(map(str, circle))}"
            yield Mistake(ACCOUNTS.file, lines[circle[0]], "parent", message)


def _wrong_payers(scratch: Scratch) -> Iterator[Mistake]:
    for line, reference, parent, payer in scratch.rows(
        "SELECT line, reference, parent, payer FROM accounts "
        "WHERE payer <> reference AND payer IS NOT parent"
    ):
        allowed = f"{reference!r} itself" + (f" or its parent {parent!r}" if parent else "")
        yield Mistake(ACCOUNTS.file, line, "payer", f"expected {allowed}, got {payer!r}")
    yield from _unlike_parent(scratch, "currency", "AND accounts.payer = accounts.parent")
    yield from _unlike_parent(scratch, "kind", "")


def _unlike_parent(scratch: Scratch, column: str, where: str) -> Iterator[Mistake]:
    """A child is of its parent's kind; one that its parent pays for has the parent's currency."""
    for line, parent, own, wanted in scratch.rows(
        f"SELECT accounts.line, accounts.parent, accounts.{column}, known.{column} "
        "FROM accounts JOIN known ON known.reference = accounts.parent "
        f"WHERE accounts.{column} <> known.{column} {where}"
    ):
        message = f"expected {wanted}, the {column} of its parent {parent!r}, got {own}"
        yield Mistake(ACCOUNTS.file, line, column, message)
