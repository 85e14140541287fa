"""Another machine than the service's, that runs the command over sockets."""

import io
import json
import socket
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

import click

from tests.verification.make_house import House
from traceability.records.models import SignedRecord
from traceability.settings import Settings
from traceability.verification import cli
from traceability.verification.queries import records_of


@dataclass
class Machine:
    """Another machine than the service's: a home of its own, and the command."""

    settings: Settings | None
    house: House
    origin: str
    out: str = ""
    err: str = ""

    def verify(self, *args: str) -> int:
        root = click.Context(click.Group("traceability"))
        if self.settings is not None:
            root.meta["traceability.settings"] = self.settings
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.group.main(list(args), parent=root, standalone_mode=False)
        self.out, self.err = out.getvalue(), err.getvalue()
        assert isinstance(code, int)
        return code

    def verify_json(self, *args: str) -> tuple[int, dict[str, Any]]:
        code = self.verify(*args, "--json")
        return code, json.loads(self.out)

    def get(self, path: str) -> bytes:
        with urlopen(self.origin + path, timeout=10) as answer:  # noqa: S310 (our own)
            body: bytes = answer.read()
        return body

    def record(self) -> SignedRecord:
        with self.house.use.database.reading() as session:
            rows = records_of(session, [self.house.batch.digital_link])
            return next(row for row in rows if row.type == "BatchRecord")


def free_port() -> int:
    """Return a port nobody listens on; the service's address must be known first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
