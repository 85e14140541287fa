"""No new lots at a place that is no longer used; those that name it keep it."""

import pytest

from tests.batches.make_batches import make_draft, make_producer
from traceability.batches.service import register_batch, update_draft
from traceability.catalog.drafts import SiteState
from traceability.catalog.errors import SiteRetiredError
from traceability.catalog.models import Site
from traceability.catalog.service import retire_site
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.db.database import Database


def test_a_retired_place_takes_no_new_lot(
    database: Database, clock: Clock, identity: Identity
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, clock)
        who = producer.actor
        batch = register_batch(
            session, make_draft(producer), actor=who, clock=clock, identity=identity
        )
        site = session.get_one(Site, producer.site_id)
        retire_site(session, site, SiteState.RETIRED, actor=who, clock=clock)
        changed = make_draft(producer, lot_number=batch.lot_number, variety="LDP1")
        update_draft(session, batch, changed, actor=who, clock=clock)
        assert batch.variety == "LDP1"
        with pytest.raises(SiteRetiredError) as caught:
            register_batch(
                session,
                make_draft(producer, lot_number="LO-2"),
                actor=who,
                clock=clock,
                identity=identity,
            )
        assert (caught.value.status, caught.value.field) == (409, "site")
