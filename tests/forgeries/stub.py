"""A service that serves whatever it is told to, lies included, over real sockets."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.forgeries.case import Case
from traceability.transparency.tiles import WIDTH, format_bundle, parse_tile
from traceability.verification.remote import (
    EVIDENCE_PATH,
    TILES_PATH,
    TRUST_LIST_PATH,
)


class Stub:
    """Holds the case it serves now; there is nothing to serve at first."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.origin = ""
        self.asked: list[str] = []

    def answer(self, path: str) -> bytes | None:
        """Return the body for a path, or nothing for 404."""
        if self.case is None:
            return None
        if path == TRUST_LIST_PATH:
            return self.case.trust_list.encode()
        if path == EVIDENCE_PATH:
            return json.dumps(self.case.document).encode()
        if path.startswith(TILES_PATH):
            tile = parse_tile(path.removeprefix(TILES_PATH))
            begin = tile.index * WIDTH
            return format_bundle(self.case.leaves[begin : begin + tile.width])
        return None


@contextmanager
def serving() -> Iterator[Stub]:
    """Serve a stub on a free port of this machine."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stub.asked.append(self.path)
            body = stub.answer(urlsplit(self.path).path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.origin = f"http://127.0.0.1:{server.server_port}"
    yield stub
    server.shutdown()
    server.server_close()
    thread.join()
