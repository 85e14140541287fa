"""The trust list is looked after at the start and while the service runs."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import FixedClock
from tests.web.make_web import make_app, make_services
from traceability.cli.keeping import TrustListKeeper, keep_trust_list, renewed
from traceability.cli.serving import announce_keys
from traceability.db.database import Database
from traceability.records.models import SignedRecord
from traceability.records.trust_list_record import TRUST_LIST_RECORD
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


def logged(use: Services) -> int:
    lists = select(func.count()).where(SignedRecord.type == TRUST_LIST_RECORD)
    with use.database.reading() as session:
        return session.scalar(lists.select_from(SignedRecord)) or 0


def test_a_list_in_its_second_half_is_renewed_and_logged(
    use: Services, clock: FixedClock
) -> None:
    assert renewed(use) is None
    assert (use.get(KeyStore).trust_list.version, logged(use)) == (1, 1)
    assert renewed(use) is None
    assert (use.get(KeyStore).trust_list.version, logged(use)) == (1, 1)
    clock.instant += timedelta(days=250)
    assert renewed(use) is None
    assert (use.get(KeyStore).trust_list.version, logged(use)) == (2, 2)


def test_the_running_service_looks_after_it_by_itself(
    use: Services, clock: FixedClock
) -> None:
    app = make_app(use)
    keeper = keep_trust_list(app, use, every=0.01)
    assert logged(use) == 0
    for _ in range(2):
        app.test_client().get("/healthz", base_url="https://tx.example")
    until(lambda: logged(use) == 1)
    clock.instant += timedelta(days=250)
    until(lambda: use.get(KeyStore).trust_list.version == 2 and logged(use) == 2)
    keeper.stop()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_lost_database_is_only_logged(
    use: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = TrustListKeeper(use)
    use.database.dispose()
    Path(use.database.url.removeprefix("sqlite:///")).unlink()
    keeper.look()
    assert "looked after: OperationalError" in caplog.text
    keeper.stop()


def test_the_start_says_that_a_key_is_damaged(
    use: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    announce_keys(use)
    assert capsys.readouterr().err == ""
    [key] = (use.settings.keys / "private").glob("seal-*.pem")
    key.write_bytes(key.read_bytes()[:-40])
    other = KeyStore(use.settings.keys, "x" * 30, use.identity)
    announce_keys(use.with_(other))
    told = capsys.readouterr().err
    assert told.startswith("Serving reads only: ")
    assert "wrong pass phrase" in told
