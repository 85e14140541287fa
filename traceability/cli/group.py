"""The root command: reads the settings, hands the services to every command."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from traceability import __version__
from traceability.cli import database
from traceability.cli.serving import serve
from traceability.cli.setup import init
from traceability.core.errors import DomainError
from traceability.settings import Settings, SettingsError, read_settings
from traceability.web.context import Services

WITHOUT_SERVICES = {"init", "db", "verify"}
ROOMS = [
    ("accounts", "accounts"),
    ("signing", "keys"),
    ("transparency", "log"),
    ("labels", "labels"),
    ("verification", "verify"),
    ("demo", "demo"),
]


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the service is put together; handed in by ``traceability.app``."""

    build_services: Callable[[Settings], Services]
    create_app: Callable[[Settings, Services], Flask]


class Root(click.Group):
    """Shows refusals as one line, and knows when somebody only asks for help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether this is a call for help, which needs no services."""
        ctx.meta["help"] = "--help" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the domain or the settings refuse is one line."""
        try:
            return super().invoke(ctx)
        except (DomainError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"database: {reason}") from error
        except OSError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Root, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="traceability")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Traceability for OCOP products: signed records, a public log, QR labels.

    Settings come from the environment (docs/settings.md).
    """
    if ctx.meta["help"] or isinstance(ctx.obj, Services):
        return
    settings = read_settings(os.environ)
    ctx.meta["traceability.settings"] = settings
    ctx.meta["traceability.assembly"] = assembly = ctx.obj
    if ctx.invoked_subcommand not in WITHOUT_SERVICES:
        use = assembly.build_services(settings)
        ctx.call_on_close(use.database.dispose)
        ctx.obj = use


main.add_command(init)
main.add_command(serve)
main.add_command(database.group, "db")
for room, name in ROOMS:
    module = f"traceability.{room}.cli"
    if find_spec(f"traceability.{room}") and find_spec(module):
        main.add_command(import_module(module).group, name)
