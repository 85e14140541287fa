"""One thing of every kind that has an address, made as its owner makes it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from tests.batches.importing.make_files import csv_file
from tests.hostile.wire import Answer, Wire
from tests.labels.make_stocks import FORM
from tests.parties.make_parties import admit, jwk_text, new_signer, signed
from traceability.accounts.models import ApiKey, Person
from traceability.batches.record import RECORD_TYPE
from traceability.catalog.models import CertificateFile, ProductPicture
from traceability.events.models import TraceEvent
from traceability.labels.models import LabelDesign
from traceability.parties.models import PartyKey
from traceability.records.queries import latest_record
from traceability.web.context import Services

WITNESS = "Ông Chứng Kiến Kín"
OPERATOR = "Chị Thợ Phun Kín"
PLOT = "Thửa kín số 7"
PAPER = "giay-kin.pdf"
EVIDENCE = "bien-ban-kin.pdf"
IMPORTED = "giống kín trong tệp"
ADDRESS = "Xóm Kín 12, ngõ không số"
DESIGN = "Mẫu tem kín của hộp quà"
TAX_CODE = "0109998887"
STOCK = "Decal kín 8 tem"
# What only A may read; officers and inspectors read papers and entries of the diary.
PRIVATE = (
    WITNESS,
    OPERATOR,
    PLOT,
    PAPER,
    EVIDENCE,
    IMPORTED,
    ADDRESS,
    TAX_CODE,
    STOCK,
    DESIGN,
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Owner:
    """A producer at the other end of the wire, and what it has already."""

    wire: Wire
    organisation_id: int
    gtin: str
    product: str
    site: str
    certificate: str
    lot_link: str


def make_things(use: Services, owner: Owner) -> dict[str, str]:
    """Make what the addresses of a producer's pages name; return their ids."""
    wire = owner.wire
    done(wire.form("/producer", {"address": ADDRESS, "tax_code": TAX_CODE}))
    paper = f"/certificates/{owner.certificate}/files"
    done(wire.upload(paper, {"file": (PAPER, PDF)}))
    photos = f"/products/{owner.product}/photos"
    done(wire.upload(photos, {"photo": ("x.png", picture()), "alt": "Gói chè"}))
    done(wire.form("/label-designs/new", {"name": DESIGN, "purpose": "stamp"}))
    _write_diary(owner)
    row = [owner.gtin, "TEP-1", "20/11/2026", "3", "kg", IMPORTED]
    names = ["GTIN", "Lot", "Production date", "Quantity", "Unit", "Variety"]
    sent = wire.upload("/batches/import", {"file": ("x.csv", csv_file([row], names))})
    key, prepared = _key_and_word(use, owner)
    return {
        "paper": str(_newest(use, CertificateFile).digest),
        "photo": str(_newest(use, ProductPicture).digest),
        "event": str(_newest(use, TraceEvent).uuid),
        "import": done(sent).rpartition("/")[2],
        "party-key": key,
        "prepared": prepared,
        "label-stock": _measured(wire),
        "key": str(_first_of(use, ApiKey, owner.organisation_id)),
        "design": str(_newest(use, LabelDesign).public_id),
        "person": str(_first_of(use, Person, owner.organisation_id)),
    }


def _measured(wire: Wire) -> str:
    """A sheet of A's own, and a printer measured for it."""
    stock = done(wire.form("/label-stocks/new", {**FORM, "name": STOCK}))
    numbers = {"name": "Máy in kín", "across": "149,5", "down": "200"}
    done(wire.form(f"{stock}/printer", numbers))
    return stock.rpartition("/")[2]


def _key_and_word(use: Services, owner: Owner) -> tuple[str, str]:
    """A key of A's in the trust list, and its word on its lot, not signed yet."""
    signer = new_signer()
    send = owner.wire.form("/organisation/keys", {"jwk": jwk_text(signer)})
    key = done(send).rpartition("/")[2]
    proof = signed(signer, _newest(use, PartyKey).challenge)
    done(owner.wire.form(f"/organisation/keys/{key}", {"signature": proof}))
    admit(use, _newest(use, PartyKey))
    with use.database.reading() as session:
        lot = latest_record(session, owner.lot_link, RECORD_TYPE)
        assert lot is not None
    sent = owner.wire.form("/confirmations", {"record": lot.public_id})
    return key, done(sent).rpartition("/")[2]


def _write_diary(owner: Owner) -> None:
    when = {"day": "20/11/2026", "clock": "07:00", "site": owner.site}
    spray = {"input_name": "Phân hữu cơ", "input_kind": "fertiliser", "plot": PLOT}
    path = "/diary/new/input_use"
    done(owner.wire.form(path, {**when, **spray, "operator": OPERATOR}))
    gone = {"lot": owner.lot_link, "qty": "1", "qty_unit": "KGM", "witness": WITNESS}
    evidence: Any = {"file": (EVIDENCE, PDF)}
    done(owner.wire.upload("/diary/new/destroy", {**when, **gone, **evidence}))


def _newest(use: Services, table: type[DeclarativeBase]) -> Any:
    with use.database.reading() as session:
        key: Any = table.__mapper__.primary_key[0]
        return session.scalars(select(table).order_by(key.desc()).limit(1)).one()


def _first_of(use: Services, table: Any, organisation_id: int) -> int:
    with use.database.reading() as session:
        owned = table.organisation_id == organisation_id
        found: int = session.scalars(select(table.id).where(owned).limit(1)).one()
        return found


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 64), "darkgreen").save(buffer, "PNG")
    return buffer.getvalue()


def done(answer: Answer) -> str:
    """Where a form that was stored leads."""
    assert answer.status == 303, answer.text
    return str(answer.headers["Location"])
