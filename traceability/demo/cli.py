"""`traceability demo`: load the sample data once, and say what to open."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from traceability.core.errors import ConflictError
from traceability.demo.confirming import confirm_once
from traceability.demo.people import make_passwords, read_passwords
from traceability.demo.service import FEATURED_GTIN, is_loaded, load_samples
from traceability.demo.summary import Summary, first_label, sign_in_rows, summary_of
from traceability.labels.claims.service import claims_refusal
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.records.notary import notary_of
from traceability.settings import SettingsError
from traceability.web.context import Services

SHEET = Path("samples") / "label-sheet.pdf"


@click.command("demo")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_obj
def group(use: Services, *, json_: bool) -> None:
    """Load the sample data; run again, it only says what is there.

    Refused under a public https BASE_URL: sample accounts must not meet the world.
    """
    if use.settings.public:
        raise SettingsError("sample accounts are not for a public BASE_URL")
    _load_once(use)
    confirm_once(use, FEATURED_GTIN)
    keys = label_keys_of(use)
    with use.database.reading() as session:
        today = use.clock.today()
        summary = summary_of(session, keys, today)
        featured = summary.featured
        refused = claims_refusal(session, featured, today) if featured else None
    passwords = read_passwords(use.settings.home)
    if json_:
        told = summary.as_json(use.identity, passwords)
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(use, summary, passwords, refused)


def _load_once(use: Services) -> None:
    with use.database.transaction() as session:
        if is_loaded(session):
            return
        click.echo("Loading the sample data ...", err=True)
        passwords = make_passwords(use.settings.home)
        keys = label_keys_of(use)
        load_samples(session, passwords, notary=notary_of(use), keys=keys)


def _print(
    use: Services,
    summary: Summary,
    passwords: dict[str, str],
    refused: ConflictError | None,
) -> None:
    if summary.featured is None:
        click.echo("The sample data is there, but no label was printed.")
        return
    keys = label_keys_of(use)
    label = first_label(summary.featured, keys)
    click.echo("\nTo look at (sample data, everything in it is invented):\n")
    click.echo(f"  1  a label's public page   {_openable(use, label.qr_text)}")
    for line in _sheet(use, summary.featured, refused):
        click.echo(line)
    click.echo(f"  3  sign in                 {use.identity.url('/sign-in')}")
    for row in sign_in_rows(use.identity, passwords):
        click.echo(f"       {row['role']:<14} {row['login']:<27} {row['password']}")
    click.echo(f"  4  check it on a page      {use.identity.url('/verify')}")
    click.echo(f"       as an inspector, without a network   {_inspector(use)}")
    click.echo("  5  check it from outside, once the server runs:")
    click.echo(f"       .venv/bin/traceability verify '{label.qr_text}'")
    click.echo("       or with nothing of ours running: docs/verification.md\n")


def _sheet(use: Services, row: RunRow, refused: ConflictError | None) -> Iterator[str]:
    """Make the sample sheet, unless its labels say what is true no more; tell of it."""
    sheet = use.settings.home / SHEET
    if refused is None:
        if not sheet.exists():
            sheet.parent.mkdir(exist_ok=True)
            printed = print_sheets(row.job, SheetFormat.PDF, label_keys_of(use))
            sheet.write_bytes(printed.files[0])
        yield f"  2  the sheet it is on      {sheet}"
        return
    yield f"  2  no sheet is made:       {refused}"
    if sheet.exists():
        yield f"       do not print the one of before: {sheet}"


def _inspector(use: Services) -> str:
    return use.identity.url("/inspector/")


def _openable(use: Services, link: str) -> str:
    """Return a label's link with scheme and host as people write them."""
    return use.identity.origin + link[len(use.identity.origin) :]
