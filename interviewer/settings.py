"""Every setting, read from the environment with defaults for one machine.

`.env.example` lists the variables with unit and default; a test compares it with
this file. Everything that is written goes into DATA_DIR.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from interviewer.data_directory import prepare_data_directory, read_or_create_secret
from interviewer.environment import env_bool, env_int, env_json, env_list, env_str
from interviewer.guarded_redis import DEADLINE_SECONDS
from interviewer.logs import log_configuration
from interviewer.model_prices import checked_prices
from interviewer.redis_urls import broker_url, embedded_redis_socket, socket_url

BASE_DIR = Path(__file__).resolve().parent.parent

# Variables may be kept in a file; those that are set already win.
environ.Env.read_env(env_str("ENV_FILE", str(BASE_DIR / ".env")))

# --- Where data lives ---------------------------------------------------------------

DATA_DIR = Path(env_str("DATA_DIR", str(BASE_DIR / "var"))).expanduser().resolve()
prepare_data_directory(DATA_DIR)

# Part of every cache key: two installations may share one Redis.
ENVIRONMENT = env_str("ENVIRONMENT", "local")

# --- Address and trust --------------------------------------------------------------

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_str("SECRET_KEY", "") or read_or_create_secret(DATA_DIR / "secret_key")

# The address people type, such as https://interviews.example.org; empty on loopback.
PUBLIC_URL = env_str("PUBLIC_URL", "")
_public = urlsplit(PUBLIC_URL)
if PUBLIC_URL and not (_public.scheme in {"http", "https"} and _public.hostname):
    raise ImproperlyConfigured(
        f"PUBLIC_URL must look like https://host, not {PUBLIC_URL!r}."
    )
IS_TLS = _public.scheme == "https"

# Loopback names always work, for health probes; others are added.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env_list("ALLOWED_HOSTS", "")]
if _public.hostname:
    ALLOWED_HOSTS.append(_public.hostname)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if PUBLIC_URL else []

# Addresses of reverse proxies whose forwarding headers count; the server applies it.
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES", "")

SECURE_SSL_REDIRECT = IS_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_TLS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other hosts of the domain are not ours to promise TLS for
    "security.W021",  # preloading is the domain owner's decision
]

# --- Parts --------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "axes",
    "sessions_app",
    "interviewer",
]

# All synchronous: a page runs in one thread (see web/handler.py); streams do not come
# this way (see asgi.py).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "interviewer.web.middleware.security_headers",
    "interviewer.web.middleware.StaticFiles",
    "interviewer.web.middleware.request_log",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "interviewer.web.middleware.DatabaseTrouble",
]

ROOT_URLCONF = "interviewer.urls"

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
                "interviewer.web.theme.theme",
            ],
        },
    },
]

# --- Database -----------------------------------------------------------------------

SQLITE_OPTIONS = {
    # The default (deferred) transactions fail with "database is locked" when two
    # readers turn writers; FULL keeps the last commits through a power cut.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
}
# Kept by its thread (see web/handler.py): a new one reads the schema first.
SQLITE_CONN_MAX_AGE = None

# 0 means no limit: for migrations and other long work.
DATABASE_STATEMENT_TIMEOUT_SECONDS = env_int("DATABASE_STATEMENT_TIMEOUT_SECONDS", 5)
DATABASE_POOL_SIZE = env_int("DATABASE_POOL_SIZE", 10, least=1)


def _postgresql_options() -> dict[str, Any]:
    statement_timeout_ms = DATABASE_STATEMENT_TIMEOUT_SECONDS * 1000
    return {
        "connect_timeout": 3,
        "options": f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=2000",
        # The pool keeps connections; `timeout` is how long a request waits for one.
        "pool": {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 3},
    }


def _database() -> dict[str, Any]:
    url = env_str("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": SQLITE_CONN_MAX_AGE,
        }
    config: dict[str, Any] = environ.Env.db_url_config(url)
    engine = config.get("ENGINE", "")
    if engine.endswith("sqlite3"):
        own_options = SQLITE_OPTIONS
        config["CONN_MAX_AGE"] = SQLITE_CONN_MAX_AGE
    elif engine.endswith("postgresql"):
        own_options = _postgresql_options()
        config["CONN_MAX_AGE"] = 0  # the pool keeps them
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgres:// or sqlite:///."
        )
    config["OPTIONS"] = {**own_options, **config.get("OPTIONS", {})}
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, broker, streams --------------------------------------------------

# Broker, streams and leases (server policy noeviction). Without it, the embedded
# server that bin/run keeps on a socket in the data directory.
REDIS_SOCKET = embedded_redis_socket(data_dir=DATA_DIR)
REDIS_URL = env_str("REDIS_URL", socket_url(path=REDIS_SOCKET))
IS_REDIS_EMBEDDED = not env_str("REDIS_URL", "")
# The cache (server policy allkeys-lfu).
REDIS_CACHE_URL = env_str("REDIS_CACHE_URL", REDIS_URL)

CACHES = {
    "default": {
        "BACKEND": "interviewer.cache.ForgivingRedisCache",
        "LOCATION": REDIS_CACHE_URL,
        "KEY_PREFIX": f"mi:{ENVIRONMENT}",
        "TIMEOUT": 300,  # seconds: no key without a TTL
        "OPTIONS": {
            "SERIALIZER": "interviewer.cache.JsonSerializer",
            "SOCKET_CONNECT_TIMEOUT": DEADLINE_SECONDS,
            "SOCKET_TIMEOUT": DEADLINE_SECONDS,
            "REDIS_CLIENT_CLASS": "interviewer.guarded_redis.GuardedRedis",
            "CONNECTION_POOL_CLASS": "interviewer.guarded_redis.GuardedPool",
            "CONNECTION_POOL_KWARGS": {"role": "cache", "failures": 3},
            # A miss instead; the breaker logs when Redis goes.
            "IGNORE_EXCEPTIONS": True,
        },
    },
}

# How long a list or a session's state may be served at most when nothing tells that it
# changed. Something does; this bounds what a lost word costs.
READ_CACHE_SECONDS = env_int("READ_CACHE_SECONDS", 60, least=1)

# --- Celery: tasks are doorbells ----------------------------------------------------

CELERY_BROKER_URL = broker_url(redis_url=REDIS_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may stay away for long
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the longest task, and looked at every second: a killed worker's task is
    # back after `visibility_timeout`; until then the sweep does its work.
    "visibility_timeout": 300,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "global_keyprefix": f"mi:{ENVIRONMENT}:q:",
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 45  # seconds; the threads pool ignores both limits
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_PUBLISH_RETRY = False  # the sweep rings again
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    "celery": {},
    "archive": {},
    "fold": {},
    "judge": {},
}
CELERY_TASK_ROUTES = {
    "sessions.archive": {"queue": "archive"},
    "interviewer.fold": {"queue": "fold"},
    "interviewer.judge": {"queue": "judge"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10  # seconds
CELERY_TIMEZONE = "UTC"

HEARTBEAT_SECONDS = 15
HEARTBEAT_STALE_SECONDS = 60
SWEEP_SECONDS = 10
INVALIDATION_SWEEP_SECONDS = 1

# Kept in memory: every interval is short, so a restart has nothing to remember.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": task,
        "schedule": seconds,
        # While no worker runs, doorbells must not pile up in the broker.
        "options": {"expires": seconds},
    }
    for name, task, seconds in [
        ("archive what no doorbell announced", "sessions.archive", SWEEP_SECONDS),
        (
            "tell Redis what no hook told it",
            "sessions.invalidate",
            INVALIDATION_SWEEP_SECONDS,
        ),
        ("finish what was left behind", "interviewer.sweep", SWEEP_SECONDS),
        ("fold long histories", "interviewer.fold", SWEEP_SECONDS),
        ("ask for second opinions", "interviewer.judge", SWEEP_SECONDS),
        ("forget guests who stay away", "sessions.forget_guests", 600),
        ("show a sign of life", "sessions.heartbeat", HEARTBEAT_SECONDS),
    ]
}

# --- Accounts -----------------------------------------------------------------------

AUTH_USER_MODEL = "sessions_app.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses whoever is locked out
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Length and a list of common passwords; rules of composition help nobody.
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_validation}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_validation}.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "interviewer.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# A guest is logged in, in a way, and must still reach the login page.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_TLS else "http"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    # One password tried on many accounts; many on one account is the lock's matter.
    "login_failed": "20/30m/ip",
    "signup": "5/h/ip",
    "reset_password": "20/h/ip,5/h/key",
}

# --- Lock against guessed passwords, on both sign-in pages --------------------------

# Kept in the database: it holds while Redis is away.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
# Of both: nobody can lock a person out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Attempts while locked are not looked at, and do not prolong the lock.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "interviewer.web.login_lock.tried_address"
AXES_CLIENT_IP_CALLABLE = "interviewer.web.login_lock.network_of"
AXES_LOCKOUT_CALLABLE = "interviewer.web.login_lock.locked"
# Neither kept with an attempt nor logged; passwords never are.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "csrfmiddlewaretoken"]
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in when is nobody's business
AXES_ENABLE_ADMIN = False  # the admin has a page of its own for them

# --- Login sessions and cookies -----------------------------------------------------

# Read from the cache, kept in the database: with Redis gone nobody is logged out.
SESSION_ENGINE = "interviewer.web.login_sessions"
SESSION_COOKIE_AGE = 60 * 24 * 3600  # seconds; renewed by each new interview
SESSION_COOKIE_SECURE = IS_TLS
CSRF_COOKIE_SECURE = IS_TLS
CSRF_FAILURE_VIEW = "interviewer.web.kept_text.csrf_failure"
CSRF_COOKIE_HTTPONLY = True  # scripts send the form's hidden field
# Browsers accept this prefix over TLS only; it pins the cookie to this very host.
_cookie_prefix = "__Host-" if IS_TLS else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"

# --- What a browser may do with our pages -------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 4
# Files are read in memory and forgotten; only a body too large to be taken is spooled.
FILE_UPLOAD_HANDLERS = ["interviewer.web.uploads.InMemoryOnly"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- Interviews ---------------------------------------------------------------------

ANSWER_MAX_CHARACTERS = env_int("ANSWER_MAX_CHARACTERS", 10_000, least=500)
GUEST_RETENTION_DAYS = env_int("GUEST_RETENTION_DAYS", 30, least=1)
DOCUMENT_MAX_CHARACTERS = env_int("DOCUMENT_MAX_CHARACTERS", 20_000, least=1_000)

# --- Language models: none is needed, the built-in engine stands in -----------------

# provider:model, such as openai:gpt-5-mini; empty: only the built-in engine.
INTERVIEWER_MODEL = env_str("INTERVIEWER_MODEL", "")
# For judging, summaries, and words when a budget runs low.
INTERVIEWER_CHEAP_MODEL = env_str("INTERVIEWER_CHEAP_MODEL", INTERVIEWER_MODEL)
INTERVIEWER_MODEL_URL = env_str("INTERVIEWER_MODEL_URL", "")
INTERVIEWER_MODEL_PARAMETERS = env_json("INTERVIEWER_MODEL_PARAMETERS", "{}")
# Price of a million tokens by model: {"openai:gpt-5-mini": {"in": 0.25, …}}.
MODEL_PRICES = checked_prices(env_json("MODEL_PRICES", "{}"))
MODEL_CONCURRENCY = env_int("MODEL_CONCURRENCY", 8, least=1)
MODEL_REQUESTS_PER_MINUTE = env_int("MODEL_REQUESTS_PER_MINUTE", 0)  # 0: no limit
MODEL_SESSION_TOKENS = env_int("MODEL_SESSION_TOKENS", 400_000)
MODEL_USER_DAY_TOKENS = env_int("MODEL_USER_DAY_TOKENS", 2_000_000)
MODEL_DAY_TOKENS = env_int("MODEL_DAY_TOKENS", 0)  # of everybody; 0: no limit
HISTORY_WINDOW = env_int("HISTORY_WINDOW", 20, least=2)  # messages always verbatim

METRICS_TOKEN = env_str("METRICS_TOKEN", "")

# --- E-mail -------------------------------------------------------------------------


def _email() -> dict[str, Any]:
    url = env_str("EMAIL_URL", "")
    if url:
        return dict(environ.Env.email_url_config(url))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(DATA_DIR / "outbox"),
    }


_mail = _email()
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH")
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5  # seconds
DEFAULT_FROM_EMAIL = env_str("EMAIL_FROM", "AI interviewer <interviewer@localhost>")

# --- Static files -------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "interviewer.web.static_files.HashedStaticFiles",
    },
}

# --- Language and time --------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logs ---------------------------------------------------------------------------

LOG_LEVEL = env_str("LOG_LEVEL", "INFO").upper()
LOGGING_CONFIG = "interviewer.logs.configure"
LOGGING = log_configuration(level=LOG_LEVEL)
