"""Draw the pictures of docs/labels.md: ``make pictures``.

Everything on them comes out of the commands a print room uses. The printer that prints
a little too large and beside its place, and the labels' die cuts, are drawn here.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pypdfium2
from click.testing import CliRunner
from PIL import Image, ImageDraw

from tests.batches.make_batches import make_batch, make_producer
from tests.conftest import FixedClock
from tests.web.make_web import make_services
from traceability.batches.models import Batch
from traceability.cli import main
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.labels.stock import Stock, stock_of
from traceability.records.notary import notary_of
from traceability.web.context import Services

DPI = 120
SCALE = 1.008  # a printer that makes 200 mm into 201.6
OFFSET = (0.9, -0.6)  # mm to the right and down
PAPER, CUT, WHITE = (246, 244, 238), (150, 150, 150), (255, 255, 255)
COLOURS = 32


@dataclass(frozen=True)
class PrintRoom:
    """A service with one lot, in a folder that goes away."""

    use: Services
    batch: Batch
    folder: Path

    def command(self, *words: str) -> None:
        result = CliRunner().invoke(main, ["labels", *words], obj=self.use)
        if result.exit_code:
            raise SystemExit(f"labels {' '.join(words)}: {result.output}")

    def page(self, name: str, *words: str) -> Image.Image:
        """The first page of what a command writes, at DPI."""
        out = self.folder / f"{name}.pdf"
        self.command(*words, f"--out={out}")
        with pypdfium2.PdfDocument(out.read_bytes()) as document:
            page: Image.Image = document[0].render(scale=DPI / 72).to_pil()
            return page.convert("RGB")

    def sheet(self, name: str, stock: str, count: int, *words: str) -> Image.Image:
        where = [f"--batch={self.batch.public_id}", f"--stock={stock}"]
        kind = ["--kind=serial", f"--count={count}", "--format=pdf"]
        return self.page(name, "print", *where, *kind, *words)


def open_room(folder: Path) -> PrintRoom:
    database = Database(f"sqlite:///{folder / 'pictures.sqlite3'}")
    Base.metadata.create_all(database.engine)
    use = make_services(folder / "home", database, FixedClock())
    with use.database.transaction() as session:
        producer = make_producer(session, use.clock)
        batch = make_batch(session, producer, notary_of(use), issued=True)
    return PrintRoom(use, batch, folder)


def dots(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


def out_of_the_printer(page: Image.Image) -> Image.Image:
    """A page as that printer prints it."""
    back = 1 / SCALE
    left, top = (dots(one) for one in OFFSET)
    matrix = (back, 0, -left * back, 0, back, -top * back)
    return page.transform(
        page.size, Image.Transform.AFFINE, matrix, fillcolor=WHITE, resample=3
    )


def on_stock(page: Image.Image, stock: Stock) -> Image.Image:
    """Print on paper whose labels are cut already."""
    paper = Image.new("RGB", page.size, PAPER)
    pen = ImageDraw.Draw(paper)
    for position in range(stock.per_page):
        slot = stock.slot(position)
        right, bottom = slot.left + stock.label_width, slot.top + stock.label_height
        box = [dots(one) for one in (slot.left, slot.top, right, bottom)]
        pen.rounded_rectangle(box, radius=dots(1.5), fill=WHITE, outline=CUT, width=2)
    return Image.composite(paper, page, page.convert("L"))  # light: the paper shows


def corner(page: Image.Image, width: float, height: float) -> Image.Image:
    """The lower right corner of a page, where errors are largest."""
    box = (page.width - dots(width), page.height - dots(height), *page.size)
    return page.crop(box)


def upper(page: Image.Image, height: float) -> Image.Image:
    return page.crop((0, 0, page.width, dots(height)))


def beside(pictures: Sequence[Image.Image], gap: int = 24) -> Image.Image:
    width = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    whole = Image.new("RGB", (width, max(one.height for one in pictures)), WHITE)
    left = 0
    for one in pictures:
        whole.paste(one, (left, 0))
        left += one.width + gap
    return whole


def keep(picture: Image.Image, path: Path, width: int) -> None:
    height = round(picture.height * width / picture.width)
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    small.quantize(COLOURS).save(path, optimize=True)
    click.echo(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def draw(room: PrintRoom, folder: Path) -> None:
    a4 = stock_of("a4-65")
    test = room.page("test", "testpage", "--stock=a4-65")
    keep(on_stock(test, a4), folder / "labels-test-page.png", 620)
    plain = room.sheet("plain", "a4-65", 65)
    keep(upper(on_stock(plain, a4), 98), folder / "labels-sheet.png", 720)
    shift = ",".join(f"{-one / SCALE:.3f}" for one in OFFSET)
    fixed = room.sheet(
        "fixed", "a4-65", 65, f"--shift={shift}", f"--scale={SCALE},{SCALE}"
    )
    corners = [
        corner(on_stock(out_of_the_printer(one), a4), 88, 62) for one in (plain, fixed)
    ]
    keep(beside(corners), folder / "labels-margins.png", 860)
    sizes = [
        room.sheet("small", "roll-35x22", 1),
        room.sheet("middle", "roll-50x30", 1),
        room.sheet("large", "roll-100x50", 1),
    ]
    framed = [_framed(one) for one in sizes]
    keep(beside(framed), folder / "labels-sizes.png", 900)


def _framed(label: Image.Image) -> Image.Image:
    pen = ImageDraw.Draw(label)
    pen.rectangle((0, 0, label.width - 1, label.height - 1), outline=CUT, width=2)
    return label


def run() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        room = open_room(Path(folder))
        draw(room, target)
        room.use.database.dispose()


if __name__ == "__main__":
    run()
