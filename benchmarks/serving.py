"""Two sites under one roof: our service and Flask's hello, each on waitress.

Run by the benchmarks as a process of its own: ``python -m benchmarks.serving SETTINGS``
reads its settings as JSON, prints the two ports, and ends when its input ends.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from traceability.app import create_app
from traceability.cli.serving import server_of
from traceability.services import build_services
from traceability.settings import Settings

CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the service and the yardstick listen on loopback."""

    service: int
    hello: int
    process: int  # id of the process that serves both

    def spent(self) -> float:
        """Return the processor seconds of that process so far (Linux)."""
        threads = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in threads) / 1e9


def hello_app() -> Flask:
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "<p>Hello, World!</p>"

    return app


def main() -> None:
    values: dict[str, Any] = json.loads(sys.argv[1])
    paths = {name: Path(values.pop(name)) for name in ("home", "keys")}
    settings = Settings(**values, **paths)
    ports = []
    for app in (create_app(settings, build_services(settings)), hello_app()):
        server: Any = server_of(app, settings, host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        ports.append(int(server.effective_port))
    print(*ports, flush=True)
    sys.stdin.read()  # until whoever started this closes it


@contextmanager
def served(settings: Settings) -> Iterator[Ports]:
    """Serve in a process of its own; it ends with the block, however that ends."""
    told = {
        "home": str(settings.home),
        "keys": str(settings.keys),
        "database_url": settings.database_url,
        "key_passphrase": settings.key_passphrase,
        "min_free_bytes": settings.min_free_bytes,
        "base_url": settings.base_url,
        "threads": settings.threads,
    }
    process = subprocess.Popen(  # noqa: S603 (this very interpreter and module)
        [sys.executable, "-m", "benchmarks.serving", json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # waitress tells of each queue
        text=True,
        cwd=CHECKOUT,
    )
    try:
        assert process.stdout is not None
        service, hello = map(int, process.stdout.readline().split())
        yield Ports(service, hello, process.pid)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    main()
