"""A small world behind a real server: two producers, a household, every role."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.catalog.make_catalog import (
    certificate_draft,
    ip_right_draft,
    make_jpeg,
    product_draft,
    site_draft,
)
from tests.conftest import FixedClock
from tests.hostile.make_things import WITNESS, Owner, make_things
from tests.hostile.wire import Inside, Wire
from tests.inspection.make_inspection import visit_draft
from tests.web.make_web import make_app, make_services, serving
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.logins import Login
from traceability.accounts.models import Organisation
from traceability.accounts.service import (
    ApiKeyDraft,
    OrganisationDraft,
    PersonDraft,
    create_api_key,
    create_organisation,
    create_person,
)
from traceability.batches.drafts import BatchDraft, InputDraft
from traceability.batches.models import Batch
from traceability.batches.service import issue_batch, register_batch
from traceability.catalog.models import Product, Site
from traceability.catalog.papers.service import register_certificate, register_ip_right
from traceability.catalog.service import register_product, register_site
from traceability.core.permissions import SYSTEM, Actor, Role, Scope
from traceability.core.quantity import Quantity
from traceability.core.text import Bilingual
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.db.migrations import stamp
from traceability.inspection.photos import visit_photo
from traceability.inspection.service import record_visit
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.life.service import (
    ReprintDraft,
    note_print_out,
    reprint_labels,
)
from traceability.labels.life.witness import Witness
from traceability.labels.models import LabelRun
from traceability.labels.printing.press import Press
from traceability.labels.printing.service import ask_print
from traceability.labels.printing.tasks import print_some
from traceability.labels.queries import job_of, run_of
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import A4_24
from traceability.lookup.models import ProblemReport
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.models import Recognition
from traceability.ocop.rules import Authority
from traceability.ocop.service import recognise
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.web.context import Services

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PASSWORD = "lua-nep-cai-hoa-vang"
HOUSEHOLD = "Hộ Kín Tiếng (mẫu)"
SUPPLIER = "Đại lý Kín Tiếng (mẫu)"
DRAFT_VARIETY = "giống kín của bản nháp"
COUNTED_ELSEWHERE = {
    *("scan", "scan_day", "sign_in_attempt", "sign_in"),
    "derived_credential",  # signed when first asked for
    "label_print_out",  # a file that was fetched is written down
}


@dataclass
class Holding:
    """One producer: what it has, and by which ids others could ask for it."""

    organisation: Organisation
    actor: Actor
    product: Product
    site: Site
    draft: Batch
    issued: Batch
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """The running service, what lies in it, and people who are signed in."""

    use: Services
    app: Flask
    port: int
    a: Holding
    b: Holding
    household: Holding
    run: LabelRun
    labels: list[Label]
    sealed: list[Label]
    recognition: Recognition
    people: dict[str, Wire]
    keys: dict[str, str]
    ids: dict[str, str]
    wire: Callable[..., Wire] = Wire

    def stranger(self) -> Wire:
        return self.wire(self.port)

    def program(self, scope: str = "both") -> Wire:
        return self.wire(self.port, key=self.keys[scope])

    def inside(self) -> "World":
        """Return the same world for those who ask its application itself."""
        wire = partial(Inside, app=self.app)
        people: dict[str, Wire] = {
            name: wire(self.port, cookies=one.cookies, token=one.token)
            for name, one in self.people.items()
        }
        return replace(self, people=people, wire=wire)

    def state(self) -> Mapping[str, str]:
        """Digest every row of every table but those that a look or sign-in changes."""
        with self.use.database.reading() as session:
            return {
                name: sha256(
                    repr(sorted(map(repr, session.execute(select(table))))).encode()
                ).hexdigest()
                for name, table in Base.metadata.tables.items()
                if name not in COUNTED_ELSEWHERE
            }

    def rows(self) -> Mapping[str, int]:
        """Count every table but those that a mere look or a sign-in changes."""
        with self.use.database.reading() as session:
            return {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
                if name not in COUNTED_ELSEWHERE
            }


def make_world(folder: Path, stack: ExitStack) -> World:
    """Build everything over SQLite and serve it until the stack closes."""
    database = Database(f"sqlite:///{folder / 'world.sqlite3'}")
    stack.callback(database.dispose)
    Base.metadata.create_all(database.engine)
    stamp(database)
    use = make_services(
        folder / "home", database, FixedClock(NOW), body_limit=8 * 1024 * 1024
    )
    household = _holding(use, "HỘ", 3, OrganisationKind.HOUSEHOLD, name=HOUSEHOLD)
    a = _holding(use, "A", 1, source=household)
    b = _holding(use, "B", 2)
    officer = _organisation(use, "Sở mẫu", OrganisationKind.AUTHORITY)
    recognition = _recognise(use, a, officer)
    run, labels = _labels(use, a, LabelKind.SERIAL)
    _run, sealed = _labels(use, a, LabelKind.SEALED)
    app = make_app(use)
    port = stack.enter_context(serving(app, use.settings))
    people = {
        "producer-a": _person(use, port, a.organisation, Role.PRODUCER, "a"),
        "producer-b": _person(use, port, b.organisation, Role.PRODUCER, "b"),
        "inspector": _person(use, port, officer, Role.INSPECTOR, "inspector"),
        "officer": _person(use, port, officer, Role.OFFICER, "officer"),
        "administrator": _person(use, port, officer, Role.ADMINISTRATOR, "admin"),
    }
    keys = {
        scope.value: _key(use, a.organisation, frozenset({scope})) for scope in Scope
    }
    keys["both"] = _key(use, a.organisation, frozenset(Scope))
    keys["other"] = _key(use, b.organisation, frozenset(Scope))
    keys["authority"] = _key(use, officer, frozenset(Scope))
    owner = Owner(
        wire=people["producer-a"],
        organisation_id=a.organisation.id,
        gtin=str(a.product.gtin),
        product=a.product.public_id,
        site=a.site.public_id,
        certificate=a.ids["certificate"],
        lot_link=a.issued.digital_link,
    )
    return World(
        use=use,
        app=app,
        port=port,
        a=a,
        b=b,
        household=household,
        run=run,
        labels=labels,
        sealed=sealed,
        recognition=recognition,
        people=people,
        keys=keys,
        ids={
            **_public_things(use, port, a),
            **make_things(use, owner),
            **_inspection(use, officer, a),
            "reprint": _reprinted(use, a, run),
            "print": _printed(use, run),
        },
    )


def _public_things(use: Services, port: int, a: Holding) -> dict[str, str]:
    """A's record, and a problem somebody reported about its lot."""
    lot = f"/01/{a.product.gtin}/10/{a.issued.lot_number}"
    sent = Wire(port).form(f"/report{lot}", {"kind": "quality", "text": "Chè bị mốc"})
    assert sent.status == 303, sent.text
    with use.database.reading() as session:
        record = session.get_one(SignedRecord, a.issued.record_id)
        report = session.scalars(select(ProblemReport)).one()
        return {"record": record.public_id, "report": report.public_id}


def _organisation(use: Services, name: str, kind: OrganisationKind) -> Organisation:
    draft = OrganisationDraft(
        kind=kind,
        name=Bilingual(name),
        name_public=kind is not OrganisationKind.HOUSEHOLD,
    )
    with use.database.transaction() as session:
        return create_organisation(session, draft, actor=SYSTEM, clock=use.clock)


def _holding(
    use: Services,
    letter: str,
    number: int,
    kind: OrganisationKind = OrganisationKind.COOPERATIVE,
    *,
    name: str = "",
    source: Holding | None = None,
) -> Holding:
    organisation = _organisation(use, name or f"Hợp tác xã mẫu {letter}", kind)
    actor = Actor(
        kind="person",
        id=None,
        name=f"Người nhập {letter}",
        organisation_id=organisation.id,
        roles=frozenset({Role.PRODUCER}),
    )
    owner, notary = organisation.id, notary_of(use)
    inputs: list[InputDraft] = [_bought()]
    if source is not None:
        inputs.append(
            InputDraft(source=source.issued.digital_link, quantity=_kilos(40))
        )
    with use.database.transaction() as session:
        product = register_product(
            session,
            product_draft(number, name_vi=f"Chè mẫu {letter}"),
            owner=owner,
            actor=actor,
            clock=use.clock,
        )
        site = register_site(
            session,
            site_draft(name=f"Đồi chè {letter}"),
            owner=owner,
            actor=actor,
            clock=use.clock,
        )
        certificate = register_certificate(
            session,
            certificate_draft(number=f"ATTP-{number}"),
            owner=owner,
            actor=actor,
            notary=notary,
        )
        right = register_ip_right(
            session, ip_right_draft(product), owner=owner, actor=actor, notary=notary
        )
        values: dict[str, Any] = {"product_id": product.id, "site_id": site.id}
        issued = register_batch(
            session,
            BatchDraft(
                **values,
                lot_number=f"LO-{number}",
                production_date=date(2026, 11, 20),
                quantity=_kilos(100),
                inputs=tuple(inputs),
            ),
            actor=actor,
            clock=use.clock,
            identity=use.identity,
        )
        issue_batch(session, issued, actor=actor, notary=notary)
        draft = register_batch(
            session,
            BatchDraft(
                **values,
                lot_number=f"NHAP-{number}",
                production_date=date(2026, 11, 21),
                quantity=_kilos(50),
                variety=DRAFT_VARIETY,
            ),
            actor=actor,
            clock=use.clock,
            identity=use.identity,
        )
    return Holding(
        organisation=organisation,
        actor=actor,
        product=product,
        site=site,
        draft=draft,
        issued=issued,
        ids={"certificate": certificate.public_id, "right": right.public_id},
    )


def _bought() -> InputDraft:
    return InputDraft(
        outside="Phân hữu cơ",
        supplier=SUPPLIER,
        outside_lot="X-1",
        quantity=_kilos(105),
    )


def _kilos(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "KGM")


def _recognise(use: Services, a: Holding, authority: Organisation) -> Recognition:
    officer = Actor(
        kind="person",
        id=None,
        name="Cán bộ mẫu",
        organisation_id=authority.id,
        roles=frozenset({Role.OFFICER}),
    )
    draft = RecognitionDraft(
        product_id=a.product.id,
        stars=4,
        points=Decimal(82),
        recognised_by=Authority.PROVINCE,
        decision_no="12/QĐ-UBND",
        decided_by="UBND tỉnh mẫu",
        certificate_no="M-12",
        issued=date(2026, 6, 1),
    )
    with use.database.transaction() as session:
        return recognise(session, draft, actor=officer, notary=notary_of(use))


def _inspection(use: Services, authority: Organisation, a: Holding) -> dict[str, str]:
    """A visit of the authority's to A's lot, with a photo."""
    inspector = Actor(
        kind="person",
        id=None,
        name="Thanh tra mẫu",
        organisation_id=authority.id,
        roles=frozenset({Role.INSPECTOR}),
    )
    photo = visit_photo(make_jpeg())
    with use.database.transaction() as session:
        draft = visit_draft(a.issued.digital_link, notes=WITNESS)
        found = record_visit(
            session, draft, [photo], actor=inspector, notary=notary_of(use)
        )
    return {"inspection": found.public_id, "inspection-photo": photo.digest}


def _labels(use: Services, a: Holding, kind: LabelKind) -> tuple[LabelRun, list[Label]]:
    keys = label_keys_of(use)
    with use.database.transaction() as session:
        batch = session.get_one(Batch, a.issued.id)
        run = start_run(
            session,
            batch,
            RunSpec(kind=kind, count=5, stock=A4_24, scratch=kind is LabelKind.SERIAL),
            actor=a.actor,
            notary=notary_of(use),
            keys=keys,
        )
        return run, list(job_of(run, batch).labels(keys))


def _reprinted(use: Services, a: Holding, run: LabelRun) -> str:
    """The last label of a run, spoiled on the press and printed once more."""
    last, notary = run.last_index or 0, notary_of(use)
    draft = ReprintDraft(
        first=last,
        last=last,
        reason="Kẹt giấy",
        witness=Witness(name=WITNESS, role="Thủ kho"),
    )
    with use.database.transaction() as session:
        note_print_out(session, run, "pdf", actor=a.actor, clock=use.clock)
        batch = session.get_one(Batch, a.issued.id)
        return reprint_labels(
            session, batch, draft, actor=a.actor, notary=notary
        ).public_id


def _printed(use: Services, run: LabelRun) -> str:
    """A file of a run, made by a worker and ready."""
    press = use.get(Press)
    with use.database.transaction() as session:
        row = run_of(session, run.public_id, actor=SYSTEM)
        task = ask_print(
            session,
            row,
            SheetFormat.CSV,
            actor=SYSTEM,
            clock=use.clock,
            archive=press.archive,
        )
    print_some(use, press, task.public_id, worker="w", stopped=Event())
    return task.public_id


def _person(
    use: Services, port: int, home: Organisation, role: Role, login: str
) -> Wire:
    draft = PersonDraft(
        organisation_id=home.id,
        login=Login.parse(f"{login}@example.com"),
        name=f"Người {login}",
        password=PASSWORD,
        roles=frozenset({role}),
    )
    with use.database.transaction() as session:
        create_person(session, draft, actor=SYSTEM, clock=use.clock)
    wire = Wire(port)
    wire.sign_in(f"{login}@example.com", PASSWORD)
    return wire


def _key(use: Services, home: Organisation, scopes: frozenset[Scope]) -> str:
    draft = ApiKeyDraft(organisation_id=home.id, name="Mẫu", scopes=scopes)
    with use.database.transaction() as session:
        return create_api_key(session, draft, actor=SYSTEM, clock=use.clock)[1]
