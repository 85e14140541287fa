"""Files of visits: photos, minutes, all evidence, and the list to take along."""

import io
from dataclasses import replace

from flask import Blueprint, request, send_file
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog.communes import commune_or_none
from traceability.inspection import queries
from traceability.inspection.evidence import Evidence, ProvenRecord
from traceability.inspection.listing import CSV, XLSX, as_csv, as_xlsx
from traceability.inspection.minutes.content import Minutes
from traceability.inspection.minutes.pdf import render_pdf
from traceability.inspection.minutes.word import render_docx
from traceability.inspection.queries import Listed
from traceability.inspection.views.opening import signatures
from traceability.inspection.views.visits import READERS, search_of
from traceability.inspection.wording import RESULTS, labels_line, seen_lines
from traceability.labels.counting.queries import labels_of_lot
from traceability.records.models import SignedRecord
from traceability.records.queries import disclosures_of, leaf_of_record
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.verification.bundle.service import BundleNotFoundError, bundle_for
from traceability.verification.evidence import read_link
from traceability.verification.room import sources_of
from traceability.verification.service import evidence_from_database
from traceability.verification.wire import document_of
from traceability.web import formats
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _, lazy_gettext as _l, speaking

MOST_ROWS = 10_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
_MINUTES = {"docx": (render_docx, DOCX), "pdf": (render_pdf, PDF)}


@require(*READERS)
def photo(public_id: str, digest: str) -> Response:
    """Show a photo of a visit of one's own authority."""
    with services().database.reading() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        row = queries.photo_of(session, found.inspection, digest)
        content = queries.photo_content(session, row)
    return _file(content.content, content.media_type, inline=True)


@require(*READERS)
def minutes(public_id: str, ending: str) -> Response:
    """Hand the minutes out, filled in from what was signed."""
    with services().database.reading() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        filled = _minutes(session, found)
    render_as, media_type = _MINUTES[ending]
    name = f"bien-ban-{found.inspection.public_id}.{ending}"
    return _file(render_as(filled), media_type, name=name)


@require(*READERS)
def evidence(public_id: str) -> Response:
    """Hand out all that proves a visit, in one zip."""
    use = services()
    log = use.get(TransparencyLog)
    log.publish(use.database)
    with use.database.reading() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        archive = _evidence(session, found, log).archive()
    name = f"kiem-tra-{found.inspection.public_id}.zip"
    return _file(archive, "application/zip", name=name)


def _minutes(session: Session, found: Listed) -> Minutes:
    row, batch = found.inspection, found.batch
    record = queries.record_of(session, row)
    visit = queries.signed_visit(session, row, personal=True)
    with speaking("vi"):
        checks = [
            (str(one.number), one.title, one.word)
            for one in seen_lines(visit.draft.seen)
        ]
        counted = batch and labels_of_lot(session, batch, counts=signatures())
        labels = labels_line(counted) if counted else ""
    producer = found.producer
    return Minutes(
        authority=found.authority.name_vi,
        number=row.minutes_no or "",
        visit=visit,
        product=found.product.name_vi if found.product else "",
        lot_number=batch.lot_number if batch else "",
        producer=producer.name_vi if producer and producer.name_public else "",
        quantity=formats.quantity(batch.quantity) if batch else "",
        made_on=formats.day(batch.production_date) if batch else "",
        checks=checks,
        labels=labels,
        record=services().identity.url(f"/records/{record.public_id}"),
        log_index=record.log_index,
        digest=record.digest,
    )


def _evidence(session: Session, found: Listed, log: TransparencyLog) -> Evidence:
    use, row = services(), found.inspection
    filled = _minutes(session, found)
    versions = queries.versions_of(session, row)
    seen = evidence_from_database(session, row.link, sources=sources_of(use))
    return Evidence(
        subject=use.identity.url(row.path),
        made_at=use.clock.now(),
        records=[_proven(session, one, log) for one in versions],
        photos=[
            queries.photo_content(session, one)
            for one in queries.photos_of(session, row)
        ],
        minutes={
            f"minutes.{ending}": render_as(filled)
            for ending, (render_as, _type) in _MINUTES.items()
        },
        document=document_of(seen),
        bundle=_bundle(session, row.link),
        trust_list=use.get(KeyStore).trust_list_jws,
        vkey=log.vkey,
    )


def _bundle(session: Session, link: str) -> bytes | None:
    """Return the bundle of what was seen; of a code nobody issued there is none."""
    asked = read_link(link)
    if asked.link is None:
        return None
    try:
        sources = sources_of(services())
        return bundle_for(session, asked.link, sources=sources, seal=asked.seal)
    except BundleNotFoundError:
        return None


def _proven(
    session: Session, record: SignedRecord, log: TransparencyLog
) -> ProvenRecord:
    return ProvenRecord(
        id=record.public_id,
        token=record.token,
        proof=log.proof_text(session, record.log_index, leaf_of_record(record)),
        disclosures=disclosures_of(session, record),
    )


@require(*READERS)
def export(ending: str) -> Response:
    """Hand out the list as it is filtered."""
    search = replace(search_of(request.args), page=1, size=MOST_ROWS)
    with services().database.reading() as session:
        rows = [_row(one) for one in queries.visits(session, search)]
    headers = [str(one) for one in _COLUMNS]
    if ending == "csv":
        return _file(as_csv(headers, rows), CSV, name="kiem-tra.csv")
    title = str(_("Inspections"))
    return _file(as_xlsx(title, headers, rows), XLSX, name="kiem-tra.xlsx")


_COLUMNS = (
    _l("Seen"),
    _l("Entered"),
    _l("Result"),
    _l("Product"),
    _l("Lot number"),
    _l("Producer"),
    _l("Commune or ward"),
    _l("Authority"),
    _l("Number of the minutes"),
    _l("Minutes made out"),
    _l("Address"),
)


def _row(one: Listed) -> list[str]:
    row, producer = one.inspection, one.producer
    commune = commune_or_none(row.commune_code) if row.commune_code else None
    return [
        formats.instant(row.seen_at),
        formats.instant(row.entered_at),
        str(RESULTS[row.result]),
        one.product.name_vi if one.product else "",
        one.batch.lot_number if one.batch else "",
        producer.name_vi if producer and producer.name_public else "",
        commune.full_name if commune else "",
        one.authority.name_vi,
        row.minutes_no or "",
        formats.instant(row.minutes_at),
        services().identity.url(row.path),
    ]


def _file(
    data: bytes, media_type: str, *, name: str = "", inline: bool = False
) -> Response:
    response = send_file(
        io.BytesIO(data),
        mimetype=media_type,
        as_attachment=not inline,
        download_name=name or None,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these files."""
    start = "/inspections/<public_id>"
    for path, name, view in (
        (f"{start}/photos/<digest>", "photo", photo),
        (f"{start}/minutes.<any(docx, pdf):ending>", "minutes", minutes),
        (f"{start}/evidence.zip", "evidence", evidence),
        ("/inspections/list.<any(csv, xlsx):ending>", "export", export),
    ):
        blueprint.add_url_rule(path, name, view)
