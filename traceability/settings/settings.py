"""Read the environment into one frozen value."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "TRACEABILITY_"


class SettingsError(Exception):
    """A setting is unknown or unusable; the message is one line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the service is told from outside (docs/settings.md)."""

    home: Path
    keys: Path
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxy: str = "127.0.0.1"
    database_url: str = ""
    key_passphrase: str | None = None
    key_passphrase_file: Path | None = None
    threads: int = 8
    body_limit: int = 8 * 1024 * 1024
    min_free_bytes: int = 100 * 1024 * 1024
    session_hours: int = 12
    rate_limit_key: int = 600  # requests a minute; 0: as many as come
    rate_limit_address: int = 120
    rate_limit_sign_in: int = 30
    rate_limit_scratch: int = 20
    rate_limit_storage: str = "memory://"
    db_pool_size: int = 8
    db_pool_overflow: int = 10
    db_pool_wait: int = 10
    db_pool_recycle: int = 1800
    db_pre_ping: bool = True
    db_connect_timeout: int = 5
    db_tcp_timeout: int = 20
    db_lock_timeout: int = 20
    db_statement_timeout: int = 30
    db_idle_timeout: int = 300
    log_format: str = "text"
    log_level: str = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    archive: str = ""  # an fsspec address; else a folder in the home
    archive_days: int = 30
    worker: bool = True
    label_processes: int = min(2, os.cpu_count() or 1)  # 300 MB each at most
    witness_policy: Path | None = None  # else witness-policy.txt in the home, if any

    @property
    def public(self) -> bool:
        """Return whether the base address is a public https one."""
        parts = urlsplit(self.base_url)
        local = {"localhost", "127.0.0.1", "::1"}
        return parts.scheme == "https" and parts.hostname not in local


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment. Raises ``SettingsError`` naming the first bad setting."""
    known = {f"{PREFIX}{name}" for name in _OWN} | {f"{PREFIX}HOME"}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(
                f"{name} is not a setting (docs/settings.md lists them)"
            )
    named = environ.get(f"{PREFIX}HOME", "")
    home = Path(named or "var").absolute()
    values: dict[str, object] = {
        "home": home,
        "keys": home / "keys" if named else Path("keys").absolute(),
    }
    for name, (field, parse) in _PLAIN.items():
        _read(environ, name, field, parse, values)
    for name, (field, parse) in _OWN.items():
        _read(environ, f"{PREFIX}{name}", field, parse, values)
    values.setdefault(
        "base_url", _default_base_url(str(values.get("host", "")), values.get("port"))
    )
    values.setdefault("database_url", f"sqlite:///{home / 'traceability.sqlite3'}")
    settings = Settings(**values)  # type: ignore[arg-type]  # parsers made each type
    _check_pool(settings)
    return settings


def _check_pool(settings: Settings) -> None:
    """Refuse fewer connections than requests at once may hold: two each."""
    least = 2 * settings.threads
    if settings.db_pool_size + settings.db_pool_overflow < least:
        raise SettingsError(
            f"{PREFIX}DB_POOL_SIZE={settings.db_pool_size} and"
            f" {PREFIX}DB_POOL_OVERFLOW={settings.db_pool_overflow} must together be"
            f" {least} or more: two for each of {PREFIX}THREADS={settings.threads}"
        )


def _read(
    environ: Mapping[str, str],
    name: str,
    field: str,
    parse: Callable[[str], object],
    values: dict[str, object],
) -> None:
    text = environ.get(name, "")
    if not text:
        return
    try:
        values[field] = parse(text)
    except ValueError as error:
        raise SettingsError(f"{name}={text!r}: {error}") from None


def _default_base_url(host: str, port: object) -> str:
    shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 (compared, not bound)
    return f"http://{shown}:{port or 8000}"


def _port(text: str) -> int:
    return _between(1, 65535)(text)


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _base_url(text: str) -> str:
    parts = urlsplit(text.rstrip("/"))
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ValueError("must look like https://host or http://host:port")
    if not parts.netloc.isascii():
        raise ValueError("must be ASCII (use the xn-- form of the host)")
    _ = parts.port  # raises ValueError where it is no port
    return f"{parts.scheme}://{parts.netloc.lower()}"


def parse_database_url(text: str) -> str:
    """Return the address of a database with its driver. Raises ``ValueError``."""
    if text.startswith("sqlite:///"):
        return text
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    raise ValueError("must start with sqlite:/// or postgresql://")


def _existing_file(text: str) -> Path:
    if not Path(text).is_file():
        raise ValueError("there is no such file")
    return Path(text)


def _megabytes(low: int, high: int) -> Callable[[str], int]:
    parse = _between(low, high)
    return lambda text: parse(text) * 1024 * 1024


def _storage(text: str) -> str:
    if urlsplit(text).scheme not in {"memory", "redis", "rediss", "memcached"}:
        raise ValueError(
            "must start with memory://, redis://, rediss:// or memcached://"
        )
    return text


def _archive(text: str) -> str:
    """Return an fsspec address; a path without a scheme is a folder."""
    return text if "://" in text else Path(text).absolute().as_uri()


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return parse


def _address(text: str) -> str:
    return str(ip_address(text))


def _switch(text: str) -> bool:
    return _one_of("on", "off")(text) == "on"


_PLAIN: dict[str, tuple[str, Callable[[str], object]]] = {
    "HOST": ("host", str),
    "PORT": ("port", _port),
    "BASE_URL": ("base_url", _base_url),
    "DATABASE_URL": ("database_url", parse_database_url),
}
_OWN: dict[str, tuple[str, Callable[[str], object]]] = {
    "KEY_PASSPHRASE": ("key_passphrase", str),
    "KEY_PASSPHRASE_FILE": ("key_passphrase_file", _existing_file),
    "TRUSTED_PROXY": ("trusted_proxy", _address),
    "THREADS": ("threads", _between(1, 256)),
    "BODY_LIMIT_MB": ("body_limit", _megabytes(1, 512)),
    "MIN_FREE_MB": ("min_free_bytes", _megabytes(0, 1_000_000)),
    "SESSION_HOURS": ("session_hours", _between(1, 24 * 31)),
    "RATE_LIMIT_KEY": ("rate_limit_key", _between(0, 1_000_000)),
    "RATE_LIMIT_ADDRESS": ("rate_limit_address", _between(0, 1_000_000)),
    "RATE_LIMIT_SIGN_IN": ("rate_limit_sign_in", _between(0, 1_000_000)),
    "RATE_LIMIT_SCRATCH": ("rate_limit_scratch", _between(0, 1_000_000)),
    "RATE_LIMIT_STORAGE": ("rate_limit_storage", _storage),
    "DB_POOL_SIZE": ("db_pool_size", _between(1, 500)),
    "DB_POOL_OVERFLOW": ("db_pool_overflow", _between(0, 500)),
    "DB_POOL_WAIT_SECONDS": ("db_pool_wait", _between(1, 300)),
    "DB_POOL_RECYCLE_SECONDS": ("db_pool_recycle", _between(10, 86_400)),
    "DB_PRE_PING": ("db_pre_ping", _switch),
    "DB_CONNECT_TIMEOUT_SECONDS": ("db_connect_timeout", _between(2, 300)),
    "DB_TCP_TIMEOUT_SECONDS": ("db_tcp_timeout", _between(1, 3600)),
    "DB_LOCK_TIMEOUT_SECONDS": ("db_lock_timeout", _between(1, 3600)),
    "DB_STATEMENT_TIMEOUT_SECONDS": ("db_statement_timeout", _between(1, 3600)),
    "DB_IDLE_TIMEOUT_SECONDS": ("db_idle_timeout", _between(10, 86_400)),
    "LOG_FORMAT": ("log_format", _one_of("text", "json")),
    "LOG_LEVEL": ("log_level", _one_of("DEBUG", "INFO", "WARNING", "ERROR")),
    "METRICS_HOST": ("metrics_host", str),
    "METRICS_PORT": ("metrics_port", _port),
    "ARCHIVE": ("archive", _archive),
    "ARCHIVE_DAYS": ("archive_days", _between(1, 3650)),
    "WORKER": ("worker", _switch),
    "LABEL_PROCESSES": ("label_processes", _between(1, 64)),
    "WITNESS_POLICY": ("witness_policy", _existing_file),
}
