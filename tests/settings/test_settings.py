"""A bad or unknown setting stops the start with one clear line."""

from pathlib import Path

import pytest

from traceability.db.database import Tuning
from traceability.settings import SettingsError, read_settings


def test_an_empty_environment_serves_on_this_machine() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url.startswith("sqlite:////")
    assert settings.keys == Path("keys").absolute()
    assert not settings.public


def test_the_home_holds_keys_and_database(tmp_path: Path) -> None:
    settings = read_settings({"TRACEABILITY_HOME": str(tmp_path)})
    assert settings.keys == tmp_path / "keys"
    assert str(tmp_path) in settings.database_url


def test_the_base_url_follows_host_and_port() -> None:
    assert read_settings({"HOST": "0.0.0.0", "PORT": "9000"}).base_url == (  # noqa: S104 (a value, nothing is bound)
        "http://127.0.0.1:9000"
    )
    assert read_settings({"BASE_URL": "HTTPS://Tx.Example/"}).base_url == (
        "https://tx.example"
    )


def test_a_public_https_address_is_known_as_public() -> None:
    assert read_settings({"BASE_URL": "https://tx.example"}).public
    assert not read_settings({"BASE_URL": "https://localhost"}).public


def test_own_settings_are_typed() -> None:
    settings = read_settings({"TRACEABILITY_BODY_LIMIT_MB": "2"})
    assert settings.body_limit == 2 * 1024 * 1024


def test_postgresql_addresses_name_the_driver() -> None:
    url = read_settings({"DATABASE_URL": "postgres://h/d"}).database_url
    assert url == "postgresql+psycopg://h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DB_POOL_SIZE", "1"), ("DB_POOL_OVERFLOW", "7"), ("THREADS", "10")],
)
def test_fewer_connections_than_two_a_thread_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TRACEABILITY_{name}={value}") as refused:
        read_settings({f"TRACEABILITY_{name}": value})
    assert "\n" not in str(refused.value)


def test_two_connections_a_thread_are_enough() -> None:
    pool = {"DB_POOL_SIZE": "1", "DB_POOL_OVERFLOW": "1", "THREADS": "1"}
    environ = {f"TRACEABILITY_{name}": value for name, value in pool.items()}
    assert read_settings(environ).db_pool_size == 1


def test_the_database_s_patience_is_a_setting() -> None:
    settings = read_settings(
        {
            "TRACEABILITY_DB_PRE_PING": "off",
            "TRACEABILITY_DB_LOCK_TIMEOUT_SECONDS": "7",
        }
    )
    tuning = Tuning.of(settings)
    assert (tuning.pre_ping, tuning.lock_timeout) == (False, 7)
    assert Tuning.of(read_settings({})) == Tuning()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "80000"),
        ("PORT", "８０"),
        ("BASE_URL", "tx.example"),
        ("BASE_URL", "https://tx.example/path"),
        ("BASE_URL", "https://user@tx.example"),
        ("BASE_URL", "https://tx.example:99999"),
        ("BASE_URL", "https://chè.example"),
        ("DATABASE_URL", "mysql://h/d"),
        ("TRACEABILITY_THREADS", "none"),
        ("TRACEABILITY_BODY_LIMIT_MB", "0"),
        ("TRACEABILITY_KEY_PASSPHRASE_FILE", "/no/such/file"),
        ("TRACEABILITY_DB_PRE_PING", "yes"),
        ("TRACEABILITY_TRUSTED_PROXY", "proxy.example"),
        ("TRACEABILITY_DB_CONNECT_TIMEOUT_SECONDS", "1"),
        ("TRACEABILITY_LOG_FORMAT", "xml"),
        ("TRACEABILITY_LOG_LEVEL", "info"),
        ("TRACEABILITY_METRICS_PORT", "0"),
        ("TRACEABILITY_TYPO", "1"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})
