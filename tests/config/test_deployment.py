"""A deployment with the documented settings is clean, and one without them does not start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.answers import tax_id_check
from config.environment import Environment

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


def test_the_documented_settings_are_clean(tmp_path):
    done = check(documented(), tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "EMAIL_URL"])
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
    for name in ("SECRET_KEY", "SITE_URL", "EMAIL_URL"):
        assert f"{name} is not set" in done.stderr


def test_nobody_is_asked_to_write_to_an_address_of_localhost(settings):
    assert settings.SUPPORT_EMAIL == "support@example.com"
    assert settings.DEFAULT_FROM_EMAIL == "Seatledger <billing@example.com>"


def test_without_any_settings_the_site_is_a_local_one(tmp_path):
    command = [sys.executable, "manage.py", "check"]
    plain = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}

    subprocess.run(command, cwd=ROOT, env=plain, check=True, capture_output=True)

    assert (tmp_path / "secret_key").exists()
