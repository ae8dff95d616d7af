"""`python -m tests.benchmarks.seed ACCOUNTS` writes the book into the database of the settings."""

from __future__ import annotations

import sys

import django
from django.db import connection, transaction

django.setup()

from tests.benchmarks.book import move_sequences, write_book  # noqa: E402  after setup


def main() -> None:
    with transaction.atomic():
        write_book(int(sys.argv[1]))
        move_sequences()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
