"""Documents of one file for each page: the file itself, or a ZIP of several."""

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from traceability.labels.errors import ReadBackError
from traceability.labels.writers.zipping import ZipStream

ZIP_TYPE = "application/zip"


def write_pages(
    pages: Iterable[tuple[int, bytes]],
    sink: BinaryIO,
    suffix: str,
    *,
    zipped: bool,
    compress: bool,
) -> None:
    """Write numbered pages. Raises ``ValueError`` for several that are not zipped."""
    if not zipped:
        [(_, data)] = pages
        sink.write(data)
        return
    with ZipStream(sink) as archive:
        for page, data in pages:
            archive.add(f"{page + 1:05}.{suffix}", data, compress=compress)


def read_pages(document: bytes, *, zipped: bool) -> Iterator[tuple[str, bytes]]:
    """Yield each file's name and content. Raises ``ReadBackError``."""
    if not zipped:
        yield "", document
        return
    try:
        with zipfile.ZipFile(BytesIO(document)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise ReadBackError(
            "The document cannot be opened; nothing was released."
        ) from error
