"""All settings of an installation: read from the environment, typed, and loud when wrong."""

import json
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# --- what kind of installation this is -------------------------------------------------
DEBUG = env.bool("DEBUG", False)
# Where databases, uploads, secrets and mail files of a single-machine installation live.
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
# Links in mails are built from this address and never from a request's Host header.
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_HOST = SITE_URL.split("://", 1)[1].split("/", 1)[0]
ORGANISATION_NAME = env.str("ORGANISATION_NAME", "Our organisation")
# The dotted name of a class that compares texts, see matching.criteria.likeness; without one nothing does.
TEXT_SCORER = env.str("TEXT_SCORER", "")
SECURE = SITE_URL.startswith("https://")


def _secret(name: str) -> str:
    """A secret from the environment; on a machine without https one made once and kept under var/."""
    value = env.str(name, "")
    if value:
        return value
    if SECURE:
        raise ImproperlyConfigured(f"{name} is not set. Set it to a long random value before serving over https.")
    from cryptography.fernet import Fernet

    path = VAR_DIR / name.lower()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Fernet.generate_key().decode())
    return path.read_text()


def json_object(name: str, example: str) -> dict[str, object]:
    """Options by name; what was given may hold a password, so that an error does not repeat it."""
    how = f"Set it to one JSON object on one line, for example {name}={example}, see docs/scaling.md."
    try:
        value = json.loads(env.str(name, "") or "{}")
    except json.JSONDecodeError as error:
        what = f"{name} is not JSON: {error.msg}, at character {error.pos + 1}. {how}"
        raise ImproperlyConfigured(what) from None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} is not options with names. {how}")
    return value


SECRET_KEY = _secret("SECRET_KEY")
# Newest first, separated by commas: the first encrypts, all decrypt.
CONFIDENTIAL_KEYS = [key.strip() for key in _secret("CONFIDENTIAL_KEYS").split(",") if key.strip()]
# Encrypts backups; beside them it would be of no use. From the environment, or from a file that it names.
BACKUP_KEY = env.str("BACKUP_KEY", "").strip()
_backup_key_file = env.str("BACKUP_KEY_FILE", "")
if _backup_key_file and not BACKUP_KEY:
    BACKUP_KEY = Path(_backup_key_file).read_text().strip()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [SITE_HOST.split(":")[0], "localhost", "127.0.0.1"])

# --- what it is made of ----------------------------------------------------------------
INSTALLED_APPS = [
    "mentorship.apps.MentorshipConfig",
    "reports",
    "safeguarding",
    "surveys",
    "sessions",
    "matching",
    "programs",
    "participants",
    "mail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mentorship.middleware.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    # Before what serves static files, so that these carry its headers too.
    "mentorship.middleware.PrivateByDefaultMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mentorship.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "participants.browsers.OwnerMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mentorship.middleware.TimezoneMiddleware",
    "mentorship.middleware.OnlyButtonsMiddleware",
    # The last: it runs the view itself, once everybody before it has let the form through.
    "mentorship.forms_sent.FormsSentMiddleware",
]
ROOT_URLCONF = "mentorship.urls"
WSGI_APPLICATION = "mentorship.wsgi.application"
FORM_RENDERER = "participants.widgets.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mentorship.context.frame",
            ],
            "builtins": ["mentorship.templatetags.look"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- where it keeps things -------------------------------------------------------------
# A thread of a web process keeps its connection for so many seconds; 0 where a pooler such as PgBouncer stands between.
_kept = env.int("DATABASE_KEPT_SECONDS", 60)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}", conn_max_age=_kept)}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = False
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock before the first read, which is what row locks do elsewhere.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # Behind such a pooler the next rows of a cursor might be asked of another connection.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = _kept == 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = VAR_DIR / "media"
CACHES: dict[str, dict[str, object]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- the bell --------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    # No page waits for a Redis that does not answer: the row in the database is the record of what is to be done.
    CACHES["default"] = {
        "BACKEND": "mentorship.caching.SharedCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
            "serializer": "mentorship.caching.JsonSerializer",
        },
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"socket_connect_timeout": 2}
else:
    CELERY_BROKER_URL = "filesystem://"
    _queue = VAR_DIR / "queue"
    _queue.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_queue / "control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker takes no more jobs than it has hands, so that those of many tracks spread over all workers.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Mail and the tick go one way, jobs that people wait for at a page another. A worker serves both and takes from each in
# turn, unless it is told one (--queues): then neither can wait behind the other.
CELERY_TASK_QUEUES = [Queue("jobs"), Queue("mail")]
CELERY_TASK_DEFAULT_QUEUE = "jobs"
CELERY_TASK_ROUTES = {"mail.tasks.*": {"queue": "mail"}, "mentorship.tasks.tick": {"queue": "mail"}}
CELERY_TIMEZONE = "UTC"
# One tick a minute finds whatever is due in the database; nothing else is scheduled anywhere.
CELERY_BEAT_SCHEDULE = {"tick": {"task": "mentorship.tasks.tick", "schedule": 60.0}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat")

# --- mail ------------------------------------------------------------------------------
# Without EMAIL_URL every message becomes a readable file under var/mail.
if env.str("EMAIL_URL", ""):
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 45
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"mentoring@{SITE_HOST.split(':')[0]}")
# Name of a header by which the next mail server drops repeats (for example "Idempotency-Key").
EMAIL_IDEMPOTENCY_HEADER = env.str("EMAIL_IDEMPOTENCY_HEADER", "")

# --- signing in ------------------------------------------------------------------------
AUTH_USER_MODEL = "participants.User"
AUTHENTICATION_BACKENDS = [
    "participants.browsers.AccountBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "participants.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Reports of a concern from one address: a school behind one line must not be locked out. And forms sent to one page
# behind an e-mailed link, which nobody does so often by hand.
ACCOUNT_RATE_LIMITS = {"concern": "20/h/ip", "link": "30/m/key"}
MFA_ADAPTER = "mentorship.administration.second_factor.EncryptingAdapter"
# Where superusers look after accounts and the machinery, behind a second factor. Empty: there are no such pages.
ADMIN_PATH = env.str("ADMIN_PATH", "").strip("/")
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

# --- language, time --------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True
# There is one language. With more to choose from, each address and each label of a page asks which it is.
USE_I18N = False

# --- static files ----------------------------------------------------------------------
STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where uploads and files made for people lie; several machines name a store they share (docs/scaling.md).
STORAGES = {
    "default": {
        "BACKEND": env.str("STORAGE", "") or "django.core.files.storage.FileSystemStorage",
        "OPTIONS": json_object("STORAGE_OPTIONS", '{"location": "/mnt/mentorship"}'),
    },
    "staticfiles": {
        "BACKEND": env.str("STATICFILES", "whitenoise.storage.CompressedManifestStaticFilesStorage"),
    },
}

# --- security --------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "participants.browsers"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
# Browsers keep a cookie of such a name only over https and only for this very host.
_prefix = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
THEME_COOKIE_NAME = f"{_prefix}theme"
# What was said to somebody lies with their session, not in a cookie of its own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "mentorship.views.grown_old"
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Limits on asking count the address that the nearest proxy saw; what a browser itself claims is further left.
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1)
# An upload over this size is refused before it is read.
IMPORT_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# --- logs ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "mentorship.logs.MaskTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
