"""`traceability labels scratch-codes`: make a run's codes and hand them out, once."""

import json
import secrets
from pathlib import Path

import click

from traceability.core.permissions import SYSTEM
from traceability.labels.queries import run_of
from traceability.labels.room import label_keys_of, pepper_of
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.service import (
    MadeCodes,
    check_deliverable,
    deliver,
    make_codes,
)
from traceability.labels.scratch.workbook import new_password
from traceability.records.notary import notary_of
from traceability.web.context import Services


@click.command("scratch-codes")
@click.option("--run", "run_id", required=True, metavar="ID")
@click.option("--to", required=True, help="Who gets the file: the print room.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="A ZIP of encrypted XLSX files; it must not exist yet.",
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_obj
def scratch_codes(
    use: Services, *, run_id: str, to: str, out: Path, json_: bool
) -> None:
    """Make the scratch codes of a run, once; nobody can make or read them again.

    The password is shown this once. Send it by another way than the file.
    """
    with use.database.reading() as session:
        row = run_of(session, run_id, actor=SYSTEM)
        check_deliverable(session, row.run, to)
    codes = CodeList(
        job=row.job,
        run_id=run_id,
        keys=label_keys_of(use),
        pepper=pepper_of(use),
        random_bits=secrets.randbits,
    )
    password = new_password(secrets.randbits)
    made = _written(use, codes, password, to, out)
    told = {
        "run": run_id,
        "count": row.run.count,
        "file": str(out),
        "sha256": made.file_sha256,
        "password": password,
    }
    if json_:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name}: {value}")


def _written(
    use: Services, codes: CodeList, password: str, to: str, out: Path
) -> MadeCodes:
    """Write the file and sign for it; without the signature there is no file."""
    try:
        file = out.open("x+b")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    try:
        with file:
            made = make_codes(codes, file, password)
        with use.database.transaction() as session:
            row = run_of(session, codes.run_id, actor=SYSTEM)
            deliver(session, row, made, to, actor=SYSTEM, notary=notary_of(use))
    except BaseException:
        out.unlink()
        raise
    return made
