"""Read code when it is called, so that a command pays for its own start only.

A module that is imported late is named in a text. Import rules do not see such texts:
tests/cli/test_loading.py holds where they lead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Later:
    """Something whose module is imported at its first use: ``module:name``.

    ``about`` is what help says of a command before it is read.
    """

    where: str
    about: str = ""

    @property
    def module(self) -> str:
        """Return the module's name."""
        return self.where.partition(":")[0]

    def read(self) -> Any:
        """Return it."""
        return getattr(import_module(self.module), self.where.partition(":")[2])

    def __call__(self, *given: Any) -> Any:
        """Call it."""
        return self.read()(*given)


class LazyGroup(click.Group):
    """A group whose commands are read when they are called, not when they are listed.

    This is the way click's documentation shows.
    """

    def __init__(
        self, name: str | None = None, *, later: Mapping[str, Later], **more: Any
    ) -> None:
        super().__init__(name, **more)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's)
        """Return the names of the commands."""
        return sorted({*self.commands, *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, read now."""
        found = self.later.get(cmd_name)
        if found is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = found.read()
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write what each command is for, and read none."""
        shown = click.Group(commands=self.commands)
        for name, one in self.later.items():
            shown.add_command(click.Command(name, help=one.about))
        shown.format_commands(ctx, formatter)
