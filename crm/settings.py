"""All of Kept's settings, top to bottom: the environment decides, the defaults are small.

Every variable read here stands in the README's table.
"""

import json
import logging
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from django.contrib.messages import constants as messages
from django.utils.csp import CSP

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("KEPT_VAR", ROOT / "var"))


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _own_folder(path: Path) -> None:
    """Make a folder in which nobody else on this machine can look; one that is there stays."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by its owner alone."""
    if not path.exists():
        _own_folder(path.parent)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(50))
        try:
            os.link(made, path)  # atomic: of two processes that start together, one wins
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()


# --- The installation ------------------------------------------------------------------------

DEBUG = _flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret(VAR / "secret_key")
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [
    host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]
_host = urlsplit(BASE_URL).hostname or ""
IS_LOCAL = _host in {"localhost", "127.0.0.1", "::1"}
if not IS_LOCAL and "ALLOWED_HOSTS" not in os.environ:
    ALLOWED_HOSTS.append(_host)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "crm",
    "contacts",
    "followups",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_htmx",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "crm.middleware.PrivateResponses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "crm.middleware.FragmentRedirects",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.middleware.LogInFirst",
    "crm.middleware.ViewingAs",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "crm.middleware.RefusedForms",
    "crm.middleware.UserTime",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["crm.templatetags.ui", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "crm.rendering.Renderer"

# --- What it keeps ---------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A transaction that reads and then writes fails at once unless it began as IMMEDIATE.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
            "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
        ),
    }
    _own_folder(Path(DATABASES["default"]["NAME"]).parent)

# Rate limits count here: the database is there whenever a log-in can be.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "crm_cache",
        # More than anybody can fill in five minutes: what is culled is forgiven.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Photos: outside the web root, served only by a view that asks who is looking.
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR / "media"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "crm.static_files.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Who uses it -----------------------------------------------------------------------------

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.accounts.MemberBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "followups:today"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "crm.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "crm.account_forms.LogInForm",
    "signup": "crm.account_forms.SignUpForm",
    "add_email": "crm.account_forms.NewEmailForm",
    "change_password": "crm.account_forms.ChangePasswordForm",
    "set_password": "crm.account_forms.SetPasswordForm",
    "reset_password": "crm.account_forms.ForgottenForm",
    "reset_password_from_key": "crm.account_forms.NewPasswordForm",
    "reauthenticate": "crm.account_forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Else signing up would tell whether an address is known already.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Beside allauth's own: mails that a member can cause.
ACCOUNT_RATE_LIMITS = {"invite": "30/h/user", "digest": "10/h/user"}
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "crm.views.refusals.too_old"
MESSAGE_STORAGE = "crm.http.OwnMessages"
MESSAGE_TAGS = {messages.SUCCESS: "good", messages.WARNING: "owed", messages.ERROR: "owed"}

# --- Mail ------------------------------------------------------------------------------------


def _mailer(url: str) -> dict[str, Any]:
    """`EMAIL_URL` as a MAILERS entry: `file:///folder`, `smtp://user:pass@host:25`,
    `smtp+tls://…` (STARTTLS) or `smtps://…`; `?timeout=60` sets the seconds that one answer may
    take, `&patience=85` those of all of them. `anymail://postmark` is one of django-anymail's
    providers, whose keys stand in `ANYMAIL`."""
    parts = urlsplit(url)
    if parts.scheme == "anymail":
        return {"BACKEND": f"anymail.backends.{parts.hostname}.EmailBackend"}
    if parts.scheme == "file":
        return {
            "BACKEND": "crm.mail_files.EmailBackend",
            "OPTIONS": {"file_path": parts.path},
        }
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    patience = {"patience": float(query["patience"])} if "patience" in query else {}
    return {
        "BACKEND": "crm.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            # A short one would turn slow servers into mails of which nobody knows the fate.
            "timeout": int(query.get("timeout", "60")),
        }
        | patience,
    }


MAILERS = {"default": _mailer(os.environ.get("EMAIL_URL", f"file://{VAR / 'mail'}"))}
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", f"Kept <kept@{_host or 'localhost'}>")

# django-anymail's own settings, such as {"POSTMARK_SERVER_TOKEN": "…"}.
ANYMAIL = json.loads(os.environ.get("ANYMAIL") or "{}")
# How long a worker may hold one mail, and the shortest pause before it is tried again.
MAIL_LEASE_SECONDS = int(os.environ.get("MAIL_LEASE_SECONDS", "300"))
MAIL_RETRY_SECONDS = int(os.environ.get("MAIL_RETRY_SECONDS", "60"))

# Answers to mails: where they go, and how they come in (by a provider's post or from a mailbox).
REPLY_DOMAIN = os.environ.get("REPLY_DOMAIN", "")
INBOUND_SECRET = os.environ.get("INBOUND_SECRET", "")
IMAP_URL = os.environ.get("IMAP_URL", "")

# --- What runs by itself ----------------------------------------------------------------------

# Without it, `run_scheduler` does the same work in one process.
REDIS_URL = os.environ.get("REDIS_URL", "")
TICK_SECONDS = int(os.environ.get("TICK_SECONDS", "60"))
# What a worker finds only after so many seconds has been said again since.
TOLD_AGAIN_WITHIN = max(TICK_SECONDS, 30)
FAIL_AT = os.environ.get("KEPT_FAIL_AT", "")

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT = "crm.broker:Transport" if REDIS_URL else None
# What lies unacknowledged for so long is given to another worker: more than three hard limits.
VISIBILITY_SECONDS = int(os.environ.get("VISIBILITY_SECONDS", "600"))
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_SECONDS,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_SECONDS}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 300
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_CRON_STARTING_DEADLINE = 1800
# Keeps nothing in a file: what was missed while it was away, the next tick finds anyway.
CELERY_BEAT_SCHEDULER = "crm.beat:Scheduler"
# The longest it sleeps: a clock that was set back is noticed then.
CELERY_BEAT_MAX_LOOP_INTERVAL = TICK_SECONDS
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "followups.tasks.tick",
        "schedule": crontab() if TICK_SECONDS == 60 else timedelta(seconds=TICK_SECONDS),
        "options": {"expires": TOLD_AGAIN_WITHIN},
    }
}

# --- Words and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")

# --- Security --------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if not IS_LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if _flag("BEHIND_PROXY"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Some addresses are secrets themselves: whoever has one may act by it.
_SECRET = re.compile(
    r"(/(?:invitations|feeds|inbound|mail/\w+|accounts/confirm-email|accounts/password/reset/key)/)"
    r"[^/\s]+"
)


def _without_secrets(record: logging.LogRecord) -> bool:
    """Log what was asked for without the secret in its address; a form that asks to be mended is
    nothing to log."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _SECRET.sub(r"\1…", said) if isinstance(said, str) else said for said in record.args
        )
    return getattr(record, "status_code", None) != 422


LOG_LEVEL = os.environ.get("LOG_LEVEL", "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": lambda: _without_secrets}},
    "loggers": {
        name: {"filters": ["without_secrets"]}
        for name in ("django.request", "django.security.csrf")
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        # Loggers of Django's own have a level of their own: this is where all of them end.
        "console": {"class": "logging.StreamHandler", "formatter": "line", "level": LOG_LEVEL}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
