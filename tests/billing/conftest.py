"""What the tests of billing share: compiled translations, and a mail server that takes letters."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    from accounts.translations import compile_all

    compile_all()
