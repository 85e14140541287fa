"""The files of a certificate: attach, open to buyers, take away, download."""

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog import queries, wording
from traceability.catalog.errors import FileNotFoundHereError
from traceability.catalog.models import Certificate
from traceability.catalog.paper_files import (
    MAX_FILES,
    FileUnsupportedError,
    PaperFile,
    paper_file,
)
from traceability.catalog.papers.handing_out.views import handed_out
from traceability.catalog.papers.queries import (
    certificate_by_public_id,
    content_of,
    file_of,
    files_of,
    scope_of,
)
from traceability.catalog.papers.scans import service
from traceability.catalog.schemas import ScanSchema
from traceability.core.permissions import Role
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

_SEES_ALL = (Role.OFFICER, Role.INSPECTOR, Role.ADMINISTRATOR)


@require(Role.PRODUCER)
def certificate_files(public_id: str) -> Response:
    """Show a certificate with its files, and attach one."""
    form = Form(ScanSchema())

    def write(session: Session) -> None:
        scan = sent_file()
        if scan is None:
            raise FileUnsupportedError("Choose a file first.", field="file")
        service.add_file(
            session,
            _own(session, public_id),
            scan,
            actor=actor(),
            notary=notary_of(services()),
        )

    status = submitted(form, write)
    if status == STORED:
        return _back(public_id, _("The file is attached and signed for."))
    with services().database.reading() as session:
        certificate = _own(session, public_id)
        files = files_of(session, certificate)
        scope = scope_of(session, certificate)
    return render(
        "catalog/certificate_files.html",
        status,
        form=form,
        certificate=certificate,
        kind=wording.CERTIFICATE_KINDS[certificate.kind],
        validity=certificate.term.on(services().clock.today()),
        validities=wording.VALIDITIES,
        scope=scope,
        files=files,
        full=len(files) >= MAX_FILES,
    )


@require(Role.PRODUCER)
def open_file(public_id: str, digest: str) -> Response:
    """Let everybody download a file."""
    return _shown(public_id, digest, _("Buyers can download the file."), to_all=True)


@require(Role.PRODUCER)
def close_file(public_id: str, digest: str) -> Response:
    """Let only those concerned download a file."""
    return _shown(public_id, digest, _("The file is no longer public."), to_all=False)


def _shown(public_id: str, digest: str, message: str, *, to_all: bool) -> Response:
    use = services()
    with use.database.transaction() as session:
        service.show_file(
            session,
            _own(session, public_id),
            digest,
            is_public=to_all,
            actor=actor(),
            clock=use.clock,
        )
    return _back(public_id, message)


@require(Role.PRODUCER)
def remove_file(public_id: str, digest: str) -> Response:
    """Take a file away."""
    use = services()
    with use.database.transaction() as session:
        certificate = _own(session, public_id)
        service.remove_file(
            session, certificate, digest, actor=actor(), notary=notary_of(use)
        )
    return _back(public_id, _("The file is removed."))


@require()
def download_file(public_id: str, digest: str) -> Response:
    """Hand a file to its holder, to officers and to inspectors."""
    with services().database.reading() as session:
        certificate = certificate_by_public_id(session, public_id)
        mine = certificate.organisation_id == actor().organisation_id
        if not mine and not actor().has(*_SEES_ALL):
            raise FileNotFoundHereError("There is no such file.")
        file = file_of(session, certificate, digest)
        return handed_out(file, content_of(session, file))


def sent_file() -> PaperFile | None:
    """Return the scan a form was sent with, checked and stripped."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    return paper_file(data, (sent.filename or "") if sent else "") if data else None


def _own(session: Session, public_id: str) -> Certificate:
    return queries.own_certificate(session, own_organisation(), public_id)


def _back(public_id: str, message: str) -> Response:
    return gone_on(message, url_for("catalog.certificate_files", public_id=public_id))


def add_to(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    both, post = ["GET", "POST"], ["POST"]
    start = "/certificates/<public_id>/files"
    for path, view, methods in (
        ("", certificate_files, both),
        ("/<digest>/download", download_file, ["GET"]),
        ("/<digest>/open", open_file, post),
        ("/<digest>/close", close_file, post),
        ("/<digest>/remove", remove_file, post),
    ):
        blueprint.add_url_rule(f"{start}{path}", view_func=view, methods=methods)
