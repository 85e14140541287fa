"""A signed-in producer with an issued batch whose product says everything."""

from pathlib import Path

import pytest

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch, make_product, make_site
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_services
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.records.notary import notary_of
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def notary(use: Services) -> Notary:
    return notary_of(use)


@pytest.fixture
def organisation(use: Services) -> Organisation:
    return make_organisation(use)


@pytest.fixture
def producer(use: Services, organisation: Organisation) -> Producer:
    with use.database.transaction() as session:
        product = make_product(
            session,
            use.clock,
            organisation.id,
            gtin="09520001001017",
            ocop_set="rice-grain",
            pack_text="túi 5 kg",
            storage="Nơi khô ráo",
        )
        site = make_site(session, use.clock, organisation.id)
        actor = Actor(
            kind="person",
            id=1,
            name="Mẫu",
            organisation_id=organisation.id,
            roles=frozenset({Role.PRODUCER}),
        )
        return Producer(actor, product.id, site.id)


@pytest.fixture
def batch(use: Services, producer: Producer, notary: Notary) -> Batch:
    with use.database.transaction() as session:
        return make_batch(session, producer, notary, issued=True)


@pytest.fixture
def browser(use: Services, organisation: Organisation) -> Browser:
    return make_signed_in(use, organisation=organisation)
