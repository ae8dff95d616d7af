"""Reading the process environment: each value checked, and all that is wrong said at once."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
DATABASE_SCHEMES = ("postgres", "postgresql", "sqlite")
REDIS_SCHEMES = ("redis", "rediss", "redis+socket")
EMAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail")
PORTS = range(1, 65536)
# The kernel keeps a socket's path in 108 bytes, with a zero at the end.
SOCKET_PATH_BYTES = 107


class Environment:
    """Reads variables by name and collects what is wrong with them.

    A reader returns its default (or an empty value) for a variable that is missing or malformed,
    so that reading goes on; `complain` then raises `ImproperlyConfigured` with every problem.
    """

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self.source = os.environ if source is None else source
        self.problems: list[str] = []

    def given(self, name: str) -> bool:
        return bool(self.source.get(name, "").strip())

    def text(self, name: str, *, good: str, default: str | None = None) -> str:
        """`default=None` makes the variable required."""
        if self.given(name):
            return self.source[name].strip()
        if default is None:
            self.problems.append(f"{name} is not set. Set it, for example {name}={good}")
            return ""
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        word = self.text(name, good="1", default="1" if default else "0").lower()
        if word not in YES | NO:
            self.refuse(name, word, expected="yes or no", good="0")
        return word in YES

    def number(self, name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
        word = self.text(name, good=str(default), default=str(default))
        if word.isascii() and word.isdigit() and least <= int(word) <= (most or int(word)):
            return int(word)
        expected = f"a whole number from {least} {f'to {most}' if most else 'up'}"
        self.refuse(name, word, expected=expected, good=str(default))
        return default

    def names(self, name: str, *, default: list[str], good: str) -> list[str]:
        """A list divided by commas."""
        word = self.text(name, good=good, default=",".join(default))
        return [part.strip() for part in word.split(",") if part.strip()]

    def origins(self, name: str, *, default: list[str]) -> list[str]:
        """A list of site addresses without a path, as CSRF checks compare them."""
        good = "https://billing.example.com"
        found = self.names(name, default=default, good=good)
        for origin in found:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
                self.refuse(name, origin, expected="addresses with scheme and host", good=good)
        return found

    def site(self, name: str, *, default: str) -> SplitResult:
        """The address at which people reach this site, as its parts."""
        good = "https://billing.example.com"
        word = self.text(name, good=good, default=default).rstrip("/")
        parts = urlsplit(word)
        if parts.scheme in {"http", "https"} and parts.hostname and not parts.query:
            return parts
        self.refuse(name, word, expected="an address with http:// or https://", good=good)
        return urlsplit(default)

    def zone(self, name: str, *, default: str) -> str:
        word = self.text(name, good=default, default=default)
        try:
            ZoneInfo(word)
        except (ValueError, OSError, KeyError):
            self.refuse(name, word, expected="a time zone's name", good="Europe/Prague")
            return default
        return word

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """The connection as Django's `DATABASES` wants it, with `OPTIONS` always there."""
        good = "postgres://seatledger:password@localhost:5432/seatledger"
        word = self.text(name, good=good, default=default)
        found: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            if urlsplit(word).scheme in DATABASE_SCHEMES:
                found = environ.Env.db_url_config(word)
        if not found.get("NAME") or found["NAME"] == ":memory:":
            self.refuse(name, without_password(word), expected="a database's address", good=good)
            found = environ.Env.db_url_config(default)
        found.setdefault("OPTIONS", {})
        return found

    def redis(self, name: str, *, default: str) -> str:
        good = "redis://localhost:6379/0"
        word = self.text(name, good=good, default=default)
        with contextlib.suppress(ValueError):
            parts = urlsplit(word)
            in_a_file = parts.scheme == "redis+socket" and bool(parts.path)
            if parts.scheme in REDIS_SCHEMES and (in_a_file or parts.hostname):
                return word
        self.refuse(name, without_password(word), expected="a Redis address", good=good)
        return default

    def email(self, name: str, *, default: str | None) -> dict[str, Any]:
        """Django's `EMAIL_…` settings, from one address."""
        good = "smtp+tls://user:password@mail.example.com:587"
        word = self.text(name, good=good, default=default)
        with contextlib.suppress(ValueError):
            if urlsplit(word).scheme in EMAIL_SCHEMES:
                found: dict[str, Any] = environ.Env.email_url_config(word)
                return found
        if word:
            self.refuse(name, without_password(word), expected="a mail server's address", good=good)
        return {}

    def secret(self, name: str, *, at_least: int) -> str:
        """A required secret; it is never repeated in a message."""
        found = self.text(name, good=secrets.token_urlsafe(50))
        if found and len(found) < at_least:
            self.problems.append(
                f"{name} has {len(found)} characters, wanted are {at_least} or more. "
                f"Set it, for example {name}={secrets.token_urlsafe(50)}"
            )
        return found

    def refuse(self, name: str, got: str, *, expected: str, good: str) -> None:
        self.problems.append(
            f"{name} is {got!r}, wanted is {expected}. Set it, for example {name}={good}"
        )

    def complain(self) -> None:
        """Raises `ImproperlyConfigured` if anything read so far was wrong."""
        if self.problems:
            raise ImproperlyConfigured("\n".join(self.problems))


def without_password(address: str) -> str:
    """The address as it may stand in a message or a log."""
    head, at, tail = address.rpartition("@")
    if not at:
        return address
    user, colon, _ = head.removeprefix(head.split("//")[0] + "//").partition(":")
    scheme = head.split("//")[0]
    return f"{scheme}//{user}{':***' if colon else ''}@{tail}"


def kept_secret(path: Path) -> str:
    """The secret in this file, made when it is first asked for, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def broker_socket(var: Path) -> Path:
    """Where the embedded broker listens: under `var`, or in a short private folder.

    Settings and launcher compute it alike; the launcher makes the folder.
    """
    inside = var / "broker.sock"
    if len(os.fsencode(inside)) <= SOCKET_PATH_BYTES:
        return inside
    folder = os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/seatledger-{os.getuid()}"
    # Two checkouts of one person must not meet at one socket.
    place = format(os.stat(var.parent).st_ino, "x")
    return Path(folder) / f"seatledger-{place}.sock"
