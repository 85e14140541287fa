"""`traceability db`: bring the schema up to date, back up, restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from traceability.core.clock import SystemClock
from traceability.db.backup import Places, read_backup, write_backup
from traceability.db.database import Database
from traceability.db.migrations import current_revision, upgrade
from traceability.settings import Settings
from traceability.web.home import IDENTITY


@click.group()
def group() -> None:
    """Look after the database."""


@group.command("upgrade")
@click.pass_context
def upgrade_command(ctx: click.Context) -> None:
    """Run the migrations that are missing; run again, it changes nothing."""
    settings = _settings(ctx)
    settings.home.mkdir(parents=True, exist_ok=True)
    with _database(settings) as database:
        upgrade(database)
        with database.reading() as session:
            revision = current_revision(session.connection())
    click.echo(f"The database is at schema {revision}.")


@group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write database, keys and identity to a new FILE (a zip, mode 0600).

    The pass phrase of the keys is not in it: keep it apart, you need both.
    """
    settings = _settings(ctx)
    with _database(settings) as database:
        rows = write_backup(database, _places(settings), file, SystemClock().now())
    click.echo(f"{file}: {rows} rows, the keys (encrypted) and the identity.")
    click.echo("Keep the pass phrase of the keys apart from it; you need both.")


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Fill an empty database and a home without keys from FILE.

    Put the pass phrase and the published log head (<home>/log) back where they were,
    then run `init` for the rest of the home. A backup older than that head restores,
    but may not sign. Where the head is lost, `traceability log adopt` takes the
    database's word for it.
    """
    settings = _settings(ctx)
    settings.home.mkdir(parents=True, exist_ok=True)
    with _database(settings) as database:
        upgrade(database)
        rows = read_backup(database, _places(settings), file)
    click.echo(f"{rows} rows, the keys and the identity are back from {file}.")


def _settings(ctx: click.Context) -> Settings:
    settings: Settings = ctx.meta["traceability.settings"]
    return settings


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def _places(settings: Settings) -> Places:
    return Places(keys=settings.keys, identity=settings.home / IDENTITY)
