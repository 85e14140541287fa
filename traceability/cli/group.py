"""The root command: reads the settings, hands the services to every command."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from traceability import __version__
from traceability.accounts import cli as accounts
from traceability.batches import cli as batches
from traceability.cli import database
from traceability.cli.serving import serve
from traceability.cli.setup import init
from traceability.cli.working import work
from traceability.core.errors import DomainError
from traceability.db.outages import outage_of
from traceability.demo import cli as demo
from traceability.labels import cli as labels
from traceability.settings import Settings, SettingsError, read_settings
from traceability.signing import cli as keys
from traceability.signing.holder import cli as sign
from traceability.transparency import cli as log
from traceability.transparency.witnessing import cli as witness
from traceability.verification import cli as verify
from traceability.web.context import Services

WITHOUT_SERVICES = {
    *(("init",), ("db",), ("sign",), ("verify",), ("witness",)),
    ("log", "monitor"),
}
ROOMS = {
    "db": database.group,
    "accounts": accounts.group,
    "keys": keys.group,
    "log": log.group,
    "batches": batches.group,
    "labels": labels.group,
    "sign": sign.group,
    "verify": verify.group,
    "witness": witness.group,
    "demo": demo.group,
}


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the service is put together; handed in by ``traceability.app``."""

    build_services: Callable[[Settings], Services]
    create_app: Callable[[Settings, Services], Flask]


class Root(click.Group):
    """Shows refusals as one line, and knows when somebody only asks for help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note what is called, and whether it is for help: not all needs services."""
        ctx.meta["help"] = "--help" in args
        ctx.meta["alone"] = any(
            tuple(args[: len(one)]) == one for one in WITHOUT_SERVICES
        )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the domain or the settings refuse is one line."""
        try:
            return super().invoke(ctx)
        except (DomainError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except SQLAlchemyError as error:
            if outage_of(error) is None:
                raise
            raise click.ClickException(f"database: {_reason(error)}") from error
        except OSError as error:
            raise click.ClickException(str(error)) from error


def _reason(error: SQLAlchemyError) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).strip().splitlines()[0]


@click.group(cls=Root, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="traceability")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Traceability for OCOP products: signed records, a public log, QR labels.

    Settings come from the environment (docs/settings.md).
    """
    if isinstance(ctx.obj, Services):
        ctx.meta["traceability.settings"] = ctx.obj.settings
        return
    if ctx.meta["help"]:
        return
    settings = read_settings(os.environ)
    ctx.meta["traceability.settings"] = settings
    ctx.meta["traceability.assembly"] = assembly = ctx.obj
    if not ctx.meta["alone"]:
        use = assembly.build_services(settings)
        ctx.call_on_close(use.database.dispose)
        ctx.obj = use


main.add_command(init)
main.add_command(serve)
main.add_command(work)
for name, group in ROOMS.items():
    main.add_command(group, name)
