"""Read the .po files once and keep them as catalogs in memory."""

import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent.parent / "translations"
SOURCE_LANGUAGE = "en"  # msgids are English


@cache
def translations_of(language: str) -> NullTranslations:
    """Return every room's messages in one language, merged.

    English needs none: its msgids are the text. A broken .po file stops the start.
    """
    merged: Translations | None = None
    for path in sorted((FOLDER / language).glob("*.po")):
        compiled = _compiled(read_catalog(path, language))
        merged = compiled if merged is None else merged.merge(compiled)
    return merged or NullTranslations()


def read_catalog(path: Path, language: str) -> Catalog:
    """Return one .po file's messages. Raises ``PoFileError`` where it is broken."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _compiled(catalog: Catalog) -> Translations:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return Translations(buffer)
