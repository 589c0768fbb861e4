"""All settings, each from the environment with a default that runs on one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from bulou.config import logs
from bulou.kernel import sqlite
from bulou.kernel.files import read_or_make

sqlite.install()


def flag(name: str, default: bool = False) -> bool:
    """A yes-or-no setting."""
    return os.environ.get(name, "1" if default else "0").lower() in {
        "1",
        "true",
        "yes",
        "on",
    }


def database(url: str, home: Path) -> dict[str, object]:
    """The database connection: PostgreSQL by its address, else SQLite under the home folder."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "bulou.sqlite3",
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": sqlite.init_command(),
            },
        }
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", "")) or parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A machine that is gone answers nothing: whoever waits hears of it in seconds.
        "OPTIONS": {"connect_timeout": 5, "tcp_user_timeout": 20_000},
    }


PACKAGE = Path(__file__).resolve().parents[1]

BULOU_HOME = Path(os.environ.get("BULOU_HOME", "var")).resolve()
BULOU_KEY_FILE = Path(os.environ.get("BULOU_KEY_FILE", BULOU_HOME / "keys" / "county.json"))
BULOU_DATABASE_URL = os.environ.get("BULOU_DATABASE_URL", "")
BULOU_COUNTY = os.environ.get("BULOU_COUNTY", "141022")
BULOU_BACKUP_FOLDER = os.environ.get("BULOU_BACKUP_FOLDER", "")
BULOU_BACKUP_HOURS = float(os.environ.get("BULOU_BACKUP_HOURS", "24"))
BULOU_BACKUP_KEEP = int(os.environ.get("BULOU_BACKUP_KEEP", "30"))
BULOU_BACKUP_DAYS = int(os.environ.get("BULOU_BACKUP_DAYS", "30"))
BULOU_PURGE = flag("BULOU_PURGE")
BULOU_REHEARSAL_URL = os.environ.get("BULOU_REHEARSAL_URL", "")
BULOU_HISTORY_DAYS = int(os.environ.get("BULOU_HISTORY_DAYS", "60"))
BULOU_SECOND_FACTOR = os.environ.get("BULOU_SECOND_FACTOR", "required")
"""`required`: whoever sees a township or more shows a second factor. `off`: nobody is asked (demo, tests)."""
BULOU_TICK_SECONDS = int(os.environ.get("BULOU_TICK_SECONDS", "60"))
BULOU_WEBHOOK_HOSTS = [host for host in os.environ.get("BULOU_WEBHOOK_HOSTS", "").split(",") if host]

SECRET_KEY_FILE = BULOU_KEY_FILE.with_name("django.key")
SECRET_KEY = os.environ.get("BULOU_SECRET_KEY") or read_or_make(SECRET_KEY_FILE, secrets.token_urlsafe(48))

DEBUG = flag("BULOU_DEBUG")
ALLOWED_HOSTS = os.environ.get("BULOU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("BULOU_ORIGINS", "").split(",") if origin]

DATABASES = {"default": database(BULOU_DATABASE_URL, BULOU_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "axes",
    "csp",
    "bulou.kernel",
    "bulou.places",
    "bulou.rights",
    "bulou.people",
    "bulou.sheets",
    "bulou.sync",
    "bulou.obligations",
    "bulou.arrivals",
    "bulou.monitoring",
    "bulou.residents",
    "bulou.command",
    "bulou.web",
]

MIDDLEWARE = [
    "bulou.command.operation.measuring.measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Cheap phones and village lines; it pads each answer, so that its length tells nothing (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bulou.web.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bulou.web.middleware.sessions_in_use",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "bulou.config.urls"
WSGI_APPLICATION = "bulou.config.wsgi.application"

TEMPLATE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bulou.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "bulou.web.templatetags.bulou",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "bulou.web.views.locked_out"
CSRF_FAILURE_VIEW = "bulou.web.views.csrf_failed"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "board"
LOGOUT_REDIRECT_URL = "login"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("BULOU_HTTPS")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if flag("BULOU_HTTPS") else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Every page lives from this host alone.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = BULOU_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if flag("BULOU_COLLECTED")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not flag("BULOU_COLLECTED")
MEDIA_ROOT = BULOU_HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_TEMP_DIR = None

LOGGING = logs.logging(
    os.environ.get("BULOU_LOG", "WARNING"), as_json=os.environ.get("BULOU_LOG_FORMAT") == "json"
)
