"""A bounded load test on loopback: look-ups at a steady rate beside a label run.

Run: python -m benchmarks.load [--seconds 60] [--rate 200] [--engine sqlite]. Starts a
service over a world of its own and a process that prints labels all the while, asks for
pages of labels that were never asked for, then asks for three times as many. Prints the
service levels, ends what it started, and exits 1 where a level is missed.
"""

import argparse
import heapq
import multiprocessing
import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.calling import Answer, request_for
from benchmarks.lookup import page_of
from benchmarks.serving import served
from benchmarks.world import ENGINES, World, bench_world
from traceability.demo.service import FEATURED_LOT
from traceability.labels.job import LabelKind, PrintJob, RunSpec
from traceability.labels.queries import job_of, runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.labels.stock import A4_65

P95, P99, GOODPUT = 0.100, 0.300, 0.8
OVERLOAD = 3
OVERLOAD_SHARE = 3  # of the seconds
PATIENCE = 10.0  # seconds until a look-up is given up
SOON = 1.0  # a page that comes later is no good to somebody in a shop
CONNECTIONS = 64
SERVER_ERROR = 500


@dataclass(slots=True)
class Tally:
    """What came of a series of look-ups sent at a rate."""

    asked: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)  # of those answered 200
    refused: int = 0  # 5xx
    lost: int = 0

    def wait(self, share: float) -> float:
        """Return the wait that a share of the answered did not exceed, in seconds."""
        ordered = sorted(self.waits) or [PATIENCE]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def goodput(self) -> float:
        """Return how many good answers came soon enough, a second."""
        return sum(1 for one in self.waits if one <= SOON) / self.seconds

    def line(self) -> str:
        return (
            f"{self.asked} asked in {self.seconds:.0f} s: {len(self.waits)} answered, "
            f"{self.refused} x 5xx, {self.lost} lost; "
            f"p50 {self.wait(0.5) * 1e3:.0f} ms, p95 {self.wait(0.95) * 1e3:.0f} ms, "
            f"p99 {self.wait(0.99) * 1e3:.0f} ms; {self.goodput:.0f} good/s"
        )


def ask_steadily(
    port: int, requests: Iterator[bytes], rate: int, seconds: float
) -> Tally:
    """Send each look-up at its own moment, whether or not earlier ones were answered.

    The wait counts from that moment: what has to queue for a connection waits too.
    """
    tally, begin = Tally(), time.perf_counter()
    due = [begin + number / rate for number in range(int(rate * seconds))]
    heapq.heapify(due)
    idle = [_connected(port) for _ in range(CONNECTIONS)]
    busy: dict[socket.socket, tuple[float, Answer]] = {}
    with selectors.DefaultSelector() as selector:
        while due or busy:
            now = time.perf_counter()
            while due and due[0] <= now and idle:
                sock = idle.pop()
                busy[sock] = (heapq.heappop(due), Answer())
                tally.asked += 1
                sock.sendall(next(requests))
                selector.register(sock, selectors.EVENT_READ)
            for key, _ in selector.select(_pause(due, idle, now)):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if _received(sock, busy, tally):
                    selector.unregister(sock)
                    idle.append(sock)
            if now - begin > seconds + PATIENCE:
                break
    tally.lost += len(busy) + len(due)
    tally.seconds = max(seconds, time.perf_counter() - begin)
    for sock in [*idle, *busy]:
        sock.close()
    return tally


def _connected(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _pause(due: list[float], idle: list[socket.socket], now: float) -> float:
    return max(0.0, min(0.05, due[0] - now)) if due and idle else 0.05


def _received(
    sock: socket.socket, busy: dict[socket.socket, tuple[float, Answer]], tally: Tally
) -> bool:
    """Read what came; return whether the look-up is over."""
    sent, answer = busy[sock]
    data = sock.recv(65536)
    answer.data += data
    if data and not answer.whole:
        return False
    del busy[sock]
    if not data:
        tally.lost += 1
    elif answer.status >= SERVER_ERROR:
        tally.refused += 1
    else:
        tally.waits.append(time.perf_counter() - sent)
    return True


def print_labels(world: World) -> None:
    """Make sheets of labels without end, as a busy print room does."""
    batch = world.loaded.batches[FEATURED_LOT]
    keys = label_keys_of(world.use)
    while True:
        print_sheets(job_for(world, batch.id), SheetFormat.PDF, keys)


def job_for(world: World, batch_id: int) -> PrintJob:
    with world.use.database.reading() as session:
        batch = world.loaded.batches[FEATURED_LOT]
        assert batch.id == batch_id
        newest = runs_of_batch(session, batch)[0]
        return job_of(newest.run, newest.batch)


@contextmanager
def printing(world: World) -> Iterator[None]:
    """Print labels in a process of its own; it ends with the block."""
    world.use.database.dispose()  # nothing open crosses into the other process
    process = multiprocessing.get_context("fork").Process(
        target=print_labels, args=(world,), daemon=True
    )
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def misses(usual: Tally, over: Tally, rate: int) -> list[str]:
    """Return the service levels that were missed."""
    wanting = (
        f"goodput {over.goodput:.0f}/s at {OVERLOAD} times the load, "
        f"not >= {GOODPUT * rate:.0f}/s"
    )
    levels = [
        (usual.wait(0.95) < P95, f"p95 {usual.wait(0.95) * 1e3:.0f} ms, not < 100 ms"),
        (usual.wait(0.99) < P99, f"p99 {usual.wait(0.99) * 1e3:.0f} ms, not < 300 ms"),
        (not usual.refused, f"{usual.refused} answers of 5xx"),
        (not usual.lost, f"{usual.lost} look-ups lost"),
        (over.goodput >= GOODPUT * rate, wanting),
    ]
    return [text for held, text in levels if not held]


def measure(world: World, rate: int, seconds: int) -> list[str]:
    count = int(rate * seconds * (1 + OVERLOAD / OVERLOAD_SHARE)) + 10
    requests = iter([request_for(page_of(one)) for one in world.labels(count)])
    world.labels(RunSpec(kind=LabelKind.SEALED, count=650, stock=A4_65).count)
    with served(world.use.settings) as ports, printing(world):
        ask_steadily(ports.service, requests, 5, 2)  # the first pages warm it
        usual = ask_steadily(ports.service, requests, rate, seconds)
        print("usual   ", usual.line(), flush=True)
        over = ask_steadily(
            ports.service, requests, OVERLOAD * rate, seconds / OVERLOAD_SHARE
        )
        print("overload", over.line(), flush=True)
    return misses(usual, over, rate)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--rate", type=int, default=200, help="look-ups a second")
    options.add_argument("--engine", choices=ENGINES, default="sqlite")
    asked = options.parse_args(arguments)
    print(f"{asked.rate} look-ups/s for {asked.seconds} s beside a label run")
    with bench_world(asked.engine) as world:
        missed = measure(world, asked.rate, asked.seconds)
    for one in missed:
        print("missed:", one)
    if not missed:
        print("every service level held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
