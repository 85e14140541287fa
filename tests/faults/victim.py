"""A process that issues batches and prints labels until somebody kills it.

Run as ``python -m tests.faults.victim POINT HIT``: at the HIT-th passing of POINT it
kills itself with SIGKILL, as a power cut would. What was acknowledged is printed
line by line, after the commit returned.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.batches.drafts import BatchDraft
from traceability.batches.models import Batch
from traceability.batches.service import issue_batch, register_batch
from traceability.catalog.models import Product, Site
from traceability.core.permissions import Actor, Role
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.labels import service as labels
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.room import label_keys_of
from traceability.labels.stock import STOCKS
from traceability.records import service as records
from traceability.records.notary import notary_of
from traceability.services import build_services
from traceability.settings import read_settings
from traceability.transparency.head_file import HeadFile
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services

LABELS = 10


class Trap:
    """Kills this process at the n-th passing of a point."""

    def __init__(self, hit: int) -> None:
        self.left = hit

    def spring(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def trapped(*values: Any, **named: Any) -> Any:
            self.spring()
            return function(*values, **named)

        return trapped

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def trapped(*values: Any, **named: Any) -> Any:
            result = function(*values, **named)
            self.spring()
            return result

        return trapped


def set_trap(point: str, trap: Trap) -> None:
    """Put a trap at a named point of the way of a batch."""
    owner, name, moment = POINTS[point]
    setattr(owner, name, getattr(trap, moment)(getattr(owner, name)))


POINTS: dict[str, tuple[Any, str, str]] = {
    "before-signing": (records, "sign_credential", "before"),
    "after-signing": (records, "sign_credential", "after"),
    "leaf-appended": (TransparencyLog, "append", "after"),
    "before-commit": (Session, "commit", "before"),
    "after-commit": (Session, "commit", "after"),
    "before-publishing": (HeadFile, "write_newer", "before"),
    "after-publishing": (HeadFile, "write_newer", "after"),
    "serials-taken": (labels, "take_indexes", "after"),
    "run-stored": (labels, "_publish_run", "after"),
}


def work(use: Services) -> None:
    """Issue a lot, print labels for it, say so; again and again."""
    notary, keys = notary_of(use), label_keys_of(use)
    while True:
        with acknowledged(use.database) as (session, say):
            batch = one_more(session, use)
            issue_batch(session, batch, actor=actor_of(batch), notary=notary)
            say(f"issued {batch.public_id}")
        with acknowledged(use.database) as (session, say):
            spec = RunSpec(kind=LabelKind.SERIAL, count=LABELS, stock=STOCKS["a4-65"])
            run = labels.start_run(
                session,
                session.get_one(Batch, batch.id),
                spec,
                actor=actor_of(batch),
                notary=notary,
                keys=keys,
            )
            say(f"printed {run.public_id}")


@contextmanager
def acknowledged(
    database: Database,
) -> Iterator[tuple[Session, Callable[[str], None]]]:
    """A transaction whose words are only said once it is committed."""
    lines: list[str] = []
    with database.transaction() as session:
        yield session, lines.append
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def one_more(session: Session, use: Services) -> Batch:
    product = session.scalars(select(Product).order_by(Product.id)).first()
    site = session.scalars(select(Site).order_by(Site.id)).first()
    assert product is not None
    assert site is not None
    today = use.clock.today()
    draft = BatchDraft(
        product_id=product.id,
        site_id=site.id,
        production_date=today - timedelta(days=1),
        expiry=today + timedelta(days=100),
        quantity=Quantity(Decimal(10), "H87"),
    )
    return register_batch(
        session,
        draft,
        actor=actor_for(product.organisation_id),
        clock=use.clock,
        identity=use.identity,
    )


def actor_of(batch: Batch) -> Actor:
    return actor_for(batch.organisation_id)


def actor_for(organisation_id: int) -> Actor:
    return Actor(
        kind="person",
        id=1,
        name="clerk",
        organisation_id=organisation_id,
        roles=frozenset({Role.PRODUCER}),
    )


def main() -> None:
    point, hit = sys.argv[1], int(sys.argv[2])
    use = build_services(read_settings(os.environ))
    if point != "none":
        set_trap(point, Trap(hit))
    work(use)


if __name__ == "__main__":
    main()
