"""The settings of the tests: the site's own, with a database and files that may be thrown away.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` name servers; without them SQLite and the embedded broker
serve. `TEST_DB_SUFFIX` keeps two runs on one machine apart, and so are the workers of one run.
"""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
_suffix = os.environ.get("TEST_DB_SUFFIX", "") + (f"_{_worker}" if _worker else "")
_var = Path(__file__).resolve().parent.parent / "var" / f"tests{_suffix}"
# A short path, because a socket's may not be long; the broker's fixture makes the folder.
_socket = Path(tempfile.gettempdir()) / f"seatledger-tests-{os.getpid()}" / "broker.sock"


def _given_redis() -> str:
    """A database for each worker: of the addresses that `TEST_REDIS_URL` names, one each."""
    given = os.environ.get("TEST_REDIS_URL", "").split()
    return given[int(_worker or 0)] if given else ""


# What a developer's shell says about the real site must not reach the tests.
for _name in (
    *("ALLOWED_HOSTS", "BEHIND_PROXY", "CSRF_TRUSTED_ORIGINS", "DEBUG", "HSTS_SECONDS"),
    *("PAYMENT_GATEWAY", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"),
    *("MAIL_AUTHSERV_ID", "MAIL_FROM", "SECRET_KEY", "SITE_URL", "SSL_REDIRECT", "SUPPORT_EMAIL"),
    "TIME_ZONE",
):
    os.environ.pop(_name, None)

os.environ |= {
    "VAR_DIR": str(_var),
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_var / 'site.sqlite3'}",
    "EMAIL_URL": "memorymail://",
    "REDIS_URL": _given_redis() or f"redis+socket://{_socket}",
    "CONN_MAX_AGE": "0",
}

from config.settings import *  # noqa: E402, F403  the environment has to be ready before
from config.settings import DATABASES, LOGGING  # noqa: E402  the environment, as above

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_var / f"test{_suffix}.sqlite3")}
    # Nobody pulls the plug of a test.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA recursive_triggers=ON;"
    )
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_seatledger{_suffix}"}
    # Nor of these. Processes that a test starts read it, too.
    os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")

# A slow hash is the point of a password hasher, and the price of every sign-in of a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING["root"]["level"] = "WARNING"
LOGGING["loggers"]["django"]["level"] = "WARNING"
# Files are looked for as they are asked for: each test's client would list them all once more.
WHITENOISE_AUTOREFRESH = True
# Rate limits are counted in one process, and start anew with it.
CACHES = {"default": {"BACKEND": "config.cache.OwnCache"}}
