"""Sheets of labels against a plain loop of qrcode and reportlab, in one process.

Run: python -m benchmarks.labels [labels]. Variant and yardstick take turns; the figure
is the median of the rounds' ratios. Reading back is timed beside them.
"""

import hmac
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import qrcode
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from traceability.labels.pdf import render_pdf

from traceability.labels.content import LabelFacts
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.qr import forget_symbols
from traceability.labels.readback import read_back_pdf
from traceability.labels.serials import serial_for
from traceability.labels.stock import A4_65
from traceability.labels.typeface import REGULAR

ROUNDS = 5
PRODUCT = "(01)09520001001017"
FACTS = LabelFacts(
    product_name="Gạo mẫu Định Hóa",
    lot_number="MAU-2026-01",
    production_date=date(2026, 11, 22),
    expiry=date(2027, 8, 19),
    net_content="Túi 5 kg",
    producer_name="Hợp tác xã mẫu",
)


@dataclass(frozen=True)
class BenchMac:
    key_id: str = "bench"

    def digest(self, message: bytes) -> bytes:
        return hmac.digest(b"bench", message, "sha256")


def labels(count: int, *, sealed: bool) -> list[Label]:
    link = f"HTTPS://TX.EXAMPLE/01/{PRODUCT[4:]}/10/{FACTS.lot_number}/21/"
    made = []
    for index in range(count):
        serial = serial_for(PRODUCT, index, BenchMac())
        digits = "".join(secrets.choice("0123456789") for _ in range(200))
        made.append(
            Label(link=link + serial, serial=serial, seal=digits if sealed else "")
        )
    return made


def ours(layout: LabelLayout, run: list[Label]) -> bytes:
    forget_symbols()
    return render_pdf(layout, run, title="bench")


def plain_loop(layout: LabelLayout, run: list[Label]) -> bytes:
    """One qrcode.make and one drawImage for each label, text drawn each time."""
    buffer = BytesIO()
    canvas = Canvas(buffer)
    per_page = layout.stock.per_page
    for position, label in enumerate(run):
        if position and position % per_page == 0:
            canvas.showPage()
        place = layout.place(position)
        x, y = place.left / layout.point, 842 - place.top / layout.point - 60
        picture = BytesIO()
        qrcode.make(label.qr_text, border=4).save(picture)
        picture.seek(0)
        canvas.drawImage(ImageReader(picture), x, y, 55, 55)
        for line in [*layout.static_lines, *layout.serial_lines(label)]:
            canvas.setFont(REGULAR, line.size)
            canvas.drawString(x + 57, y + 60 - line.baseline, line.text)
    canvas.save()
    return buffer.getvalue()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(kind: str, run: list[Label]) -> str:
    """Return the line of figures for one kind of label."""
    layout = lay_out(A4_65, FACTS, run[0])
    document = ours(layout, run)
    ratios, mine, reads = [], [], []
    for _ in range(ROUNDS):
        mine.append(seconds(lambda: ours(layout, run)))
        ratios.append(seconds(lambda: plain_loop(layout, run)) / mine[-1])
        reads.append(seconds(lambda: read_back_pdf(document, layout, run)))
    return (
        f"{kind}: {len(run) / statistics.median(mine):.0f} labels/s, "
        f"{statistics.median(ratios):.2f} x the plain loop, "
        f"read back {len(run) / statistics.median(reads):.0f} labels/s, "
        f"{len(document) / len(run):.0f} bytes/label"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else A4_65.per_page
    for kind in ("serial", "sealed"):
        print(compare(kind, labels(count, sealed=kind == "sealed")))


if __name__ == "__main__":
    main()
