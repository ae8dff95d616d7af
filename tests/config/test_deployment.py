"""A deployment with the documented settings is clean, and one without them does not start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.answers import tax_id_check
from config.environment import Environment
from config.payments import payments

ROOT = Path(__file__).resolve().parents[2]
SECRET = "".join(chr(33 + number * 7 % 90) for number in range(64))


def documented() -> dict[str, str]:
    """The settings that `docs/deployment.md` shows as an indented block."""
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"^    ([A-Z_]+)=(.+)$", text, flags=re.MULTILINE))
    assert {"SITE_URL", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"} <= set(found)
    return {**found, "SECRET_KEY": SECRET}


def check(settings: dict[str, str], var: Path) -> subprocess.CompletedProcess[str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**plain, "VAR_DIR": str(var), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("word", "path", "problems"),
    [
        ("", "accounts.tax_checks.offline.Offline", []),
        ("VIES", "accounts.tax_checks.vies.Vies", []),
        (
            "elsewhere",
            "accounts.tax_checks.offline.Offline",
            [
                "TAX_ID_CHECK is 'elsewhere', wanted is offline or vies. Set it, for example "
                "TAX_ID_CHECK=vies"
            ],
        ),
    ],
)
def test_the_operator_says_who_is_asked_about_tax_ids(word, path, problems):  # ALL-5
    env = Environment({"TAX_ID_CHECK": word})

    assert tax_id_check(env) == path
    assert env.problems == problems


KEYS = {
    "STRIPE_SECRET_KEY": "sk_live_51ofthetests",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_51ofthetests",
    "STRIPE_WEBHOOK_SECRET": "whsec_51ofthetests",
}


@pytest.mark.parametrize(
    ("given", "deployed", "path", "problem"),
    [
        ({}, False, "sandbox.SandboxGateway", ""),
        ({"PAYMENT_GATEWAY": "sandbox"}, True, "sandbox.SandboxGateway", ""),
        ({}, True, "sandbox.SandboxGateway", "PAYMENT_GATEWAY is not set. Set it, for example "),
        ({"PAYMENT_GATEWAY": "Stripe", **KEYS}, True, "stripe.StripeGateway", ""),
        (
            {"PAYMENT_GATEWAY": "cash"},
            False,
            "sandbox.SandboxGateway",
            "wanted is sandbox or stripe",
        ),
    ],
    ids=["local", "sandbox", "unnamed", "stripe", "unknown"],
)
def test_the_operator_says_through_whom_is_charged(given, deployed, path, problem):
    env = Environment(given)

    found, keys = payments(env, deployed=deployed)

    assert found == f"billing.gateways.{path}"
    assert bool(env.problems) == bool(problem)
    assert problem in "".join(env.problems)
    assert (keys.secret == KEYS["STRIPE_SECRET_KEY"]) == (path == "stripe.StripeGateway")


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("value", ["", "51ofthetests", "sk", "whsec_"])
def test_a_missing_or_malformed_key_of_stripe_is_named_and_not_repeated(name, value):
    env = Environment({"PAYMENT_GATEWAY": "stripe", **KEYS, name: value})

    payments(env, deployed=True)

    (problem,) = env.problems
    assert problem.startswith(f"{name} is not set" if not value else f"{name} has a wrong form")
    assert "51ofthetests" not in problem


def test_keys_of_two_modes_are_refused():
    keys = KEYS | {"STRIPE_PUBLISHABLE_KEY": "pk_test_51ofthetests"}
    env = Environment({"PAYMENT_GATEWAY": "stripe", **keys})

    payments(env, deployed=True)

    assert "are of different modes" in "".join(env.problems)


def test_the_documented_settings_are_clean(tmp_path):
    done = check(documented(), tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "EMAIL_URL", "PAYMENT_GATEWAY"])
def test_a_deployment_without_one_of_them_does_not_start(tmp_path, name):
    settings = documented()
    del settings[name]

    done = check(settings, tmp_path)

    assert done.returncode == 1
    assert f"{name} is not set. Set it, for example {name}=" in done.stderr
    assert "Traceback" not in done.stderr


def test_naming_debug_off_is_a_deployment_and_needs_its_settings(tmp_path):
    done = check({"DEBUG": "0"}, tmp_path)

    assert done.returncode == 1
    for name in ("SECRET_KEY", "SITE_URL", "EMAIL_URL", "PAYMENT_GATEWAY"):
        assert f"{name} is not set" in done.stderr


def test_nobody_is_asked_to_write_to_an_address_of_localhost(settings):
    assert settings.SUPPORT_EMAIL == "support@example.com"
    assert settings.DEFAULT_FROM_EMAIL == "Seatledger <billing@example.com>"


def test_without_any_settings_the_site_is_a_local_one(tmp_path):
    command = [sys.executable, "manage.py", "check"]
    plain = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}

    subprocess.run(command, cwd=ROOT, env=plain, check=True, capture_output=True)

    assert (tmp_path / "secret_key").exists()
