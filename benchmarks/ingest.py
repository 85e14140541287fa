"""Many lots from a file against one at a time through marshmallow and the ORM.

Run: python -m benchmarks.ingest [--lots 2000] [--single 50] [--engine sqlite]. Each lot
is checked, signed, logged, stored with its birth and audited, either way; one at a time
each is committed by itself. Times are for one lot.
"""

import argparse
from collections.abc import Callable
from itertools import count

from sqlalchemy.orm import Session

from benchmarks.measuring import ROUNDS, compare, show, timed
from benchmarks.world import ENGINES, World, bench_world
from traceability.batches.importing.queries import Target
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.service import actor_for, checked_lots, store_issued
from traceability.batches.schemas import BatchSchema, batch_draft
from traceability.batches.service import issue_batch, register_batch
from traceability.demo.service import FEATURED_LOT
from traceability.records.notary import notary_of

LOTS, SINGLE, TARGET = 2_000, 50, 2.5
HEADERS = "Product,Lot number,Production date,Quantity,Unit,Site"


class Ingest:
    """Lots of one product, with numbers that nobody took yet."""

    def __init__(self, world: World) -> None:
        self.use = world.use
        self.batch = world.loaded.batches[FEATURED_LOT]
        self.numbers = count(1)

    def target(self, session: Session) -> Target:
        return Target(
            organisation=session.merge(self.batch.organisation, load=False),
            identity=self.use.identity,
            now=self.use.clock.now(),
            today=self.use.clock.today(),
            issue=True,
        )

    def rows(self, lots: int) -> list[dict[str, str]]:
        day = self.use.clock.today().isoformat()
        return [
            {
                "product": self.batch.product.public_id,
                "site": self.batch.site.public_id,
                "lot_number": f"N{next(self.numbers):07}",
                "production_date": day,
                "quantity": "100",
                "unit": "KGM",
            }
            for _ in range(lots)
        ]

    def file(self, lots: int) -> bytes:
        key, site = self.batch.product.key, self.batch.site.name
        lines = [
            f'{key},{row["lot_number"]},{row["production_date"]},100,kg,"{site}"'
            for row in self.rows(lots)
        ]
        return "\n".join([HEADERS, *lines]).encode()

    def together(self, data: bytes) -> None:
        use = self.use
        with use.database.transaction() as session:
            reading, target = read_file(data), self.target(session)
            lots = checked_lots(session, reading, target)
            assert reading.report.sound, reading.report
            actor = actor_for(target.organisation)
            store_issued(session, lots, target, actor=actor, notary=notary_of(use))

    def one_by_one(self, rows: list[dict[str, str]]) -> None:
        use, schema = self.use, BatchSchema()
        for row in rows:
            values = schema.load(row)
            draft = batch_draft(
                values, product_id=self.batch.product_id, site_id=self.batch.site_id
            )
            actor = actor_for(self.batch.organisation)
            with use.database.transaction() as session:
                batch = register_batch(
                    session, draft, actor=actor, clock=use.clock, identity=use.identity
                )
                issue_batch(session, batch, actor=actor, notary=notary_of(use))


def each(lots: int, work: Callable[[], object]) -> float:
    return timed(work) / lots


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--lots", type=int, default=LOTS)
    options.add_argument("--single", type=int, default=SINGLE)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--engine", choices=ENGINES)
    asked = options.parse_args()
    for engine in [asked.engine] if asked.engine else ENGINES:
        with bench_world(engine) as world:
            ingest = Ingest(world)

            def together(ingest: Ingest = ingest) -> float:
                data = ingest.file(asked.lots)
                return each(asked.lots, lambda: ingest.together(data))

            def one_by_one(ingest: Ingest = ingest) -> float:
                rows = ingest.rows(asked.single)
                return each(asked.single, lambda: ingest.one_by_one(rows))

            compared = compare(together, one_by_one, asked.rounds)
            show(f"{engine}: {asked.lots} lots / one at a time", compared, 1, TARGET)


if __name__ == "__main__":
    main()
