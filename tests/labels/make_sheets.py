"""Documents of labels, made in one part or in several."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise

from tests.labels.make_labels import FACTS
from traceability.core.text import Bilingual
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.setup import Setup
from traceability.labels.stock import Stock, StockKind
from traceability.labels.writers import Writer
from traceability.labels.writers.lists import CsvWriter, XlsxWriter
from traceability.labels.writers.pdf import PdfWriter
from traceability.labels.writers.png import PngWriter
from traceability.labels.writers.singles import PngSingles, SvgSingles
from traceability.labels.writers.svg import SvgWriter
from traceability.labels.writers.tspl import TsplWriter
from traceability.labels.writers.zpl import ZplWriter

# Small pages, so that many of them are quickly drawn and read.
SHEET = Stock(
    id="small",
    name=Bilingual("Tờ nhỏ", "Small sheet"),
    kind=StockKind.ROLL,
    page_width=140,
    page_height=110,
    label_width=64,
    label_height=34,
    columns=2,
    rows=3,
    left=4,
    top=2,
    pitch_x=66,
    pitch_y=35,
)
FORMATS = ("pdf", "svg", "png", "zpl", "tspl", "csv", "xlsx", "singles", "singles-svg")
DRAWN = tuple(name for name in FORMATS if name not in {"csv", "xlsx"})


def writer_of(name: str, layout: LabelLayout, pages: int = 2) -> Writer:
    makers: dict[str, Writer] = {
        "pdf": PdfWriter(layout, "Tem"),
        "svg": SvgWriter(layout, pages),
        "png": PngWriter(layout, pages),
        "zpl": ZplWriter(layout),
        "tspl": TsplWriter(layout),
        "csv": CsvWriter("Gạo"),
        "xlsx": XlsxWriter("Gạo"),
        "singles": PngSingles(layout),
        "singles-svg": SvgSingles(layout),
    }
    return makers[name]


def layout_of(
    labels: Sequence[Label], stock: Stock = SHEET, *, dpi: int = 300
) -> LabelLayout:
    return lay_out(stock, FACTS, labels[0], setup=Setup(dpi=dpi))


def document(
    writer: Writer, labels: Sequence[Label], *, first: int = 0, cuts: Sequence[int] = ()
) -> bytes:
    """Return the document of labels from position ``first``, cut into parts."""
    edges = [0, *cuts, len(labels)]
    parts = [writer.part(first + a, labels[a:b]) for a, b in pairwise(edges) if a < b]
    sink = BytesIO()
    writer.assemble(parts, sink)
    return sink.getvalue()
