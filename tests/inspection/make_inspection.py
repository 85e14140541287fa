"""Plain builders: an inspector with a browser and a phone, findings, photos."""

import io
import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.accounts.make_accounts import PASSWORD, make_organisation, make_person
from tests.web.make_web import Browser
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation, Person
from traceability.core.clock import HANOI
from traceability.core.permissions import Actor, Role
from traceability.inspection.models import Inspection
from traceability.inspection.photos import VisitPhoto, visit_photo
from traceability.inspection.service import record_visit
from traceability.inspection.visit import Place, Result, VisitDraft
from traceability.records.notary import notary_of
from traceability.web.context import Services

SEEN = datetime(2026, 11, 22, 9, 30, tzinfo=HANOI)  # half an hour before the clock
COMMUNE = "05587"
NOTES = "Bao bì nguyên vẹn, tem dán đúng vị trí. Đã đối chiếu số lô với sổ nhập hàng."
MET = "Người được gặp (mẫu)"


def make_photo(colour: str = "green", size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG with a position in its EXIF."""
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Máy ảnh mẫu"
    exif.get_ifd(0x8825)[2] = (21.0, 35.0, 30.0)
    Image.new("RGB", size, colour).save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def visit_draft(link: str, **changes: Any) -> VisitDraft:
    draft = VisitDraft(
        link=link,
        seen_at=SEEN,
        place=Place(text="Quầy 12, chợ mẫu", commune_code=COMMUNE),
        result=Result.CONFORMANT,
        notes=NOTES,
        measures="Không.",
        met=MET,
    )
    return replace(draft, **changes)


def finding(link: str, **changes: Any) -> dict[str, Any]:
    """What the phone sends, as the contract words it."""
    return {
        "client_id": str(uuid4()),
        "link": link,
        "seen_at": "2026-11-22T09:30:00+07:00",
        "place": {"text": "Quầy 12, chợ mẫu", "commune_code": COMMUNE},
        "result": "conformant",
        "notes": NOTES,
        "measures": "Không.",
        "verdict": "verified",
        "checks": [
            {"number": 3, "name": "seal", "result": "pass", "code": "seal-genuine"}
        ],
        "offline": True,
        "trust_list_version": 1,
        "trust_list_age_s": 3600,
        "status_age_s": None,
        **changes,
    }


class Inspector(Browser):
    """An inspector's browser, which is a phone as well."""

    person: Person
    authority: Organisation
    app: Flask
    use: Services

    @property
    def actor(self) -> Actor:
        return Actor(
            kind="person",
            id=self.person.id,
            name=self.person.name,
            organisation_id=self.authority.id,
            roles=frozenset({Role.INSPECTOR}),
        )

    def session(self) -> Any:
        return self.get("/inspector/session").get_json()

    def send(
        self, body: Any, *photos: bytes, key: str = "", token: str | None = None
    ) -> TestResponse:
        """Send a finding as the phone does; a text is sent as it is."""
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        files = [(io.BytesIO(one), f"{n}.jpg") for n, one in enumerate(photos)]
        csrf = self.session()["csrf"] if token is None else token
        return self.client.post(
            "/inspector/findings",
            data={"finding": text, "photos": files},
            base_url=self.origin,
            headers={
                "X-CSRFToken": csrf,
                "Idempotency-Key": key or str(uuid4()),
                "Referer": f"{self.origin}/",
            },
        )

    def record(self, link: str, *photos: bytes, **changes: Any) -> Inspection:
        """Record a visit past every form."""
        read: list[VisitPhoto] = [visit_photo(one) for one in photos]
        with self.use.database.transaction() as session:
            return record_visit(
                session,
                visit_draft(link, **changes),
                read,
                actor=self.actor,
                notary=notary_of(self.use),
            )


def make_inspector(
    use: Services,
    app: Flask,
    login: str = "thanh.tra@example.com",
    authority: Organisation | None = None,
) -> Inspector:
    inspector = Inspector(app)
    inspector.authority = authority or make_organisation(
        use, OrganisationKind.AUTHORITY, "Chi cục mẫu"
    )
    inspector.person = make_person(use, Role.INSPECTOR, login, inspector.authority)
    inspector.app, inspector.use = app, use
    inspector.sign_in(login, PASSWORD)
    return inspector


def stored(use: Services) -> list[Inspection]:
    with use.database.reading() as session:
        return list(session.scalars(select(Inspection).order_by(Inspection.id)))
