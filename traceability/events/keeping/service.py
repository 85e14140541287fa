"""Keep a file that proves an entry. The caller commits."""

from sqlalchemy.orm import Session

from traceability.catalog.paper_files import PaperFile
from traceability.core.canonical import Json
from traceability.core.ports import Clock
from traceability.events.models import EventFile, EventFilePart


def keep_file(
    session: Session, file: PaperFile, *, owner: int, clock: Clock
) -> dict[str, Json]:
    """Store a file that was read and stripped; return it as an element's value."""
    row = EventFile(
        organisation_id=owner,
        digest=file.digest,
        name=file.name,
        media_type=file.media_type,
        kept_at=clock.now(),
    )
    session.add(row)
    session.flush()
    session.add_all(
        EventFilePart(file_id=row.id, position=position, content=part)
        for position, part in enumerate(file.parts)
    )
    session.flush()
    return {"name": row.name, "sha256": row.digest, "mediaType": row.media_type}
