"""The operator's commands: print, print again, void, count."""

import json
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import select

from tests.batches.make_batches import Producer, make_batch, make_producer
from tests.conftest import FixedClock
from tests.web.make_web import make_services
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.cli import main
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.models import LabelRun
from traceability.labels.queries import label_state
from traceability.labels.room import label_keys_of
from traceability.labels.standing import LabelStanding
from traceability.labels.stock import STOCKS
from traceability.records.notary import notary_of
from traceability.signing.envelope import read_unverified
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def notary(use: Services) -> Notary:
    return notary_of(use)


@pytest.fixture
def producer(use: Services, clock: FixedClock) -> Producer:
    with use.database.transaction() as session:
        return make_producer(session, clock)


@pytest.fixture
def batch(use: Services, producer: Producer, notary: Notary) -> Batch:
    with use.database.transaction() as session:
        return make_batch(session, producer, notary, issued=True)


def run(use: Services, *words: str) -> Result:
    return CliRunner().invoke(main, ["labels", *words], obj=use)


def printed(use: Services, batch: Batch, out: Path, **options: object) -> Result:
    values = {"count": 3, "kind": "serial", "stock": "a4-65", "format": "pdf"}
    words = [
        f"--{name}={value}" if value != "" else f"--{name}"
        for name, value in {**values, **options}.items()
    ]
    where = [f"--batch={batch.public_id}", f"--out={out}"]
    return run(use, "print", *where, *words)


def test_a_sheet_is_printed_and_its_range_told(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    out = tmp_path / "tem.pdf"
    result = printed(use, batch, out, kind="sealed", count=66)
    assert result.exit_code == 0, result.output
    told = dict(line.split(": ") for line in result.output.splitlines())
    assert int(told["to"]) - int(told["from"]) == 65
    with pypdfium2.PdfDocument(out) as sheets:
        assert len(sheets) == 2


def test_several_pages_of_pictures_are_a_zip(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    out = tmp_path / "tem.zip"
    result = run(
        use,
        *("print", f"--batch={batch.public_id}", "--count=66", "--kind=lot"),
        *("--stock=a4-65", "--format=png", f"--out={out}", "--json"),
    )
    told = json.loads(result.output)
    assert told["files"] == [str(out)]
    assert "from" not in told
    with zipfile.ZipFile(out) as pages:
        assert pages.namelist() == ["00001.png", "00002.png"]
        with Image.open(BytesIO(pages.read("00002.png"))) as sheet:
            assert sheet.size == (2480, 3508)


def test_a_run_is_printed_again_the_same(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    first, again = tmp_path / "1.svg", tmp_path / "2.svg"
    result = printed(use, batch, first, format="svg")
    told = dict(line.split(": ") for line in result.output.splitlines())
    result = run(
        use, "reprint", f"--run={told['run']}", "--format=svg", f"--out={again}"
    )
    assert result.exit_code == 0, result.output
    assert again.read_bytes() == first.read_bytes()


def test_blank_stamps_are_printed_bound_and_made_void(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    with use.database.reading() as session:
        product = session.get_one(Product, batch.product_id).public_id
    out = tmp_path / "tem.csv"
    result = run(
        use,
        *("blank", f"--product={product}", "--count=10", "--stock=a4-65"),
        *("--format=csv", f"--out={out}", "--json"),
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    first = told["from"]
    assert "/10/" not in out.read_text("utf-8")
    ends = (f"--from={first}", f"--to={first + 4}")
    result = run(use, "bind", f"--batch={batch.public_id}", *ends)
    assert result.output == f"bound: {first}-{first + 4}, 5 stamps\n"
    assert run(use, "bind", f"--batch={batch.public_id}", *ends).exit_code != 0
    looked_up = run(use, "number", str(first + 4)).output
    assert looked_up.startswith(f"{first + 4} bound ")
    assert f"bindings: first_index={first} last_index={first + 4}" in looked_up
    void = (f"--from={first}", f"--to={first}", "--reason=Tem rách")
    result = run(use, "void-blank", f"--run={told['run']}", *void)
    assert result.exit_code == 0, result.output
    counted = json.loads(run(use, "count", "--json").output)
    [row] = [one for one in counted if one["lot"] == batch.digital_link]
    assert (row["printed"], row["bound"], row["void"]) == (5, 5, 1)


def test_a_range_is_made_void(use: Services, batch: Batch, tmp_path: Path) -> None:
    out = tmp_path / "tem.csv"
    result = printed(use, batch, out, format="csv")
    told = dict(line.split(": ") for line in result.output.splitlines())
    result = run(
        use,
        *("void", f"--batch={batch.public_id}", f"--from={told['from']}"),
        *(f"--to={told['from']}", "--reason=Tem rách"),
    )
    assert result.exit_code == 0, result.output
    serials = [line.split(",")[1] for line in out.read_text().splitlines()[1:]]
    mac_of = label_keys_of(use).mac_of
    with use.database.reading() as session:
        states = [label_state(session, batch, one, mac_of) for one in serials]
    assert [one.standing for one in states] == [
        LabelStanding.VOID,
        LabelStanding.LIVE,
        LabelStanding.LIVE,
    ]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"count": 1_000_001}, "at most 1.000.000"),
        ({"count": 0}, "at least one"),
        ({"kind": "gold"}, "gold"),
        ({"stock": "a3"}, "a3"),
        ({"format": "docx"}, "docx"),
    ],
)
def test_refusals_are_one_line(
    use: Services, batch: Batch, tmp_path: Path, options: dict[str, object], text: str
) -> None:
    result = printed(use, batch, tmp_path / "x", **options)
    assert result.exit_code != 0
    assert text in result.output
    assert not (tmp_path / "x").exists()


def test_no_number_is_taken_for_a_file_that_cannot_be_written(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    result = printed(use, batch, tmp_path / "none" / "x.pdf")
    assert (result.exit_code, "no folder" in result.output) == (1, True)


def test_unknown_batches_and_ranges_are_refused(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    batch_id = batch.public_id
    batch.public_id = "nothing"
    result = printed(use, batch, tmp_path / "x.pdf")
    assert (result.exit_code, "no such batch" in result.output) == (1, True)
    result = run(use, "void", f"--batch={batch_id}", "--from=1", "--to=2", "--reason=x")
    assert (result.exit_code, "one run" in result.output) == (1, True)


def test_what_the_operator_prints_the_service_vouches_for(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    result = printed(use, batch, tmp_path / "tem.pdf")
    assert result.exit_code == 0
    with use.database.reading() as session:
        from_log = session.connection().exec_driver_sql(
            "SELECT token FROM signed_record WHERE type = 'LabelRunRecord'"
        )
        [(token,)] = from_log.all()
    assert _basis(token) == "service"


def _basis(token: str) -> str:
    from_token = read_unverified(token).payload["vouchedBy"]["basis"]
    return str(from_token)


def test_labels_are_counted_beside_the_packs_of_each_lot(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    printed(use, batch, tmp_path / "tem.pdf", count=9)
    unknown = run(use, "count")
    assert (unknown.exit_code, "packs=None" in unknown.output) == (0, True)
    with use.database.transaction() as session:
        product = session.get_one(Product, batch.product_id)
        product.net_amount, product.net_unit = Decimal("12.5"), "KGM"
    counted = run(use, "count", "--json")
    assert counted.exit_code == 1
    [row] = json.loads(counted.output)
    assert row["lot"] == batch.digital_link
    assert (row["printed"], row["packs"], row["beyond"]) == (9, 8, 1)


def test_stock_is_listed_with_kind_size_and_resolutions(use: Services) -> None:
    lines = run(use, "stocks").output.splitlines()
    assert len(lines) == len(STOCKS)
    assert lines[0].split()[:2] == ["a4-65", "sheet"]
    told = {one["id"]: one for one in json.loads(run(use, "stocks", "--json").output)}
    assert told["roll-30x20"]["dpi"] == [203, 300, 600]
    assert (told["a4-40"]["label"], told["a4-40"]["per_page"]) == ("52.5 x 29.7", 40)


def test_a_test_page_is_written_and_says_what_to_measure(
    use: Services, tmp_path: Path
) -> None:
    out = tmp_path / "thu.pdf"
    result = run(use, "testpage", "--stock=a4-24", f"--out={out}")
    assert "measure: 150 mm across, 200 mm down" in result.output
    with pypdfium2.PdfDocument(out) as document:
        assert len(document) == 1
    assert run(use, "testpage", "--stock=a4-99", f"--out={out}").exit_code != 0
    result = run(use, "testpage", "--stock=a4-24", "--dpi=203", f"--out={out}")
    assert "300, 600 dpi" in result.output


def test_the_printer_is_set_by_options(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    result = run(
        use,
        *("print", f"--batch={batch.public_id}", "--count=24", "--kind=lot"),
        *("--stock=a4-24", "--format=png", f"--out={tmp_path / 'tem.png'}", "--json"),
        *("--shift=0.5,-1", "--scale=1.002,0.998", "--skip=1-5,9", "--copies=2"),
        "--cut-marks",
    )
    told = json.loads(result.output)
    with zipfile.ZipFile(told["files"][0]) as pages:
        assert len(pages.namelist()) == 3  # 18 on the first sheet, 24, and 6
    with use.database.reading() as session:
        [found] = session.scalars(select(LabelRun))
    assert found.count == 48
    assert found.facts["setup"] == {
        "dpi": 300,
        "shift_x": 0.5,
        "shift_y": -1,
        "copies": 1,  # the labels of a lot are all alike: forty-eight of one
        "bleed": 0,
        "scale_x": 1.002,
        "scale_y": 0.998,
        "cut_marks": True,
        "skip": [0, 1, 2, 3, 4, 8],
    }


def test_a_setting_that_cannot_be_takes_no_number(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    refused: dict[str, tuple[str, str]] = {
        "shift": ("1", "two numbers"),
        "scale": ("2,1", "between 0,97 and 1,03"),
        "skip": ("0", "1-5,9"),
        "dpi": ("203", "300, 600 dpi"),
        "copies": ("0", "between 1 and 100"),
    }
    for option, (value, text) in refused.items():
        result = printed(use, batch, tmp_path / "x.pdf", **{option: value})
        assert result.exit_code != 0
        assert text in result.output
    with use.database.reading() as session:
        assert session.scalar(select(LabelRun.id)) is None


def test_a_number_is_looked_up_and_applied(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    out = tmp_path / "tem.csv"
    made = json.loads(printed(use, batch, out, format="csv", json="").output)
    first = made["from"]
    where = [f"--batch={batch.public_id}", f"--from={first}", f"--to={first + 1}"]
    applied = run(use, "apply", *where, "--day=2026-11-22", "--place=Chuyền 2")
    assert applied.output == f"applied: {first}-{first + 1}\n", applied.output
    told = run(use, "number", str(first))
    assert told.output.startswith(f"{first} applied {batch.digital_link}")
    assert "print_outs: format=csv" in told.output
    assert "day=2026-11-22" in told.output
    [found] = json.loads(run(use, "number", str(first + 2), "--json").output)
    assert (found["index"], found["applied"]) == (first + 2, [])
    assert run(use, "number", "0").exit_code == 1


def test_many_labels_are_made_void_before_a_witness(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    out = tmp_path / "tem.csv"
    first = json.loads(
        printed(use, batch, out, format="csv", count=100, json="").output
    )["from"]
    where = [f"--batch={batch.public_id}", f"--from={first}", f"--to={first + 99}"]
    words = ["void", *where, "--reason=Ướt", "--kind=destroyed"]
    refused = run(use, *words)
    assert refused.exit_code == 1
    assert "second person" in refused.output
    assert run(use, *words, "--witness=A", "--witness-role=B").exit_code == 0


def test_the_operator_sets_a_quota(use: Services, batch: Batch, tmp_path: Path) -> None:
    with use.database.reading() as session:
        owner = session.get_one(Organisation, batch.organisation_id).public_id
    told = run(use, "quota", f"--organisation={owner}", "--set=4")
    assert told.output == "quota=4 period=year used=0 left=4\n"
    out = tmp_path / "tem.csv"
    assert printed(use, batch, out, format="csv").exit_code == 0
    refused = printed(use, batch, out, format="csv")
    assert "ask the operator of this service" in refused.output
    told = run(use, "quota", f"--organisation={owner}", "--none")
    assert told.output == "quota=none period=year used=3 left=any\n"
    both = run(use, "quota", f"--organisation={owner}", "--none", "--set=1")
    assert both.exit_code == 2


def test_a_reason_for_more_labels_than_packs_is_counted(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    with use.database.transaction() as session:
        product = session.get_one(Product, batch.product_id)
        product.net_amount, product.net_unit = Decimal(100), "KGM"
    out = tmp_path / "tem.csv"
    refused = printed(use, batch, out, format="csv", kind="lot", count=12)
    assert refused.exit_code == 1
    assert "at most 1 packs" in refused.output
    why = {"excess-reason": "Kẹt giấy"}
    made = printed(use, batch, out, format="csv", kind="lot", count=12, **why)
    assert made.exit_code == 0, made.output
    [row] = json.loads(run(use, "count", "--json").output)
    assert (row["beyond"], row["reasoned"], row["reprinted"]) == (11, 1, 0)
