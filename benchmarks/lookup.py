"""The public page against Flask's hello on the same server, hot and cold.

Run: python -m benchmarks.lookup [--pages 200] [--rounds 5] [--engine sqlite]. Cold
means a label that was never asked for: its rows are read, checked and rendered. Hot is
one page again and again, whole and as 304.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from benchmarks.calling import call, request_for
from benchmarks.measuring import ROUNDS, Compared, compare, show, timed
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


@dataclass(slots=True)
class Turns:
    """Series of requests, timed by the wall and by what the server's processor did.

    On a machine that does other things besides, what takes long loses more turns to
    them than what takes no time: the processor's figure is the steadier one.
    """

    ports: Ports
    spent: list[float] = field(default_factory=list)

    def take(self, port: int, requests: Sequence[bytes], status: int = 200) -> float:
        before = self.ports.spent()
        seconds = timed(lambda: call(port, requests, status))
        self.spent.append(self.ports.spent() - before)
        return seconds

    def show(
        self, name: str, compared: Compared, pages: int, target: float | None
    ) -> None:
        show(name, compared, pages, target)
        turns = self.spent[2:]  # the first of each does not count
        ratios = [
            plain / ours for ours, plain in zip(turns[::2], turns[1::2], strict=True)
        ]
        print(f"{'':46} {statistics.median(ratios):24.2f} x by processor time")


def cold(
    ports: Ports, name: str, labels: Sequence[Label], pages: int, target: float | None
) -> None:
    fresh = iter([request_for(page_of(one)) for one in labels])
    hello, turns = [request_for("/")] * pages, Turns(ports)
    compared = compare(
        lambda: turns.take(ports.service, list(islice(fresh, pages))),
        lambda: turns.take(ports.hello, hello),
        rounds=len(labels) // pages - 1,
    )
    turns.show(name, compared, pages, target)


def hot(ports: Ports, label: Label, pages: int, rounds: int) -> None:
    request, hello = request_for(page_of(label)), request_for("/")
    [first] = call(ports.service, [request])
    etag = first.head.partition(b"etag: ")[2].partition(b"\r\n")[0].decode()
    turns = Turns(ports)
    compared = compare(
        lambda: turns.take(ports.service, [request] * pages),
        lambda: turns.take(ports.hello, [hello] * pages),
        rounds=rounds,
    )
    turns.show("page, hot", compared, pages, HOT)
    again, turns = request_for(page_of(label), {"If-None-Match": etag}), Turns(ports)
    compared = compare(
        lambda: turns.take(ports.service, [again] * pages, 304),
        lambda: turns.take(ports.hello, [hello] * pages),
        rounds=rounds,
    )
    turns.show("page, hot, 304", compared, pages, NOT_MODIFIED)


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
