"""The public page against Flask's hello on the same server, hot and cold.

Run: python -m benchmarks.lookup [--pages 200] [--rounds 5] [--engine sqlite]. Cold
means a label that was never asked for: its rows are read, checked and rendered. Hot is
one page again and again, whole and as 304.
"""

import argparse
from collections.abc import Sequence
from itertools import islice

from benchmarks.calling import call, request_for
from benchmarks.measuring import ROUNDS, compare, show, timed
from benchmarks.serving import Ports, served
from benchmarks.world import ENGINES, World, bench_world
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.job import LabelKind
from traceability.labels.label import Label

PAGES = 200
TARGETS = {"sqlite": 0.25, "postgresql": 0.15}
HOT, NOT_MODIFIED = 0.5, 0.6


def page_of(label: Label) -> str:
    link, query = DigitalLink.parse_with_query(label.qr_text)
    return f"/p{link.path()}" + (f"?{query.raw}" if query.raw else "")


def cold(
    ports: Ports, name: str, labels: Sequence[Label], pages: int, target: float | None
) -> None:
    fresh = iter([request_for(page_of(one)) for one in labels])
    hello = [request_for("/")] * pages
    compared = compare(
        lambda: timed(lambda: call(ports.service, list(islice(fresh, pages)))),
        lambda: timed(lambda: call(ports.hello, hello)),
        rounds=len(labels) // pages - 1,
    )
    show(name, compared, pages, target)


def hot(ports: Ports, label: Label, pages: int, rounds: int) -> None:
    request, hello = request_for(page_of(label)), request_for("/")
    [first] = call(ports.service, [request])
    etag = first.head.partition(b"etag: ")[2].partition(b"\r\n")[0].decode()
    compared = compare(
        lambda: timed(lambda: call(ports.service, [request] * pages)),
        lambda: timed(lambda: call(ports.hello, [hello] * pages)),
        rounds=rounds,
    )
    show("page, hot", compared, pages, HOT)
    # Waitress closes after each 304, so that the yardstick gets connections as fresh.
    closing = {"Connection": "close"}
    again = request_for(page_of(label), {"If-None-Match": etag, **closing})
    hello = request_for("/", closing)
    compared = compare(
        lambda: timed(lambda: call(ports.service, [again] * pages, 304)),
        lambda: timed(lambda: call(ports.hello, [hello] * pages)),
        rounds=rounds,
    )
    show("page, hot, 304", compared, pages, NOT_MODIFIED)


def measure(world: World, engine: str, pages: int, rounds: int) -> None:
    count = pages * (rounds + 1)
    serial, sealed = (
        world.labels(count, kind) for kind in (LabelKind.SERIAL, LabelKind.SEALED)
    )
    with served(world.use.settings) as ports:
        cold(ports, "page, cold", serial, pages, TARGETS[engine])
        cold(ports, "page of a sealed label, cold", sealed, pages, None)
        hot(ports, serial[0], pages, rounds)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", type=int, default=PAGES)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--engine", choices=ENGINES)
    asked = options.parse_args()
    for engine in [asked.engine] if asked.engine else ENGINES:
        print(f"-- {engine}; the yardstick is Flask's hello on waitress")
        with bench_world(engine) as world:
            measure(world, engine, asked.pages, asked.rounds)


if __name__ == "__main__":
    main()
