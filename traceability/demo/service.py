"""Load the sample data through the same services a producer's clicks go through."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.logins import Login
from traceability.accounts.models import Organisation
from traceability.accounts.service import (
    OrganisationDraft,
    PersonDraft,
    create_organisation,
    create_person,
)
from traceability.batches.drafts import BatchDraft, InputDraft, Notice
from traceability.batches.service import issue_batch, recall_batch, register_batch
from traceability.catalog.certificates import CertificateKind
from traceability.catalog.drafts import (
    CertificateDraft,
    IpRightDraft,
    ProductDraft,
    SiteDraft,
    SiteKind,
)
from traceability.catalog.ip_rights import IpState
from traceability.catalog.models import Product
from traceability.catalog.papers.service import register_certificate, register_ip_right
from traceability.catalog.photos import web_photo
from traceability.catalog.pictures.service import add_photo
from traceability.catalog.service import register_product, register_site
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Notary
from traceability.core.quantity import Quantity
from traceability.core.text import Bilingual
from traceability.demo.diary import load_after, load_before, load_birth
from traceability.demo.loaded import Loaded
from traceability.demo.people import PEOPLE
from traceability.demo.samples import Sample, picture_of, samples
from traceability.demo.visits import load_visits
from traceability.gs1.keys import Gln, Gtin, InternalCode
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.service import VoidDraft, refusal_of, start_run, void_labels
from traceability.labels.stock import STOCKS
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.rules import Authority, WithdrawalReason
from traceability.ocop.service import recognise, withdraw

DECIDED_BY = {
    Authority.MINISTER: "Cơ quan trung ương mẫu",
    Authority.PROVINCE: "UBND tỉnh mẫu",
    Authority.DISTRICT: "UBND huyện mẫu",
    Authority.CENTRE: "Cơ quan trung ương mẫu",
}
FEATURED_LOT = "BT-261114-1"
FEATURED_GTIN = "09520001001017"
PROGRAMME_OFFICE = {
    "key": "OCOP",
    "kind": "authority",
    "vi": "Văn phòng điều phối OCOP mẫu",
    "en": "Sample OCOP coordination office",
    "name_public": True,
}


def is_loaded(session: Session) -> bool:
    """Return whether the sample data is there already."""
    found = select(Organisation.id).where(Organisation.sample.is_(True)).limit(1)
    return session.scalar(found) is not None


def load_samples(
    session: Session,
    passwords: Mapping[str, str],
    *,
    notary: Notary,
    keys: LabelKeys,
) -> Loaded:
    """Store, sign and log everything in the caller's transaction: all or nothing."""
    data, loaded = samples(), Loaded()
    _organisation(session, PROGRAMME_OFFICE, loaded, notary)
    for kind, load in STEPS:
        if kind == "batches":
            load_before(session, loaded, notary)
        for one in data[kind]:
            load(session, one, loaded, notary)
    load_after(session, loaded, notary)
    _labels(session, data["batches"], loaded, notary, keys)
    for one in data["recalls"]:
        _recall(session, one, loaded, notary)
    _people(session, passwords, loaded, notary)
    load_visits(session, loaded, notary)
    return loaded


def _people(
    session: Session, passwords: Mapping[str, str], loaded: Loaded, notary: Notary
) -> None:
    for person in PEOPLE:
        draft = PersonDraft(
            organisation_id=loaded.organisations[person.organisation].id,
            login=Login.parse(person.login),
            name=person.name,
            password=passwords[person.login],
            roles=frozenset({person.role}),
            sample=True,
        )
        actor = loaded.actor(person.organisation, Role.ADMINISTRATOR)
        create_person(session, draft, actor=actor, clock=notary.clock)


def _organisation(
    session: Session, one: Sample, loaded: Loaded, notary: Notary
) -> None:
    draft = OrganisationDraft(
        kind=OrganisationKind(one["kind"]),
        name=Bilingual(one["vi"], one["en"]),
        name_public=one["name_public"],
        commune_code=one.get("commune"),
        old_address=one.get("old_address", ""),
        sample=True,
    )
    hand = Actor(kind="system", id=None, name="sample data", organisation_id=None)
    loaded.organisations[one["key"]] = create_organisation(
        session, draft, actor=hand, clock=notary.clock
    )


def _site(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    owner = loaded.organisations[one["owner"]]
    draft = SiteDraft(
        kind=SiteKind(one["kind"]) if one["kind"] != "site" else SiteKind.OTHER,
        name=one["vi"],
        commune_code=one["commune"],
        gln=Gln.parse(one["gln"]),
        old_address=one.get("old_address", ""),
        area_code=one.get("area_code", ""),
        is_public=owner.name_public,
    )
    loaded.sites[one["key"]] = register_site(
        session,
        draft,
        owner=owner.id,
        actor=loaded.actor(one["owner"]),
        clock=notary.clock,
    )


def _product(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    actor = loaded.actor(one["producer"])
    owner = loaded.organisations[one["producer"]].id
    draft = ProductDraft(
        key=Gtin.parse(one["gtin"]),
        name_vi=one["vi"],
        name_en=one["en"],
        ocop_set=one["ocop_set"],
        net=Quantity(Decimal(one["net"]["amount"]), one["net"]["unit"]),
        pack_text=one["pack"],
        story_vi=one["story"]["vi"],
        story_en=one["story"]["en"],
        ingredients=one["ingredients"],
        storage=one["storage"],
        origin="Việt Nam",
        shelf_life_days=one["shelf_life_days"],
    )
    product = register_product(
        session, draft, owner=owner, actor=actor, clock=notary.clock
    )
    loaded.products[one["key"]] = product
    photo = web_photo(picture_of(one["key"]))
    add_photo(session, product, photo, one["vi"], actor=actor, clock=notary.clock)
    for right in one["ip_rights"]:
        _ip_right(session, product, right, actor, notary)
    _recognition(session, product, one["recognition"], loaded, notary)


def _intermediate(
    session: Session, one: Sample, loaded: Loaded, notary: Notary
) -> None:
    draft = ProductDraft(
        key=InternalCode.parse(one["code"]),
        name_vi=one["vi"],
        name_en=one["en"],
        is_intermediate=True,
    )
    loaded.products[one["key"]] = register_product(
        session,
        draft,
        owner=loaded.organisations[one["producer"]].id,
        actor=loaded.actor(one["producer"]),
        clock=notary.clock,
    )


def _ip_right(
    session: Session, product: Product, one: Sample, actor: Actor, notary: Notary
) -> None:
    paper = one.get("right_to_use")
    draft = IpRightDraft(
        kind=one["kind"],
        sign=one["sign"],
        state=IpState(one["state"]),
        product_id=product.id,
        register_no=one.get("register_no", ""),
        right_to_use=paper["document"] if paper else "",
        right_to_use_date=date.fromisoformat(paper["date"]) if paper else None,
    )
    register_ip_right(
        session, draft, owner=product.organisation_id, actor=actor, notary=notary
    )


def _recognition(
    session: Session, product: Product, one: Sample, loaded: Loaded, notary: Notary
) -> None:
    officer = loaded.actor("OCOP", Role.OFFICER)
    body = Authority(one["decided_by"])
    draft = RecognitionDraft(
        product_id=product.id,
        stars=one["stars"],
        points=Decimal(one["points"]),
        recognised_by=body,
        decision_no=one["decision_no"],
        decided_by=DECIDED_BY[body],
        certificate_no=one["certificate_no"],
        issued=date.fromisoformat(one["issued"]),
        rules=one["rules"],
    )
    recognition = recognise(session, draft, actor=officer, notary=notary)
    taken_back = one.get("withdrawn")
    if taken_back:
        withdraw(
            session,
            recognition,
            on=date.fromisoformat(taken_back["on"]),
            reason=WithdrawalReason(taken_back["reason"]),
            actor=officer,
            notary=notary,
        )


def _certificate(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    draft = CertificateDraft(
        kind=CertificateKind(one["kind"]),
        number=one["number"],
        body="Tổ chức chứng nhận mẫu",
        issued=date.fromisoformat(one["issued"]),
        expires=date.fromisoformat(one["expires"]),
        site_ids=(loaded.sites[one["site"]].id,),
    )
    register_certificate(
        session,
        draft,
        owner=loaded.organisations[one["holder"]].id,
        actor=loaded.actor(one["holder"]),
        notary=notary,
    )


def _batch(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    product = loaded.products[one["product"]]
    made = date.fromisoformat(one["made"])
    draft = BatchDraft(
        product_id=product.id,
        site_id=loaded.sites[one["site"]].id,
        lot_number=one["lot"],
        production_date=made,
        packaging_date=None if product.is_intermediate else made,
        expiry=date.fromisoformat(one["expiry"]) if "expiry" in one else None,
        quantity=Quantity(Decimal(one["quantity"]["amount"]), one["quantity"]["unit"]),
        variety=one.get("variety", ""),
        inputs=tuple(_inputs(one, loaded)),
    )
    actor = loaded.actor(_producer_of(product, loaded))
    batch = register_batch(
        session, draft, actor=actor, clock=notary.clock, identity=notary.identity
    )
    loaded.batches[one["lot"]] = batch
    load_birth(session, one["lot"], loaded, notary)
    issue_batch(session, batch, actor=actor, notary=notary)


def _inputs(one: Sample, loaded: Loaded) -> list[InputDraft]:
    lots = [
        InputDraft(
            quantity=Quantity(
                Decimal(part["amount"]), loaded.batches[part["lot"]].unit
            ),
            source=loaded.batches[part["lot"]].public_id,
        )
        for part in one.get("inputs", [])
    ]
    bought = [
        InputDraft(
            quantity=Quantity(Decimal(part["amount"]), part["unit"]),
            outside=part["what"],
        )
        for part in one.get("outside", [])
    ]
    return lots + bought


def _producer_of(product: Product, loaded: Loaded) -> str:
    return next(
        key
        for key, organisation in loaded.organisations.items()
        if organisation.id == product.organisation_id
    )


def _labels(
    session: Session,
    rows: Sequence[Sample],
    loaded: Loaded,
    notary: Notary,
    keys: LabelKeys,
) -> None:
    """Print for every packed lot that may still be labelled; void one label."""
    for one in rows:
        batch = loaded.batches[one["lot"]]
        if batch.product.is_intermediate or refusal_of(batch, notary.clock.today()):
            continue
        featured = one["lot"] == FEATURED_LOT
        spec = RunSpec(
            kind=LabelKind.SEALED,
            count=65 if featured else 24,
            stock=STOCKS["a4-65" if featured else "a4-24"],
        )
        actor = loaded.actor(_producer_of(batch.product, loaded))
        run = start_run(session, batch, spec, actor=actor, notary=notary, keys=keys)
        if featured and run.last_index is not None:
            spoilt = VoidDraft(
                first=run.last_index, last=run.last_index, reason="Tem mẫu in hỏng"
            )
            void_labels(session, batch, spoilt, actor=actor, notary=notary)


def _recall(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    batch = loaded.batches[one["lot"]]
    notice = Notice(
        reason_vi=one["reason"]["vi"],
        reason_en=one["reason"]["en"],
        advice_vi=one["advice"]["vi"],
        advice_en=one["advice"]["en"],
    )
    officer = loaded.actor("OCOP", Role.OFFICER)
    recall_batch(session, batch, notice, actor=officer, notary=notary)


STEPS = [
    ("organisations", _organisation),
    ("sites", _site),
    ("products", _product),
    ("intermediates", _intermediate),
    ("certificates", _certificate),
    ("batches", _batch),
]
