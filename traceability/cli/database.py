"""`traceability db`: bring the schema up to date, back up, restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from traceability.core.clock import SystemClock
from traceability.db.backup import Places, read_backup, write_backup
from traceability.db.copying import Progress, copy_database
from traceability.db.database import PATIENT, Database
from traceability.db.migrations import current_revision, upgrade
from traceability.settings import Settings, parse_database_url
from traceability.transparency.auditing import faults_of
from traceability.web.context import Services
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


@group.command("copy")
@click.option("--to", "url", required=True, help="Address of the other database.")
@click.pass_context
def copy_command(ctx: click.Context, url: str) -> None:
    """Copy everything into the empty database --to; stop the service first.

    SQLite or PostgreSQL, either way. Records, log and labels stay what they are, to
    the byte; the copy is examined as `log fsck` does before it stands. Home and keys
    stay where they are: afterwards set DATABASE_URL to the other address.
    """
    try:
        address = parse_database_url(url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--to") from None
    settings, use = _settings(ctx), _services(ctx)
    with _database(settings) as source, Database(address, PATIENT) as target:
        rows = copy_database(
            source, target, check=lambda copy: faults_of(use, copy), tell=_tell
        )
        click.echo(f"{rows} rows are in {target.shown_url}, examined and sound.")
    click.echo("Set DATABASE_URL to it and start the service; put the old one away.")


def _tell(progress: Progress) -> None:
    click.echo(f"{progress.table}: {progress.done} of {progress.total}", err=True)


def _services(ctx: click.Context) -> Services:
    if isinstance(ctx.obj, Services):
        return ctx.obj
    use: Services = ctx.meta["traceability.assembly"].build_services(_settings(ctx))
    ctx.call_on_close(use.database.dispose)
    return use


def _settings(ctx: click.Context) -> Settings:
    settings: Settings = ctx.meta["traceability.settings"]
    return settings


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    with Database(settings.database_url, PATIENT) as database:
        yield database


def _places(settings: Settings) -> Places:
    return Places(keys=settings.keys, identity=settings.home / IDENTITY)
