"""What is imported late is named in texts: each leads where the layers allow."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError, OperationalError

import traceability
from traceability.app import create_app
from traceability.cli.group import COMMANDS, LOG, outage_told
from traceability.cli.loading import LazyGroup
from traceability.services import build_services

PACKAGE = Path(traceability.__file__).parent
LISTED = {**COMMANDS, **{f"log {name}": later for name, later in LOG.items()}}
NARROW = 80 - 6 - len("accounts")  # columns that help leaves a command


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_list_says_of_a_command_what_the_command_says(name: str) -> None:
    command = LISTED[name].read()
    assert isinstance(command, click.Command)
    assert LISTED[name].about == command.get_short_help_str(NARROW)


def test_help_reads_no_command() -> None:
    """...and neither server, database nor keys: click is all that it needs."""
    program = (
        "import sys; start = {*sys.modules}  # what the environment reads\n"
        "import traceability.__main__ as program\n"
        "sys.argv[1:] = ['log', '--help']\n"
        "try: program.main()\n"
        "except SystemExit: print(*{*sys.modules} - start)"
    )
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = done.stdout.splitlines()[-1].split()
    read = {name.partition(".")[0] for name in names}
    assert read - sys.stdlib_module_names == {"click", "traceability"}


def texts_of(module: str) -> set[str]:
    text = (PACKAGE / module).read_text("utf-8")
    return set(re.findall(r'"(traceability(?:\.\w+)+:\w+)"', text))


def test_only_the_program_names_what_lies_above_the_command_line() -> None:
    names = {
        "build_services": build_services,
        "create_app": create_app,
    }
    assert texts_of("__main__.py") == {
        f"{made.__module__}:{name}" for name, made in names.items()
    }
    rooms = re.compile(r"traceability(\.\w+)*\.cli:\w+|traceability\.cli\.\w+:\w+")
    above = {one for one in texts_of("cli/group.py") if not rooms.fullmatch(one)}
    assert above == {outage_told.where}


def test_nobody_else_imports_by_name() -> None:
    found = {
        str(module.relative_to(PACKAGE))
        for module in PACKAGE.rglob("*.py")
        if "import_module" in module.read_text("utf-8")
    }
    assert found == {"cli/loading.py", "db/database.py", "db/tables.py"}


def test_a_word_that_is_no_command_is_none() -> None:
    group = LazyGroup("log", later=LOG)
    assert group.get_command(click.Context(group), "fork") is None


def test_a_mistyped_command_is_told_what_is_like_it() -> None:
    told = CliRunner().invoke(LazyGroup("log", later=LOG), ["fsk"])
    assert told.exit_code == 2
    assert "Did you mean 'fsck'?" in told.output


def test_only_an_outage_is_told_in_a_line() -> None:
    lost = OperationalError("SELECT 1", {}, OSError("no route to host\nat all"))
    assert outage_told(lost) == "no route to host"
    assert outage_told(IntegrityError("INSERT", {}, ValueError("twice"))) is None
    assert outage_told(ValueError("a mistake of ours")) is None
