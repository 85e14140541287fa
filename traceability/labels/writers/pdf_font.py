"""Fonts of a PDF: the letters that are used, embedded once, and searchable as text."""

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from traceability.labels.typeface import FILES

_FORBIDDEN = 100  # bfchar entries at most in one block (Adobe note 5014)


@dataclass(frozen=True, slots=True)
class Subset:
    """A font's letters; ``glyphs`` are the two-byte codes that text is written in."""

    name: str
    file: bytes
    glyphs: dict[str, int]
    widths: tuple[float, ...]  # thousandths of an em by glyph
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int

    def code(self, text: str) -> bytes:
        """Return a text as hexadecimal glyph codes; what the font lacks is a box."""
        return "".join(f"{self.glyphs.get(one, 0):04X}" for one in text).encode("ascii")

    def objects(self, number: int) -> list[bytes]:
        """Return the bodies of five objects, the first of them the font ``number``."""
        widths = " ".join(f"{width:.3f}" for width in self.widths)
        metrics = f"/Ascent {self.ascent} /Descent {self.descent}"
        base = f"/BaseFont /{self.name}"
        return [
            f"<< /Type /Font /Subtype /Type0 {base} /Encoding /Identity-H "
            f"/DescendantFonts [{number + 1} 0 R] "
            f"/ToUnicode {number + 4} 0 R >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType2 {base} /CIDToGIDMap /Identity "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {number + 2} 0 R /DW 0 /W [0 [{widths}]] >>".encode(),
            f"<< /Type /FontDescriptor /FontName /{self.name} /Flags 4 /ItalicAngle 0 "
            f"/FontBBox [{' '.join(map(str, self.box))}] {metrics} /StemV 80 "
            f"/CapHeight {self.cap_height} /FontFile2 {number + 3} 0 R >>".encode(),
            stream(self.file, extra=f"/Length1 {len(self.file)}"),
            stream(self._to_unicode()),
        ]

    def _to_unicode(self) -> bytes:
        """Return the map from glyph codes to text (ISO 32000-1, 9.10.3)."""
        pairs = [
            f"<{glyph:04X}> <{character.encode('utf-16-be').hex().upper()}>"
            for character, glyph in self.glyphs.items()
        ]
        blocks = [
            "\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"])
            for start in range(0, len(pairs), _FORBIDDEN)
            for block in (pairs[start : start + _FORBIDDEN],)
        ]
        head = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange"
        )
        tail = "endcmap CMapName currentdict /CMap defineresource pop end end"
        return "\n".join([head, *blocks, tail]).encode("ascii")


def stream(data: bytes, extra: str = "") -> bytes:
    """Return the body of a compressed stream object."""
    packed = zlib.compress(data, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {extra}>>\nstream\n"
    return head.encode("ascii") + packed + b"\nendstream"


@lru_cache(maxsize=32)
def subset(name: str, characters: frozenset[str]) -> Subset:
    """Return these letters of a typeface; the same letters give the same bytes."""
    with TTFont(FILES[name], recalcTimestamp=False) as font:
        options = Options()
        options.layout_features = []  # widths stay as they were measured
        options.hinting = False
        options.name_IDs = [6]
        options.notdef_outline = True
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=sorted(map(ord, characters)))
        subsetter.subset(font)
        buffer = BytesIO()
        font.save(buffer, reorderTables=True)
        return _subset(name, font, buffer.getvalue())


def _subset(name: str, font: TTFont, file: bytes) -> Subset:
    order = font.getGlyphOrder()
    em, head = font["head"].unitsPerEm, font["head"]
    digest = hashlib.sha256(file).digest()
    tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])

    thousandths = 1000 / int(em)

    def scaled(units: int) -> int:
        return round(units * thousandths)

    return Subset(
        name=f"{tag}+{name}",
        file=file,
        glyphs={
            chr(code): font.getGlyphID(glyph)
            for code, glyph in sorted(font.getBestCmap().items())
        },
        widths=tuple(font["hmtx"][glyph][0] * 1000 / em for glyph in order),
        box=(
            scaled(head.xMin),
            scaled(head.yMin),
            scaled(head.xMax),
            scaled(head.yMax),
        ),
        ascent=scaled(font["hhea"].ascent),
        descent=scaled(font["hhea"].descent),
        cap_height=scaled(font["OS/2"].sCapHeight),
    )
