"""The files of certificates: kept, signed for, opened, erased, backed up."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.catalog.make_catalog import (
    certificate_draft,
    make_actor,
    make_jpeg,
    make_organisation,
    make_pdf,
)
from traceability.catalog.errors import (
    FileLimitError,
    FileNotFoundHereError,
    FileTakenError,
)
from traceability.catalog.models import Certificate, CertificateFilePart
from traceability.catalog.paper_files import MAX_FILES, PART_BYTES, paper_file
from traceability.catalog.papers.queries import content_of, file_of, files_of
from traceability.catalog.papers.scans.service import add_file, remove_file, show_file
from traceability.catalog.papers.service import register_certificate
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.db.backup import Places, read_backup, write_backup
from traceability.db.database import Database
from traceability.db.migrations import upgrade
from traceability.records.queries import latest_record
from traceability.signing.envelope import read_unverified

PDF = paper_file(make_pdf(), "giay.pdf")
LARGE = paper_file(make_pdf("x" * (3 * PART_BYTES)), "lon.pdf")
SCAN = paper_file(make_jpeg(), "anh.jpg")


def start(
    session: Session, clock: Clock, notary: Notary, *files: object
) -> tuple[Certificate, Actor]:
    owner = make_organisation(session, clock)
    who = make_actor(owner)
    certificate = register_certificate(
        session,
        certificate_draft(),
        files,  # type: ignore[arg-type]  # a tuple of them
        owner=owner.id,
        actor=who,
        notary=notary,
    )
    return certificate, who


def signed_digests(
    session: Session, certificate: Certificate, notary: Notary
) -> list[str]:
    subject = notary.identity.url(f"/certificates/{certificate.public_id}")
    record = latest_record(session, subject, "CertificateRecord")
    assert record is not None
    claims = read_unverified(record.token).payload["credentialSubject"]
    found: list[str] = claims.get("fileSha256", [])
    return found


def test_files_are_signed_for_from_their_first_to_their_last_version(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        certificate, who = start(session, clock, notary, LARGE)
        assert signed_digests(session, certificate, notary) == [LARGE.digest]
        add_file(session, certificate, SCAN, actor=who, notary=notary)
        digests = [LARGE.digest, SCAN.digest]
        assert signed_digests(session, certificate, notary) == digests
        file = file_of(session, certificate, LARGE.digest)
        assert content_of(session, file) == LARGE.content
        remove_file(session, certificate, LARGE.digest, actor=who, notary=notary)
        assert signed_digests(session, certificate, notary) == [SCAN.digest]
        left = session.scalar(
            select(func.sum(func.length(CertificateFilePart.content)))
        )
        assert left == len(SCAN.content)
        with pytest.raises(FileNotFoundHereError):
            remove_file(session, certificate, LARGE.digest, actor=who, notary=notary)


def test_a_file_is_closed_until_its_holder_opens_it(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        certificate, who = start(session, clock, notary, PDF)
        [file] = files_of(session, certificate)
        assert file.is_public is False
        for is_public in (True, False):
            show_file(
                session,
                certificate,
                PDF.digest,
                is_public=is_public,
                actor=who,
                clock=clock,
            )
            assert file.is_public is is_public


def test_a_file_is_attached_once_and_so_many_are_enough(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        certificate, who = start(session, clock, notary, PDF)
        with pytest.raises(FileTakenError), session.begin_nested():
            add_file(session, certificate, PDF, actor=who, notary=notary)
        for number in range(1, MAX_FILES):
            file = paper_file(make_pdf(str(number)), "")
            add_file(session, certificate, file, actor=who, notary=notary)
        with pytest.raises(FileLimitError):
            add_file(session, certificate, SCAN, actor=who, notary=notary)


def test_a_backup_brings_the_files_back(
    tmp_path: Path, clock: Clock, notary: Notary
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    new = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    for database in (old, new):
        upgrade(database)
    with old.transaction() as session:
        certificate, _who = start(session, clock, notary, LARGE, SCAN)
        public_id = certificate.public_id
    saved = tmp_path / "saved.zip"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    made = datetime(2026, 11, 22, tzinfo=UTC)
    write_backup(old, _places(tmp_path / "a"), saved, made)
    read_backup(new, _places(tmp_path / "b"), saved)
    with new.reading() as session:
        found = session.scalars(
            select(Certificate).where(Certificate.public_id == public_id)
        ).one()
        files = files_of(session, found)
        contents = [content_of(session, one) for one in files]
    assert contents == [LARGE.content, SCAN.content]
    old.dispose()
    new.dispose()


def _places(folder: Path) -> Places:
    return Places(keys=folder / "keys", identity=folder / "identity.json")
