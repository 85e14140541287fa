"""Certificates over the API: list, add, read, withdraw, files."""

from typing import Any

from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.datastructures import FileStorage

from traceability.catalog import queries
from traceability.catalog.drafts import CertificateDraft
from traceability.catalog.models import Certificate
from traceability.catalog.paper_files import paper_file
from traceability.catalog.papers import service
from traceability.catalog.papers.handing_out.views import handed_out
from traceability.catalog.papers.queries import (
    certificate_by_public_id,
    content_of,
    file_of,
    files_of,
    scope_of,
)
from traceability.catalog.papers.scans import service as scans
from traceability.catalog.papers.schemas import (
    ApiCertificate,
    ApiCertificateShown,
    ApiFileShown,
    ApiOpening,
    ApiPaperFile,
    ApiWithdrawal,
    certificate_shown,
    file_shown,
)
from traceability.core.permissions import Role, Scope
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "certificates_api",
    __name__,
    url_prefix=f"{PREFIX}/certificates",
    description="Certificates as their holders declare them, signed and logged",
)
_READERS = (Role.PRODUCER, Role.OFFICER, Role.INSPECTOR)
_SEE_ALL = (Role.OFFICER, Role.INSPECTOR)
_BINARY = "application/octet-stream"


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiCertificate)
@blueprint.response(201, ApiCertificateShown)
def register(data: dict[str, Any]) -> Any:
    """Add a certificate; it is signed and logged."""

    def write(session: Session) -> Any:
        mine, values = own_organisation(), dict(data)
        products, sites = values.pop("products"), values.pop("sites")
        draft = CertificateDraft(
            **values,
            product_ids=tuple(
                queries.own_product(session, mine, one).id for one in products
            ),
            site_ids=tuple(queries.own_site(session, mine, one).id for one in sites),
        )
        certificate = service.register_certificate(
            session,
            draft,
            owner=mine,
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(session, certificate)

    return once(write)


@blueprint.get("")
@blueprint.permitted(*_READERS, scope=Scope.CATALOGUE_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiCertificateShown))
def listing(data: dict[str, Any]) -> Any:
    """List own certificates (officers, inspectors: everybody's), the newest first."""
    window = window_of(data)
    owner = None if actor().has(*_SEE_ALL) else own_organisation()
    with services().database.reading() as session:
        rows = queries.certificates_in(session, owner, window)
        return page_of(
            rows,
            window,
            key=lambda row: row.id,
            show=lambda row: _shown(session, row),
        )


@blueprint.get("/<public_id>")
@blueprint.permitted(*_READERS, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiCertificateShown)
def show(public_id: str) -> Any:
    """Read one certificate."""
    with services().database.reading() as session:
        return _shown(session, _visible(session, public_id))


@blueprint.post("/<public_id>/withdraw")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiWithdrawal)
@blueprint.response(200, ApiCertificateShown)
def withdraw(data: dict[str, Any], public_id: str) -> Any:
    """Say from which day a certificate counts no more; a new version is signed."""

    def write(session: Session) -> Any:
        certificate = _own(session, public_id)
        service.withdraw_certificate(
            session,
            certificate,
            service.Withdrawal(on=data["on"], reason=data["reason"]),
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(session, certificate)

    return once(write)


@blueprint.post("/<public_id>/files")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiPaperFile, location="files")
@blueprint.response(201, ApiFileShown)
def add_file(files: dict[str, FileStorage], public_id: str) -> Any:
    """Attach a file; its digest is signed."""

    def write(session: Session) -> Any:
        sent = files["file"]
        row = scans.add_file(
            session,
            _own(session, public_id),
            paper_file(sent.read(), sent.filename or ""),
            actor=actor(),
            notary=notary_of(services()),
        )
        return file_shown(row)

    return once(write)


@blueprint.get("/<public_id>/files/<digest>")
@blueprint.permitted(*_READERS, scope=Scope.CATALOGUE_READ)
@blueprint.file(_BINARY)
def download(public_id: str, digest: str) -> Response:
    """Download a file of a certificate."""
    with services().database.reading() as session:
        file = file_of(session, _visible(session, public_id), digest)
        return handed_out(file, content_of(session, file), media_type=_BINARY)


@blueprint.patch("/<public_id>/files/<digest>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiOpening)
@blueprint.response(200, ApiFileShown)
def open_file(data: dict[str, bool], public_id: str, digest: str) -> Any:
    """Open a file to everybody, or close it again."""

    def write(session: Session) -> Any:
        certificate = _own(session, public_id)
        scans.show_file(
            session,
            certificate,
            digest,
            is_public=data["is_public"],
            actor=actor(),
            clock=services().clock,
        )
        return file_shown(file_of(session, certificate, digest))

    return once(write)


@blueprint.delete("/<public_id>/files/<digest>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.response(200, ApiCertificateShown)
def remove_file(public_id: str, digest: str) -> Any:
    """Take a file away and erase it; the next record is without it."""

    def write(session: Session) -> Any:
        certificate = _own(session, public_id)
        notary = notary_of(services())
        scans.remove_file(session, certificate, digest, actor=actor(), notary=notary)
        return _shown(session, certificate)

    return once(write)


def _own(session: Session, public_id: str) -> Certificate:
    return queries.own_certificate(session, own_organisation(), public_id)


def _visible(session: Session, public_id: str) -> Certificate:
    if actor().has(*_SEE_ALL):
        return certificate_by_public_id(session, public_id)
    return _own(session, public_id)


def _shown(session: Session, certificate: Certificate) -> dict[str, Any]:
    use = services()
    return certificate_shown(
        certificate,
        scope_of(session, certificate),
        files_of(session, certificate),
        identity=use.identity,
        today=use.clock.today(),
    )
