"""The settings name what is missing or malformed, what they got, and a value that would do."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import (
    SOCKET_PATH_BYTES,
    Environment,
    broker_socket,
    kept_secret,
    without_password,
)


def problem(name: str, value: str, reader: str, **options) -> str:
    env = Environment({name: value})
    getattr(env, reader)(name, **options)
    with pytest.raises(ImproperlyConfigured) as caught:
        env.complain()
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "reader", "options", "good"),
    [
        ("DEBUG", "maybe", "flag", {"default": False}, "DEBUG=0"),
        ("CONN_MAX_AGE", "ten", "number", {"default": 600}, "CONN_MAX_AGE=600"),
        ("CONN_MAX_AGE", "-1", "number", {"default": 600}, "CONN_MAX_AGE=600"),
        ("DEMO_MONTHS", "3", "number", {"default": 14, "least": 4, "most": 14}, "DEMO_MONTHS=14"),
        ("DEMO_MONTHS", "15", "number", {"default": 14, "least": 4, "most": 14}, "DEMO_MONTHS=14"),
        ("TIME_ZONE", "Mars/Base", "zone", {"default": "UTC"}, "TIME_ZONE=Europe/Prague"),
        ("TIME_ZONE", "../etc/passwd", "zone", {"default": "UTC"}, "TIME_ZONE=Europe/Prague"),
        ("SITE_URL", "billing.example.com", "site", {"default": "http://x"}, "SITE_URL=https://"),
        ("CSRF_TRUSTED_ORIGINS", "example.com", "origins", {"default": []}, "=https://billing"),
        ("DATABASE_URL", "mysql://h/d", "database", {"default": "sqlite:////x"}, "=postgres://"),
        ("DATABASE_URL", "postgres://h", "database", {"default": "sqlite:////x"}, "=postgres://"),
        ("DATABASE_URL", "sqlite://:memory:", "database", {"default": "sqlite:////x"}, "=postgres"),
        ("REDIS_URL", "localhost:6379", "redis", {"default": "redis://x"}, "REDIS_URL=redis://"),
        ("EMAIL_URL", "mail.example.com", "email", {"default": None}, "EMAIL_URL=smtp+tls://"),
    ],
)
def test_a_malformed_value_is_named_with_what_would_do(name, value, reader, options, good):
    message = problem(name, value, reader, **options)

    assert message.startswith(f"{name} is {value!r}, wanted is ")
    assert good in message


def test_everything_that_is_wrong_is_said_at_once():
    env = Environment({"DEBUG": "maybe"})
    env.flag("DEBUG", default=False)
    env.secret("SECRET_KEY", at_least=50)

    with pytest.raises(ImproperlyConfigured, match=r"DEBUG is 'maybe'.*\nSECRET_KEY is not set"):
        env.complain()


def test_a_secret_is_never_repeated():
    short = problem("SECRET_KEY", "hush", "secret", at_least=50)
    address = problem("DATABASE_URL", "mysql://me:hush@h/d", "database", default="sqlite:////x")

    assert "hush" not in short + address
    assert "4 characters" in short
    assert "mysql://me:***@h/d" in address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://:hush@host:6379/0", "redis://:***@host:6379/0"),
        ("smtp://user:h@sh@mail", "smtp://user:***@mail"),
        ("postgres://user@host/name", "postgres://user@host/name"),
        ("sqlite:////srv/it.sqlite3", "sqlite:////srv/it.sqlite3"),
    ],
)
def test_an_address_is_shown_without_its_password(address, shown):
    assert without_password(address) == shown


def test_a_file_with_odd_letters_in_its_path_is_found():
    env = Environment({"DATABASE_URL": "sqlite:////srv/my%20site%23/it.sqlite3"})

    assert env.database("DATABASE_URL", default="")["NAME"] == "/srv/my site#/it.sqlite3"


def test_a_generated_secret_is_kept_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "secret_key"

    first = kept_secret(path)

    assert len(first) >= 50
    assert kept_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_broker_listens_on_a_path_that_a_socket_can_have(tmp_path):
    deep = tmp_path / ("long" * 30) / "var"
    deep.mkdir(parents=True)

    assert broker_socket(tmp_path / "var") == tmp_path / "var" / "broker.sock"
    assert len(str(broker_socket(deep))) <= SOCKET_PATH_BYTES
