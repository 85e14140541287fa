"""Labels against plain loops of qrcode with each format's usual writer, same labels.

Run: python -m benchmarks.labels [--cpu] [--long]. Both sides of a row take turns and
tell seconds a label; what our side wrote is decoded. ``--cpu`` counts processor time,
of all threads. ``--long`` also prints a million labels and compares the memory at its
highest with that of ten thousand.
"""

import hmac
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import qrcode
import qrcode.image.svg
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.measuring import Clock, compare, show, timed
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import LabelFacts
from traceability.labels.job import LabelKeys, LabelKind, PrintJob, RunSpec
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.press import Press, Print
from traceability.labels.seal import SealFacts
from traceability.labels.stock import A4_65
from traceability.labels.symbols.drawing import draw_symbols
from traceability.labels.typeface import REGULAR
from traceability.labels.writers import Writer
from traceability.labels.writers.formats import SheetFormat
from traceability.labels.writers.pdf import PdfWriter
from traceability.labels.writers.png import PngWriter
from traceability.labels.writers.singles import PngSingles, SvgSingles
from traceability.labels.writers.zpl import ZplWriter
from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    generate_private,
    jwk_of,
)

COUNT, PLAIN = 10_010, 24  # labels that we draw, and that the plain loop draws
SEALED_COUNT = 10 * COUNT  # parts that two workers can share
WORKERS = 2
FEW = 3_900  # labels of formats that write more
READ = 130
SHORT, MILLION, ALLOWED = 10_000, 1_000_000, 20  # MiB
LOT = "https://tx.example/01/09520001001017/10/MAU-2026-01"
FACTS = LabelFacts(
    product_name="Gạo mẫu Định Hóa",
    lot_number="MAU-2026-01",
    production_date=date(2026, 11, 22),
    expiry=date(2027, 8, 19),
    net_content="Túi 5 kg",
    producer_name="Hợp tác xã mẫu",
)
SEALED = SealFacts(production_date=date(2026, 11, 22), expiry=date(2027, 8, 19))


@dataclass(frozen=True)
class BenchMac:
    key_id: str = "bench"

    def digest(self, message: bytes) -> bytes:
        return hmac.digest(b"bench", message, "sha256")


def job_of(kind: LabelKind) -> PrintJob:
    return PrintJob(
        spec=RunSpec(kind=kind, count=1000, stock=A4_65),
        lot=DigitalLink.parse(LOT),
        first_index=5000,
        serial_key_id="bench",
        facts=FACTS,
        sealed_facts=SEALED,
    )


def keys_of(signer: LocalSigner) -> LabelKeys:
    return LabelKeys(mac_of=lambda _: BenchMac(), sealer=lambda: signer)


def make_signer() -> LocalSigner:
    private = generate_private()
    public = PublicKey(
        kid="did:web:tx.example#bench",
        alg=EDDSA,
        role=KeyRole.SEAL,
        party="did:web:tx.example",
        jwk=jwk_of(private),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return LocalSigner(public, private)


def labels_of(job: PrintJob, keys: LabelKeys, count: int, first: int) -> list[Label]:
    """Return labels of a run, however large it may be."""
    thousands = range(0, count, job.spec.count)
    return [
        label
        for start in thousands
        for label in replace(job, first_index=first + start).labels(
            keys, 0, min(count - start, job.spec.count)
        )
    ]


def per_label(
    count: int, work: Callable[[], object], clock: Clock
) -> Callable[[], float]:
    return lambda: timed(work, clock) / count


def ours(
    writer: Writer, job: PrintJob, keys: LabelKeys, count: int, first: int = 5000
) -> bytes:
    """Return a document, its labels made too."""
    labels = labels_of(job, keys, count, first)
    sink = BytesIO()
    writer.assemble([writer.part(0, labels)], sink)
    return sink.getvalue()


def plain_symbols(labels: Sequence[Label]) -> None:
    for label in labels:
        code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M, border=0)
        code.add_data(label.qr_text)
        code.make(fit=True)


def plain_pdf(layout: LabelLayout, labels: Sequence[Label]) -> bytes:
    """One qrcode.make and one drawImage for each label, text drawn each time."""
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for position, label in enumerate(labels):
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


def plain_png(labels: Sequence[Label]) -> None:
    for label in labels:
        qrcode.make(label.qr_text).save(BytesIO())


def plain_svg(labels: Sequence[Label]) -> None:
    factory = qrcode.image.svg.SvgPathImage
    for label in labels:
        qrcode.make(label.qr_text, image_factory=factory).save(BytesIO())


def plain_zpl(layout: LabelLayout, labels: Sequence[Label]) -> str:
    dots = layout.fit.dots
    forms = []
    for label in labels:
        code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M, border=0)
        code.add_data(label.qr_text)
        rows = []
        for row in code.get_matrix():
            bits = "".join(("1" if dark else "0") * dots for dark in row)
            bits += "0" * (-len(bits) % 8)
            rows += [f"{int(bits, 2):0{len(bits) // 4}X}"] * dots
        total, octets = len(rows) * len(rows[0]) // 2, len(rows[0]) // 2
        forms.append(
            f"^XA^FO0,0^GFA,{total},{total},{octets},{''.join(rows)}^FS"
            f"^FO300,0^A0N,20^FD{label.readable}^FS^XZ"
        )
    return "".join(forms)


def formats(
    layout: LabelLayout, plain: Sequence[Label]
) -> Iterator[tuple[str, Writer, int, Callable[[], object], float]]:
    """Yield name, writer, labels, yardstick and target."""
    pdf = partial(plain_pdf, layout, plain)
    png, svg = partial(plain_png, plain), partial(plain_svg, plain)
    yield "PDF, A4 65-up / qrcode + drawImage", PdfWriter(layout, "x"), COUNT, pdf, 300
    yield "PNG, sheets / qrcode + its PNG", PngWriter(layout, 2), FEW, png, 60
    yield "PNG, single labels / the same", PngSingles(layout), FEW, png, 60
    yield "SVG, single labels / qrcode + its SVG", SvgSingles(layout), FEW, svg, 40
    zpl = partial(plain_zpl, layout, plain)
    yield "ZPL / qrcode + a plain writer", ZplWriter(layout), FEW, zpl, 100


def sealed_print(signer: LocalSigner, address: str) -> Print:
    """Return a run of sealed labels ready to be made into an archive."""
    spec = RunSpec(kind=LabelKind.SEALED, count=SEALED_COUNT, stock=A4_65)
    job = replace(job_of(LabelKind.SEALED), spec=spec)
    press = Press(archive=Archive(address), keys=keys_of(signer))
    return press.print(job, SheetFormat.PDF)


def press_sealed(signer: LocalSigner) -> None:
    """Print a run of sealed labels as a worker does, into an archive in memory."""
    ready = sealed_print(signer, "memory://bench")
    for number in range(ready.parts):
        ready.make_part("sealed", number, read=False)
    ready.put_together("sealed", lambda: None)
    ready.archive.remove_parts("sealed")


def make_share(address: str, share: int) -> None:
    """Make every other part, as one of two workers does."""
    ready = sealed_print(make_signer(), address)
    for number in range(share, ready.parts, WORKERS):
        ready.make_part("sealed", number, read=False)


def press_by_workers(pool: Executor, signer: LocalSigner) -> None:
    """Print the same run by two worker processes, into an archive on disk."""
    with TemporaryDirectory() as folder:
        address = Path(folder).as_uri()
        list(pool.map(partial(make_share, address), range(WORKERS)))
        sealed_print(signer, address).put_together("sealed", lambda: None)


def compare_sealed(signer: LocalSigner, clock: Clock) -> None:
    messages = [number.to_bytes(85, "big") for number in range(COUNT)]

    def bare() -> None:
        for message in messages:
            signer.private.sign(message)

    alone = per_label(COUNT, bare, clock)
    one = per_label(SEALED_COUNT, lambda: press_sealed(signer), clock)
    show("PDF, sealed labels / bare Ed25519, one worker", compare(one, alone), 1)
    if clock is time.process_time:  # which knows nothing of other processes
        return
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        two = per_label(SEALED_COUNT, lambda: press_by_workers(pool, signer), clock)
        show("the same by a worker's two processes", compare(two, alone), 1, 0.7)


def compare_memory() -> None:
    peaks = [
        int(subprocess.check_output([sys.executable, "-m", __spec__.name, str(count)]))  # noqa: S603 (this module)
        for count in (SHORT, MILLION)
    ]
    print(f"memory at {SHORT} and {MILLION} labels: {peaks} MiB (target +{ALLOWED})")


def print_many(count: int) -> None:
    """Print labels to nowhere and say how much memory it took at most, in MiB."""
    job, keys = job_of(LabelKind.SERIAL), keys_of(make_signer())
    writer = PdfWriter(job.layout(), "x")
    size = writer.part_labels
    parts = (
        writer.part(first, labels_of(job, keys, min(size, count - first), first))
        for first in range(0, count, size)
    )
    with open(os.devnull, "wb") as sink:  # noqa: PTH123 (no file)
        writer.assemble(parts, sink)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    asked = sys.argv[1:]
    if asked and asked[0].isdecimal():
        print_many(int(asked[0]))
        return
    clock = time.process_time if "--cpu" in asked else time.perf_counter
    signer = make_signer()
    keys, job = keys_of(signer), job_of(LabelKind.SERIAL)
    plain = labels_of(job, keys, PLAIN, 5000)
    many = labels_of(job, keys, COUNT, 5000)
    symbols = per_label(COUNT, lambda: draw_symbols(many), clock)
    alone = per_label(PLAIN, lambda: plain_symbols(plain), clock)
    show("QR symbols / qrcode", compare(symbols, alone), 1, 300)
    for name, writer, count, yardstick, target in formats(job.layout(), plain):
        work = partial(ours, writer, job, keys, count)
        compared = compare(
            per_label(count, work, clock), per_label(PLAIN, yardstick, clock)
        )
        show(name, compared, 1, target)
        document = work()
        print(f"  {len(document) / count:.0f} bytes a label", end="", flush=True)
        sample = labels_of(job, keys, READ, 5000)
        read = partial(writer.read_back, ours(writer, job, keys, READ), 0, sample)
        print(f", read back {READ / timed(read):.0f} labels a second")
    compare_sealed(signer, clock)
    if "--long" in asked:
        compare_memory()


if __name__ == "__main__":
    main()
