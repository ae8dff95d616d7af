"""Every setting of the site, each value of a deployment from the environment.

Two ways to stand: *local* (the default: no HTTPS, a generated key, files under `var/`) and
*deployed* (`DEBUG=0` named, or a `SITE_URL` with https), where `SECRET_KEY`, `SITE_URL` and
`EMAIL_URL` are required and everything is sent over HTTPS alone.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import answers, desk, logs, rates
from config.environment import Environment, broker_socket, kept_secret
from config.payments import payments

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()

# Where this site keeps its own files: the SQLite database, the generated key, the broker's socket.
VAR = Path(env.text("VAR_DIR", good="/srv/seatledger/var", default=str(BASE_DIR / "var"))).resolve()

# How it stands

DEBUG = env.flag("DEBUG", default=False)
_deployed = not DEBUG and (
    env.given("DEBUG") or env.text("SITE_URL", good="", default="").startswith("https:")
)
if _deployed and not env.given("SITE_URL"):
    env.problems.append(
        "SITE_URL is not set. Set it, for example SITE_URL=https://billing.example.com"
    )
_site = env.site("SITE_URL", default="http://localhost:8000")
SITE_URL = _site.geturl()
_https = _deployed and _site.scheme == "https"

if _deployed or env.given("SECRET_KEY"):
    SECRET_KEY = env.secret("SECRET_KEY", at_least=50)
else:
    SECRET_KEY = kept_secret(VAR / "secret_key")
# Older keys, while what they have signed and sealed is still about.
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", default=[], good="the key before")

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_hosts = [_site.hostname or "localhost"]
if not _deployed:
    _hosts += [host for host in _LOCAL if host not in _hosts]
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=_hosts, good="billing.example.com")
CSRF_TRUSTED_ORIGINS = env.origins(
    "CSRF_TRUSTED_ORIGINS", default=[f"{_site.scheme}://{_site.netloc}"]
)

# Apps, from the upper floor to the lower

INSTALLED_APPS = [
    "config.apps.SiteConfig",
    "agencies.apps.AgenciesConfig",
    "licensing.apps.LicensingConfig",
    "billing.apps.BillingConfig",
    "accounts.apps.AccountsConfig",
    # Unfold replaces templates of the admin and of import-export, so it stands before them.
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "djmoney",
    "guardian",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Answers programs by itself; what follows is for people.
    "config.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page is for people who have signed in, unless its view says otherwise.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.VisitMiddleware",
    "accounts.middleware.LastAccountMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "config.problems.WholePageMiddleware",
    "config.problems.NumbersMiddleware",
    "accounts.middleware.WrongFormMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

_LOADERS = [f"django.template.loaders.{of}.Loader" for of in ("filesystem", "app_directories")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("config.templatetags.texts.Loader", _LOADERS)],  # decision 69
            "builtins": ["config.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.portal.shell",
            ],
        },
    },
]

# Databases

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database(
        "DATABASE_URL", default=f"sqlite:///{quote(str(VAR / 'seatledger.sqlite3'))}"
    )
}
_default = DATABASES["default"]
# Opening a connection costs more than most pages; a dead one is noticed before its next use.
_default["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", default=600)
_default["CONN_HEALTH_CHECKS"] = True
# The second way into the same database, for dry runs and previews: the database itself refuses to
# write, and on PostgreSQL every transaction reads one picture of the data.
_readonly = DATABASES["readonly"] = {**_default, "TEST": {"MIRROR": "default"}}
if _default["ENGINE"] == "django.db.backends.sqlite3":
    VAR.mkdir(parents=True, exist_ok=True)
    # A writer that begins IMMEDIATE waits for its turn; one that begins as a reader and then writes
    # fails at once. FULL: a committed invoice survives a power cut. Recursive triggers: a row that
    # REPLACE would delete is asked like any other.
    _default["OPTIONS"] |= {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        ),
    }
    _readonly["NAME"] = f"file:{quote(str(_default['NAME']))}?mode=ro"
    _readonly["OPTIONS"] = {"timeout": 20, "uri": True}
else:
    _prepares = env.flag("PREPARE_STATEMENTS", default=True)
    _default["OPTIONS"]["prepare_threshold"] = 1 if _prepares else None
    _readonly["OPTIONS"] = _default["OPTIONS"] | {
        "options": (
            r"-c default_transaction_read_only=on "
            r"-c default_transaction_isolation=repeatable\ read"
        )
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = LOGIN_URL
# The link of a letter; once used it is of no use any more.
PASSWORD_RESET_TIMEOUT = 60 * 60
# Whoever ticks *Stay signed in* does so for two weeks; others until the browser is closed.
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_ADAPTER = "accounts.sign_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
# In the browser where somebody has just signed up; elsewhere a link alone signs nobody in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody hears from the site because a stranger has typed their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
# What changes how somebody signs in is asked for their password within these seconds.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = rates.SIGN_IN
# Of each key of the API; counted in the shared cache.
API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", default=6000, least=1)
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.sign_in.AddAddress",
    "change_password": "accounts.forms.sign_in.ChangePassword",
    "login": "accounts.forms.sign_in.SignIn",
    "reauthenticate": "accounts.forms.sign_in.ConfirmPassword",
    "reset_password": "accounts.forms.sign_in.AskForPassword",
    "reset_password_from_key": "accounts.forms.sign_in.NewPassword",
    "set_password": "accounts.forms.sign_in.FirstPassword",
    "signup": "accounts.forms.sign_in.SignUp",
}
MFA_ADAPTER = "accounts.sign_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Seatledger"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_FORMS = {
    "activate_totp": "accounts.forms.second_factors.AddApp",
    "add_webauthn": "accounts.forms.second_factors.AddPasskey",
    "authenticate": "accounts.forms.second_factors.EnterCode",
    "edit_webauthn": "accounts.forms.second_factors.RenamePasskey",
    "reauthenticate": "accounts.forms.second_factors.EnterCodeAgain",
}
# Whether a stranger may sign up and open an account, and in which currencies.
ACCOUNTS_SIGN_UP = env.flag("SIGN_UP", default=True)
ACCOUNTS_CURRENCIES = env.names("CURRENCIES", default=["EUR", "USD"], good="EUR,USD")
# Guardian's row for "anybody" would be a person in every list of people.
ANONYMOUS_USER_NAME = None

# Language, time, numbers

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("it", _("Italian")), ("cs", _("Czech"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.zone("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static",) if folder.is_dir()]
_static_storage = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if _deployed
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # a table of a form at the desk: 200 rows of five fields
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {"BACKEND": _static_storage},
}
# A local site serves static files from where they lie, so it needs no collectstatic.
WHITENOISE_USE_FINDERS = not _deployed

# What processes of the web share: the counts of allauth's rate limits

CACHES = {
    "default": {
        "BACKEND": "config.cache.SharedCache",
        "LOCATION": env.redis("REDIS_URL", default=f"redis+socket://{broker_socket(VAR)}").replace(
            "redis+socket://", "unix://"
        ),
        "KEY_PREFIX": "seatledger",
    }
}

# Letters

_mail = env.email(
    "EMAIL_URL", default=None if _deployed else f"filemail:///{quote(str(VAR / 'mail'))}"
)
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH")
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", default=20, least=1)
# Nobody can write to an address of localhost.
_domain = _site.hostname if _site.hostname not in _LOCAL else "example.com"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "MAIL_FROM",
    good="Example Billing <billing@example.com>",
    default=f"Seatledger <billing@{_domain}>",
)
# Whom customers write to, and the server whose word counts for what comes back (`take_mail`).
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", good="support@example.com", default=f"support@{_domain}")
MAIL_AUTHSERV_ID = env.text("MAIL_AUTHSERV_ID", good="mx.example.com", default="")

# Background work

REDIS_URL = env.redis("REDIS_URL", default=f"redis+socket://{broker_socket(VAR)}")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker that dies gives its task back: unacknowledged ones are looked for every 5 seconds, and a
# task that nobody acknowledged within half an hour is handed out again.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Whoever rings waits a third of a second for a broker, not six: beat finds what was not rung.
    "max_retries": 3,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "visibility_timeout": 1800,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"

# Rules and letters by dotted path

BILLING_CHANGE_RULES = answers.BILLING_CHANGE_RULES
ACCOUNTS_CONSEQUENCES = answers.ACCOUNTS_CONSEQUENCES
ACCOUNTS_HOLDINGS, DESK_LEVELS = answers.ACCOUNTS_HOLDINGS, answers.DESK_LEVELS
DESK_USAGE, BILLING_PAGES = answers.DESK_USAGE, answers.BILLING_PAGES
ACCOUNTS_STATUS_RULES, ACCOUNTS_FOLLOWS = answers.ACCOUNTS_STATUS_RULES, answers.ACCOUNTS_FOLLOWS
JUMP_FINDERS = answers.JUMP_FINDERS
PORTAL_BANNERS = answers.PORTAL_BANNERS
INBOX_MESSAGES = answers.INBOX_MESSAGES
BILLING_GATEWAY, STRIPE = payments(env, deployed=_deployed)
ACCOUNTS_TAX_ID_CHECK = answers.tax_id_check(env)
MAIL_LETTERS = answers.MAIL_LETTERS

# How long a worker of a billing run may be silent before another one takes its page over.
BILLING_LEASE_SECONDS = env.number("BILLING_LEASE_SECONDS", default=60, least=1)

# How many months of history the demo tells; its deeds are written for these.
DEMO_MONTHS = env.number("DEMO_MONTHS", default=14, least=4, most=14)

# The admin

UNFOLD = desk.UNFOLD

# Safety

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https and env.flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=31_536_000) if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
# Only a proxy that sets this header itself may be trusted with it.
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Whom rate limits count: the address that the proxy has added to X-Forwarded-For.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Logs: one line for one thing that happened, key=value

LOG_LEVEL = env.text("LOG_LEVEL", good="INFO", default="INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    env.refuse("LOG_LEVEL", LOG_LEVEL, expected="DEBUG, INFO, WARNING or ERROR", good="INFO")
    LOG_LEVEL = "INFO"
LOGGING = logs.logging_at(LOG_LEVEL)

env.complain()
