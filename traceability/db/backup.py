"""One backup file for both engines: every table, the keys, who we are.

A zip: ``manifest.json``, ``tables/<name>.jsonl`` (a row a line, in the order foreign
keys ask for), ``keys/…`` (private ones stay encrypted) and ``identity.json``. The last
published log head and the pass phrase of the keys are never in it.
"""

import base64
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Column, Select, Table, insert, select
from sqlalchemy.orm import Session

from traceability.core.errors import ConflictError, InvalidError
from traceability.db.database import Database
from traceability.db.migrations import current_revision
from traceability.db.sequences import move_sequence
from traceability.db.tables import all_metadata

FORMAT = "traceability-backup/1"
_CHUNK = 500
_MAX_MEMBER = 4 * 1024**3


class BackupInvalidError(InvalidError):
    """The file is no backup of ours, or a part of it is damaged."""

    code = "backup-invalid"


class RestoreRefusedError(ConflictError):
    """The place to restore into is not empty or not ready."""

    code = "restore-refused"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files beside the database lie."""

    keys: Path
    identity: Path


def write_backup(
    database: Database, places: Places, target: Path, made: datetime
) -> int:
    """Write everything to a new file, 0600; return the number of rows.

    One reading transaction: the backup is one moment. Raises
    ``RestoreRefusedError`` where the file exists already.
    """
    if target.exists():
        raise RestoreRefusedError("%(file)s exists already.", file=str(target))
    partial = target.with_name(target.name + ".part")
    with partial.open("wb") as raw:
        os.fchmod(raw.fileno(), 0o600)
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            with database.reading() as session:
                rows = _write_tables(archive, session)
                revision = current_revision(session.connection())
            _write_files(archive, places)
            manifest = {
                "format": FORMAT,
                "made": made.isoformat(),
                "revision": revision,
                "rows": rows,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        raw.flush()
        os.fsync(raw.fileno())
    partial.rename(target)
    return sum(rows.values())


def read_backup(database: Database, places: Places, source: Path) -> int:
    """Fill an empty, migrated database and an empty key folder; return the rows.

    All or nothing in the database. Raises ``BackupInvalidError`` or
    ``RestoreRefusedError``.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            _refuse_foreign_files(archive, places)
            with database.transaction() as session:
                _refuse_wrong_place(session, manifest)
                rows = _read_tables(archive, session, manifest["rows"])
                _read_files(archive, places)
    except (zipfile.BadZipFile, OSError, KeyError, ValueError) as error:
        raise BackupInvalidError(
            "%(file)s cannot be restored: %(why)s.", file=str(source), why=str(error)
        ) from error
    return rows


def _write_tables(archive: zipfile.ZipFile, session: Session) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in all_metadata().sorted_tables:
        counts[table.name] = 0
        with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
            for row in session.execute(_rows(table)).mappings():
                line = json.dumps(_encode_row(row), ensure_ascii=False)
                out.write(line.encode() + b"\n")
                counts[table.name] += 1
    return counts


def _rows(table: Table) -> Select[Any]:
    rows = select(table).order_by(*table.primary_key)
    return rows.execution_options(yield_per=_CHUNK)


def _write_files(archive: zipfile.ZipFile, places: Places) -> None:
    if places.identity.exists():
        archive.write(places.identity, "identity.json")
    for path in sorted(places.keys.rglob("*")):
        if path.is_file():
            archive.write(path, f"keys/{path.relative_to(places.keys).as_posix()}")


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest = json.loads(archive.read("manifest.json"))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupInvalidError("This is no backup of this service.")
    if any(info.file_size > _MAX_MEMBER for info in archive.infolist()):
        raise BackupInvalidError("A part of the backup is too large.")
    damaged = archive.testzip()
    if damaged is not None:
        raise BackupInvalidError("%(part)s is damaged.", part=damaged)
    return manifest


def _refuse_foreign_files(archive: zipfile.ZipFile, places: Places) -> None:
    for name in archive.namelist():
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise BackupInvalidError("%(part)s points outside.", part=name)
    if any(places.keys.glob("private/*")):
        raise RestoreRefusedError(
            "%(folder)s already holds keys: restore into a fresh home.",
            folder=str(places.keys),
        )
    if places.identity.exists():
        raise RestoreRefusedError(
            "%(file)s is there already, so this home has been set up: restore into a"
            " fresh home, before `init`.",
            file=str(places.identity),
        )


def _refuse_wrong_place(session: Session, manifest: Mapping[str, Any]) -> None:
    here = current_revision(session.connection())
    if here is None or here != manifest["revision"]:
        raise RestoreRefusedError(
            "The database is at schema %(here)s, the backup at %(there)s.",
            here=here,
            there=manifest["revision"],
        )
    for table in all_metadata().sorted_tables:
        if session.execute(select(table).limit(1)).first() is not None:
            raise RestoreRefusedError(
                "The database is not empty: table %(table)s.", table=table.name
            )


def _read_tables(
    archive: zipfile.ZipFile, session: Session, expected: Mapping[str, int]
) -> int:
    total = 0
    for table in all_metadata().sorted_tables:
        count = 0
        for chunk in _chunks(archive, table):
            session.execute(insert(table), chunk)
            count += len(chunk)
        if count != expected[table.name]:
            raise BackupInvalidError("Rows of %(table)s are missing.", table=table.name)
        total += count
        move_sequence(session, table)
    return total


def _chunks(archive: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            chunk.append(_decode_row(table, json.loads(line)))
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _read_files(archive: zipfile.ZipFile, places: Places) -> None:
    for info in archive.infolist():
        if info.filename == "identity.json":
            _place(places.identity, archive.read(info), 0o644)
        elif info.filename.startswith("keys/"):
            target = places.keys / info.filename.removeprefix("keys/")
            secret = "private" in target.parts
            _place(target, archive.read(info), 0o600 if secret else 0o644)


def _place(target: Path, content: bytes, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _encode_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _encode(value) for name, value in row.items()}


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


_DECODERS: dict[type, Callable[[Any], Any]] = {
    bytes: base64.b64decode,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
}


def _decode_row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _decode(table.c[name], value) for name, value in row.items()}


def _decode(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return value
    return _DECODERS.get(kind, _as_is)(value)


def _as_is(value: Any) -> Any:
    return value
