"""`traceability batches`: lots from a file.

Exit codes of ``import``: 0 everything is imported, or a dry run found nothing wrong;
1 the file is refused, nothing was stored; 2 wrong usage.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.orm import Session

from traceability.accounts.queries import organisation_by_public_id
from traceability.accounts.trail.service import audit_all
from traceability.batches.importing.errors import ImportTooLargeError
from traceability.batches.importing.keeping import keep_refused
from traceability.batches.importing.lines import Reading
from traceability.batches.importing.queries import Lot, Target, act_of
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.report import Report
from traceability.batches.importing.service import (
    actor_for,
    checked_lots,
    store_drafts,
    store_issued,
)
from traceability.batches.importing.table import MAX_BYTES
from traceability.batches.importing.template import csv_template, xlsx_template
from traceability.core.errors import DomainError
from traceability.records.notary import notary_of
from traceability.web.context import Services

file_type = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
out_type = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group("batches")
def group() -> None:
    """Take lots over from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for on the command line."""

    organisation: str
    dry_run: bool
    issue: bool
    json_: bool
    report: Path | None


@group.command("import")
@click.argument("file", type=file_type, required=False)
@click.option("--organisation", metavar="ID", help="Whose lots they are.")
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@click.option("--issue", is_flag=True, help="Sign and publish the lots at once.")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.option("--report", type=out_type, help="Write the report: FILE.csv or .json.")
@click.option("--template", type=out_type, help="Write the file to fill in, and stop.")
@click.pass_obj
def import_(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    *,
    file: Path | None,
    organisation: str | None,
    dry_run: bool,
    issue: bool,
    json_: bool,
    report: Path | None,
    template: Path | None,
) -> None:
    """Import the lots of FILE (.csv or .xlsx), all of them or none.

    Exit codes: 0 imported, or nothing wrong in a dry run; 1 the file is refused and
    nothing was stored; 2 wrong usage. docs/import.md names the columns.
    """
    if template is not None:
        xlsx = template.suffix.lower() == ".xlsx"
        template.write_bytes(xlsx_template() if xlsx else csv_template())
        click.echo(f"{template}: fill it in, then import it")
        return
    if file is None or organisation is None:
        raise click.UsageError("say which FILE, and --organisation ID")
    order = Order(
        organisation=organisation,
        dry_run=dry_run,
        issue=issue,
        json_=json_,
        report=report,
    )
    _import(use, file, order)


def _import(use: Services, file: Path, order: Order) -> None:
    try:
        reading = read_file(_bytes_of(file))
    except DomainError as refusal:
        _tell(use, file, order, Report.of_file(refusal), stored=0)
        return
    stored = _carried_out(use, reading, order)
    _tell(use, file, order, reading.report, stored=stored)


def _bytes_of(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        raise ImportTooLargeError(
            "The file is larger than %(most)s MB.", most=MAX_BYTES // 1024 // 1024
        )
    return file.read_bytes()


def _carried_out(use: Services, reading: Reading, order: Order) -> int:
    """Check the lots and, where nothing is wrong, store them; return how many."""
    database = use.database
    looking = order.dry_run and not order.issue  # the way to a lot is judged stored
    with database.reading() if looking else database.transaction() as session:
        producer = organisation_by_public_id(session, order.organisation)
        target = Target(
            organisation=producer,
            identity=use.identity,
            now=use.clock.now(),
            today=use.clock.today(),
            issue=order.issue,
        )
        lots = checked_lots(session, reading, target, _checking(reading))
        if not reading.report.sound or order.dry_run:
            session.rollback()
            return 0
        _store(use, session, lots, target)
        audit_all(session, actor_for(producer), [act_of(reading)], use.clock)
        return len(lots)


def _store(use: Services, session: Session, lots: list[Lot], target: Target) -> None:
    actor = actor_for(target.organisation)
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        _progress("stored", done, len(lots))

    if target.issue:
        store_issued(
            session, lots, target, actor=actor, notary=notary_of(use), progress=count
        )
    else:
        store_drafts(
            session, lots, target, actor=actor, clock=use.clock, progress=count
        )


def _checking(reading: Reading) -> Callable[[int], None]:
    return lambda done: _progress("checked", done, len(reading.lines))


def _progress(what: str, done: int, total: int) -> None:
    """Say on a terminal how far it is; scripts and logs see nothing of it."""
    if _watched():
        end = "\n" if done >= total else ""
        click.echo(f"\r{what}: {done} of {total}", err=True, nl=bool(end))


def _watched() -> bool:
    return sys.stderr.isatty()


def _tell(use: Services, file: Path, order: Order, found: Report, stored: int) -> None:
    kept = None if found.sound else _kept(use, file, found)
    _write_report(order.report, found)
    told = {
        "file": str(file),
        "imported": stored,
        "issued": stored if order.issue else 0,
        "dry_run": order.dry_run,
        "refused": not found.sound,
        "kept": str(kept) if kept else None,
        **found.as_data(),
    }
    if order.json_:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(order, found, stored)))
    if kept is not None and not order.json_:
        click.echo(f"the refused file is kept: {kept}")
    if not found.sound:
        click.get_current_context().exit(1)


def _lines(order: Order, found: Report, stored: int) -> Iterator[str]:
    if not found.sound:
        yield found.as_table()
        yield f"refused: {len(found.faults)} faults in {found.rows} rows"
        yield "nothing was stored"
        return
    yield from found.notes()
    if order.dry_run:
        yield f"sound: {found.rows} lots could be imported; nothing stored"
    else:
        yield f"imported: {stored} lots{', signed and logged' if order.issue else ''}"


def _kept(use: Services, file: Path, found: Report) -> Path | None:
    """Keep the refused file; one that is too large to read stays where it is."""
    if file.stat().st_size > MAX_BYTES:
        return None
    folder = use.settings.home / "imports" / "refused"
    return keep_refused(folder, file.read_bytes(), found.as_data(), now=use.clock.now())


def _write_report(path: Path | None, found: Report) -> None:
    if path is None:
        return
    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(found.as_data(), ensure_ascii=False), "utf-8")
    else:
        path.write_text(found.as_csv(), "utf-8", newline="")
