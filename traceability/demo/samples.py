"""The sample data as packaged: `data/samples.json` and one drawn picture a product."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

DATA = files("traceability.demo") / "data"
Sample = dict[str, Any]


@cache
def samples() -> dict[str, Any]:
    """Return the whole file: organisations, sites, products, batches and the rest."""
    loaded: dict[str, Any] = json.loads(
        (DATA / "samples.json").read_text(encoding="utf-8")
    )
    return loaded


@cache
def sample_events() -> list[Sample]:
    """Return what is written down of the sample lots, the oldest first."""
    found: list[Sample] = json.loads((DATA / "events.json").read_text(encoding="utf-8"))
    return found


def report_file() -> bytes:
    """Return the one page that stands for every laboratory's report."""
    return (DATA / "report.pdf").read_bytes()


def picture_of(product_key: str) -> bytes:
    """Return a sample product's picture, WebP."""
    return (DATA / "photos" / f"{product_key.lower()}.webp").read_bytes()
