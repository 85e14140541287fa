"""Batches are found by link and by producer; genealogy runs both ways."""

from dataclasses import replace
from typing import Any

import pytest

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_batch,
    make_officer,
    make_producer,
    taking,
)
from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch, BatchState
from traceability.batches.queries import (
    BatchSearch,
    batch_by_link,
    batch_of,
    batches_of,
    count_batches,
    genealogy,
    last_batch_of,
    levels_above,
    levels_below,
)
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.gs1.digital_link import DigitalLink


def test_an_issued_lot_answers_to_its_link_and_to_its_labels(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
    link = DigitalLink.parse(batch.digital_link)
    with database.reading() as session:
        for one in (link, replace(link, serial="0001"), replace(link, variant="2A")):
            found = batch_by_link(session, one)
            assert found is not None
            assert found.id == batch.id
            assert found.product.name_vi == "Chè mẫu"
        assert batch_by_link(session, replace(link, lot="OTHER")) is None


def test_a_draft_answers_to_no_link(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary)
        assert batch_by_link(session, DigitalLink.parse(batch.digital_link)) is None


def test_a_producer_sees_its_own_batches_only(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        mine = make_batch(session, producer, notary, issued=True)
        theirs = make_batch(session, other, notary, issued=True)
        seen = batches_of(session, producer.actor.organisation_id)
        assert [one.id for one in seen] == [mine.id]
        with pytest.raises(BatchNotFoundError):
            batch_of(session, theirs.public_id, actor=producer.actor)
        officer = make_officer(session, notary.clock)
        assert batch_of(session, theirs.public_id, actor=officer).id == theirs.id
        assert len(batches_of(session, None)) == 2


def test_a_search_finds_lots_and_product_names_and_pages(
    database: Database, producer: Producer, notary: Notary
) -> None:
    owner = producer.actor.organisation_id
    with database.transaction() as session:
        for number in ("CHE-1", "CHE-2", "GAO-1"):
            make_batch(session, producer, notary, lot_number=number)
        make_batch(session, producer, notary, lot_number="X", issued=True)

        def found(**search: Any) -> list[str]:
            asked = BatchSearch(**search)
            rows = batches_of(session, owner, asked)
            assert len(rows) <= count_batches(session, owner, asked)
            return [row.lot_number for row in rows]

        assert found(words="che-") == ["CHE-2", "CHE-1"]
        assert found(words="O-1") == ["GAO-1"]
        assert found(words="%") == []
        assert len(found(words="MẪU")) == 4
        assert found(state=BatchState.ISSUED) == ["X"]
        assert found(size=2) == ["X", "GAO-1"]
        assert found(size=2, page=2) == ["CHE-2", "CHE-1"]
        assert count_batches(session, owner) == 4


def test_the_last_batch_is_what_the_next_form_starts_from(
    database: Database, producer: Producer, notary: Notary
) -> None:
    owner = producer.actor.organisation_id
    assert owner is not None
    with database.transaction() as session:
        assert last_batch_of(session, owner) is None
        make_batch(session, producer, notary)
        second = make_batch(session, producer, notary)
        found = last_batch_of(session, owner)
        assert found is not None
        assert found.id == second.id


def test_genealogy_runs_to_the_field_and_one_step_forward(
    database: Database, producer: Producer, notary: Notary
) -> None:
    def made(*sources: Batch, issued: bool = True) -> Batch:
        inputs = tuple(taking(one, 5) for one in sources)
        return make_batch(
            session,
            producer,
            notary,
            inputs=inputs,
            quantity=kilos(10),
            override_reason="Bột ẩm hơn khi cân",
            issued=issued,
        )

    with database.transaction() as session:
        plots = [made(), made()]
        dried = made(*plots)
        milled = made(dried)
        packed = made(milled, plots[1])
        made(milled, issued=False)
        found = genealogy(session, packed)
        levels = {one.batch.lot_number: one.level for one in found.ancestors}
        assert levels == {
            milled.lot_number: 1,
            dried.lot_number: 2,
            plots[0].lot_number: 3,
            plots[1].lot_number: 3,
        }
        assert found.sources[packed.id] == [milled.id, plots[1].id]
        assert found.made_from_it == []
        forward = genealogy(session, milled).made_from_it
        assert [one.id for one in forward] == [packed.id]
        assert levels_below(session, plots[1].id)[packed.id] == 3


def test_a_walk_ends_even_on_a_ladder_of_diamonds(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        lots = [make_batch(session, producer, notary) for _ in range(2)]
        for _ in range(9):
            taken = tuple(taking(one, 1) for one in lots)
            lots = [
                make_batch(session, producer, notary, inputs=taken, quantity=kilos(2))
                for _ in range(2)
            ]
        above = levels_above(session, [lots[0].id])
        assert len(above) == 19
        assert max(above.values()) == 9
