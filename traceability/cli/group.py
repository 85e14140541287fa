"""The root command: reads the settings, hands the services to every command."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from traceability import __version__
from traceability.cli.loading import Later, LazyGroup
from traceability.core.errors import DomainError
from traceability.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:  # help and the commands that need no services start without them
    from flask import Flask

    from traceability.web.context import Services

WITHOUT_SERVICES = {
    *(("init",), ("db",), ("sign",), ("verify",), ("witness",)),
    ("log", "monitor"),
}
LOG = {
    "adopt": Later(
        "traceability.transparency.cli:adopt",
        "Go on with this database where the file of the last head is lost.",
    ),
    "cosign": Later(
        "traceability.transparency.cli:cosign",
        "Ask the policy's witnesses to cosign the newest head.",
    ),
    "fsck": Later(
        "traceability.transparency.cli:fsck",
        "Recompute the log from its leaves; exit 1 and say what is wrong.",
    ),
    "monitor": Later(
        "traceability.transparency.monitoring.cli:monitor",
        "Read the log at URL and keep what it showed.",
    ),
}
COMMANDS = {
    "accounts": Later(
        "traceability.accounts.cli:group", "Organisations, people and API keys."
    ),
    "batches": Later("traceability.batches.cli:group", "Take lots over from a file."),
    "db": Later("traceability.cli.database:group", "Look after the database."),
    "demo": Later(
        "traceability.demo.cli:group",
        "Load the sample data; run again, it only says what is there.",
    ),
    "init": Later(
        "traceability.cli.setup:init", "Set up the home: its address, secrets and keys."
    ),
    "keys": Later("traceability.signing.cli:group", "See and change the keys."),
    "labels": Later(
        "traceability.labels.cli:group",
        "Print labels and blank stamps; bind, make void, count.",
    ),
    "serve": Later(
        "traceability.cli.serving:serve", "Serve pages and API until stopped."
    ),
    "sign": Later(
        "traceability.signing.holder.cli:group",
        "Sign with a key of your organisation, on a machine of its own.",
    ),
    "verify": Later(
        "traceability.verification.cli:group",
        "Check a link, a record, a photo, a PDF sheet or a bundle.",
    ),
    "witness": Later(
        "traceability.transparency.witnessing.cli:group",
        "Be a witness of logs: needs a folder, no service.",
    ),
    "work": Later(
        "traceability.cli.working:work",
        "Make queued labels; look after keys, old rows and the log.",
    ),
}
outage_told = Later("traceability.db.outages:told")


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the service is put together; handed in by ``traceability.__main__``."""

    build_services: Callable[[Settings], "Services"]
    create_app: Callable[[Settings, "Services"], "Flask"]


class Root(LazyGroup):
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
        except (click.ClickException, Exit, click.Abort, BrokenPipeError):
            raise  # a pipe that `head` closed: click ends in silence
        except (DomainError, SettingsError, OSError) as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            reason = outage_told(error)
            if reason is None:
                raise
            raise click.ClickException(f"database: {reason}") from error


@click.group(
    cls=Root, later=COMMANDS, context_settings={"help_option_names": ["--help"]}
)
@click.version_option(__version__, prog_name="traceability")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Traceability for OCOP products: signed records, a public log, QR labels.

    Settings come from the environment (docs/settings.md).
    """
    if ctx.meta["help"]:
        return
    assembly: Any = ctx.obj
    if not isinstance(ctx.obj, Assembly | None):  # services, put together already
        ctx.meta["traceability.settings"] = ctx.obj.settings
        return
    settings = read_settings(os.environ)
    ctx.meta["traceability.settings"] = settings
    ctx.meta["traceability.assembly"] = assembly
    if not ctx.meta["alone"]:
        use = assembly.build_services(settings)
        ctx.call_on_close(use.database.dispose)
        ctx.obj = use


main.add_command(LazyGroup("log", help="Examine the public log.", later=LOG))
