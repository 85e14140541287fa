"""Plain builders: parties, people who act, drafts, a notary with fresh keys."""

import io
import struct
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from tests.signing.make_signing import make_signer
from tests.transparency.make_transparency import make_log
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation
from traceability.accounts.service import OrganisationDraft, create_organisation
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
from traceability.catalog.service import register_product
from traceability.core.identity import Identity
from traceability.core.permissions import SYSTEM, Actor, Role
from traceability.core.ports import Clock, Notary
from traceability.core.quantity import Quantity
from traceability.core.text import Bilingual
from traceability.gs1.keys import Gtin, check_digit


def make_gtin(number: int = 1) -> Gtin:
    """A GTIN under GS1's prefix for demonstrations."""
    body = f"0952{number:09}"
    return Gtin(body + check_digit(body))


def make_notary(folder: Path, clock: Clock, identity: Identity) -> Notary:
    return Notary(
        signer=make_signer(), log=make_log(folder), clock=clock, identity=identity
    )


def make_organisation(
    session: Session,
    clock: Clock,
    name: str = "HTX mẫu 01",
    *,
    kind: OrganisationKind = OrganisationKind.COOPERATIVE,
    name_public: bool = True,
) -> Organisation:
    draft = OrganisationDraft(
        kind=kind, name=Bilingual(name), name_public=name_public, sample=True
    )
    return create_organisation(session, draft, actor=SYSTEM, clock=clock)


def make_actor(organisation: Organisation, role: Role = Role.PRODUCER) -> Actor:
    return Actor(
        kind="person",
        id=None,
        name="Người nhập mẫu",
        organisation_id=organisation.id,
        roles=frozenset({role}),
    )


def product_draft(number: int = 1, **changed: Any) -> ProductDraft:
    values: dict[str, Any] = {
        "key": make_gtin(number),
        "name_vi": f"Gạo mẫu {number}",
        "ocop_set": "rice-grain",
        "net": Quantity(Decimal(5), "KGM"),
    }
    return ProductDraft(**(values | changed))


def site_draft(**changed: Any) -> SiteDraft:
    values: dict[str, Any] = {
        "kind": SiteKind.FACILITY,
        "name": "Cơ sở mẫu 01",
        "commune_code": "05587",
    }
    return SiteDraft(**(values | changed))


def certificate_draft(**changed: Any) -> CertificateDraft:
    values: dict[str, Any] = {
        "kind": CertificateKind.FOOD_SAFETY,
        "number": "SAMPLE-ATTP-01",
        "body": "Sở mẫu",
        "issued": date(2025, 3, 10),
        "expires": date(2028, 3, 10),
    }
    return CertificateDraft(**(values | changed))


def ip_right_draft(product: Product, **changed: Any) -> IpRightDraft:
    values: dict[str, Any] = {
        "kind": "gi",
        "sign": "Bắc Kạn",
        "state": IpState.REGISTERED,
        "product_id": product.id,
        "register_no": "00106",
        "right_to_use": "SAMPLE-QSD-05",
        "right_to_use_date": date(2023, 5, 10),
    }
    return IpRightDraft(**(values | changed))


def make_product(
    session: Session, owner: Organisation, clock: Clock, number: int = 1, **changed: Any
) -> Product:
    return register_product(
        session,
        product_draft(number, **changed),
        owner=owner.id,
        actor=make_actor(owner),
        clock=clock,
    )


def huge_png(width: int, height: int) -> bytes:
    """A PNG header that promises a large picture, as a bomb does."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def make_pdf(text: str = "mẫu") -> bytes:
    """The smallest thing every reader takes for a PDF."""
    body = f"%PDF-1.4\n%{text}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"
    return body.encode() + b"\n%%EOF\n"


def make_jpeg(colour: str = "olive", size: tuple[int, int] = (320, 240)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()
