"""`traceability batches import`: exit codes, report, the refused file that is kept."""

import csv
import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from tests.batches.importing.make_files import HEADERS, csv_file, row, xlsx_file
from tests.batches.importing.test_csv import faults
from tests.batches.make_batches import Producer, make_producer
from tests.conftest import FixedClock
from traceability.accounts.models import AuditEntry, Organisation
from traceability.batches.cli import group
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.template import headers
from traceability.batches.models import Batch
from traceability.cli import main
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

FORMULA = "=cmd|'/C calc'!A0"


@pytest.fixture
def producer(use: Services, clock: FixedClock) -> Producer:
    with use.database.transaction() as session:
        return make_producer(session, clock)


@pytest.fixture
def organisation(use: Services, producer: Producer) -> str:
    with use.database.reading() as session:
        owner = session.get_one(Organisation, producer.actor.organisation_id)
        return owner.public_id


def run(use: Services, *words: str | Path) -> Result:
    arguments = ["batches", "import", *map(str, words)]
    return CliRunner().invoke(main, arguments, obj=use)


def written(folder: Path, data: bytes, name: str = "lots.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def lots(use: Services) -> int:
    with use.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Batch)) or 0


def test_lots_are_imported_as_drafts_or_issued(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    drafts = written(tmp_path, csv_file([row(1), row(2)]))
    done = run(use, drafts, "--organisation", organisation)
    assert (done.exit_code, done.stdout) == (0, "imported: 2 lots\n")
    issued = written(tmp_path, xlsx_file([row(3)]), "lots.xlsx")
    done = run(use, issued, "--organisation", organisation, "--issue", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["imported"], told["issued"]) == (0, 1, 1)
    assert lots(use) == 3
    with use.database.reading() as session:
        owners = set(session.scalars(select(AuditEntry.organisation_id)))
        assert None not in owners


def test_the_same_file_is_not_imported_twice(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    path = written(tmp_path, csv_file([row(lot=""), row(7)]))
    assert run(use, path, "--organisation", organisation).exit_code == 0
    done = run(use, path, "--organisation", organisation, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [one["rule"] for one in told["faults"]] == [
        "import-repeated",
        "batch-lot-taken",
    ]
    other = written(tmp_path, csv_file([row(lot="", quantity="3")]), "other.csv")
    assert run(use, other, "--organisation", organisation).exit_code == 0
    assert lots(use) == 3


def test_a_dry_run_stores_nothing_and_keeps_nothing(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    path = written(tmp_path, csv_file([row(1)]))
    done = run(use, path, "--organisation", organisation, "--dry-run")
    assert done.exit_code == 0
    assert done.stdout == "sound: 1 lots could be imported; nothing stored\n"
    assert lots(use) == 0
    assert not (use.settings.home / "imports").exists()


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--issue",)])
def test_a_refused_file_is_reported_and_kept(
    use: Services, organisation: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    data = csv_file([row(1), row(2, quantity="1.000,5"), row(3, unit="cân")])
    path = written(tmp_path, data)
    done = run(use, path, "--organisation", organisation, *words)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["row", "column", "rule", "message"]
    assert lines[1].startswith("3    Số lượng  cell-number")
    assert lines[2].startswith("4    Đơn vị    unit-unknown")
    assert lines[3:5] == ["refused: 2 faults in 3 rows", "nothing was stored"]
    kept = Path(lines[5].removeprefix("the refused file is kept: "))
    assert kept.parent == use.settings.home / "imports" / "refused"
    assert kept.read_bytes() == data
    report = kept.with_suffix(".csv.json")
    assert [one["row"] for one in json.loads(report.read_text())["faults"]] == [3, 4]
    assert {stat.S_IMODE(one.stat().st_mode) for one in (kept, report)} == {0o600}
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert lots(use) == 0


def test_a_file_refused_as_a_whole_has_a_report_too(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    path = written(tmp_path, csv_file([row(1)]).replace(b",", b";"))
    done = run(use, path, "--organisation", organisation, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["refused"], told["imported"]) == (1, True, 0)
    assert [one["rule"] for one in told["faults"]] == ["import-delimiter"]
    assert Path(told["kept"]).exists()


def test_a_file_too_large_to_read_stays_where_it_is(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    done = run(use, path, "--organisation", organisation, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["kept"]) == (1, None)
    assert [one["rule"] for one in told["faults"]] == ["import-too-large"]


def test_the_report_is_written_as_csv_without_formulas_or_as_json(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    names = [*HEADERS[:4], "Đơn vị"]
    path = written(tmp_path, csv_file([row(1, unit=FORMULA)], names))
    for name in ("report.csv", "report.json"):
        out = tmp_path / name
        run(use, path, "--organisation", organisation, "--report", out)
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["faults"][0]["rule"] == "unit-unknown"
    text = (tmp_path / "report.csv").read_text("utf-8-sig")
    [_, line] = csv.reader(StringIO(text))
    assert line[:3] == ["2", "Đơn vị", "unit-unknown"]


def test_a_header_that_would_be_a_formula_is_none_in_the_report(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    names = [*HEADERS[:4], "=Đơn vị"]
    path = written(tmp_path, csv_file([row(1, unit="cân")], names))
    out = tmp_path / "report.csv"
    run(use, path, "--organisation", organisation, "--report", out)
    [_, line] = csv.reader(StringIO(out.read_text("utf-8-sig")))
    assert line[1] == "'=Đơn vị"


@pytest.mark.parametrize("name", ["lots.csv", "lots.xlsx"])
def test_the_template_is_written_filled_in_and_imported(
    use: Services, organisation: str, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    assert run(use, "--template", path).exit_code == 0
    if name.endswith(".csv"):
        cells = {0: row(1)[0], 2: "20/11/2026", 6: "3", 7: "kg"}
        line = ",".join(cells.get(place, "") for place in range(len(headers())))
        path.write_bytes(path.read_bytes() + line.encode())
        assert read_file(path.read_bytes()).report.sound
        done = run(use, path, "--organisation", organisation)
        assert (done.exit_code, lots(use)) == (0, 1)
    else:
        done = run(use, path, "--organisation", organisation, "--json")
        assert [one["rule"] for one in json.loads(done.stdout)["faults"]] == [
            "import-empty"
        ]


def test_wrong_usage_is_exit_code_2(
    use: Services, organisation: str, tmp_path: Path
) -> None:
    path = written(tmp_path, csv_file([row(1)]))
    assert run(use).exit_code == 2
    assert run(use, path).exit_code == 2
    assert run(use, tmp_path / "none.csv", "--organisation", "x").exit_code == 2
    done = run(use, path, "--organisation", organisation, "--colour")
    assert done.exit_code == 2


def test_what_is_not_about_the_file_is_one_line(
    use: Services, organisation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, csv_file([row(1)]))
    done = run(use, path, "--organisation", "0" * 26)
    assert done.exit_code == 1
    assert done.stderr == "Error: There is no such organisation.\n"
    for key in use.settings.keys.glob("private/*.pem"):
        key.unlink()
    shut = use.with_(KeyStore(use.settings.keys, "wrong", use.identity))
    done = run(shut, path, "--organisation", organisation, "--issue")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert lots(use) == 0
    assert not (use.settings.home / "imports").exists()


def test_progress_is_shown_on_a_terminal_only(
    use: Services,
    organisation: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = written(tmp_path, csv_file(row(number) for number in range(1200)))
    words = [str(path), "--organisation", organisation]
    silent = run(use, *words, "--dry-run")
    assert silent.stderr == ""
    monkeypatch.setattr("traceability.batches.cli._watched", lambda: True)
    shown = CliRunner().invoke(group, ["import", *words], obj=use)
    assert "checked: 500 of 1200" in shown.stderr
    assert "stored: 1000 of 1200" in shown.stderr
    assert faults(read_file(path.read_bytes())) == []
