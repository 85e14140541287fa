"""A print job: everything a run's labels are made of, without a database."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from traceability.core.ports import Mac
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import CertificateFact, LabelFacts
from traceability.labels.design import DEFAULT_DESIGN, Design
from traceability.labels.errors import (
    Alternative,
    LabelTooSmallError,
    RunCountError,
    RunTooLargeError,
    SealRefusedError,
    SetupError,
)
from traceability.labels.fitting import alternatives, telling
from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.scratch.errors import ScratchKindError
from traceability.labels.seal import (
    SEAL_DIGITS,
    Sealed,
    SealFacts,
    SealSigner,
    check_sealable,
    make_seals,
)
from traceability.labels.serials import SERIAL_CHARACTERS, serials_for
from traceability.labels.setup import DEFAULT_SETUP, Setup
from traceability.labels.stock import STOCKS, Stock, stock_of
from traceability.web.formats import number

MAX_COUNT = 1_000_000
AT_ONCE = 1000  # up to so many labels are made while their maker waits …
AT_ONCE_DOTS = 500_000_000  # … if they have no more dots: all are in memory then


class LabelKind(StrEnum):
    """What a label carries: its own serial, a seal with it, or the lot alone.

    A blank stamp carries a serial of its product; its lot is bound to it later.
    """

    SERIAL = "serial"
    SEALED = "sealed"
    LOT = "lot"
    BLANK = "blank"


OF_A_LOT = (LabelKind.SERIAL, LabelKind.SEALED, LabelKind.LOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """What was asked for.

    ``elsewhere`` are the codes of legal fields that another label of the pack says.
    Raises ``RunCountError``, ``RunTooLargeError``, ``ScratchKindError``, and
    ``SetupError`` where the setup does not suit the stock.
    """

    kind: LabelKind
    count: int
    stock: Stock
    setup: Setup = DEFAULT_SETUP
    design: Design = DEFAULT_DESIGN
    elsewhere: frozenset[str] = frozenset()
    excess_reason: str = ""  # why a lot gets more labels than it makes packs
    scratch: bool = False

    def __post_init__(self) -> None:
        self.setup.check(self.stock)
        if self.count < 1:
            raise RunCountError("Print at least one label.", field="count")
        if self.count > MAX_COUNT:
            raise RunTooLargeError(
                "One run has at most %(most)s labels; print the rest in another run.",
                field="count",
                most=number(MAX_COUNT),
            )
        if self.count * self.setup.copies > MAX_COUNT:
            raise RunTooLargeError(
                "With copies, one run has at most %(most)s labels.",
                field="copies",
                most=number(MAX_COUNT),
            )
        if self.scratch and self.kind is LabelKind.LOT:
            raise ScratchKindError(
                "Scratch codes need labels that each have a code of their own.",
                field="scratch",
            )

    def counted(self) -> "RunSpec":
        """Return the run with copies of lot labels counted, for those are all alike.

        Else one number's copies would be a lot's labels that no quota ever sees.
        """
        copies = self.setup.copies
        if self.kind is not LabelKind.LOT or copies == 1:
            return self
        setup = replace(self.setup, copies=1)
        return replace(self, count=self.count * copies, setup=setup)

    @classmethod
    def parse(
        cls, kind: str, count: int, stock: str, facts: dict[str, Any] | None = None
    ) -> "RunSpec":
        """Read a kind and a stock by name, the rest as a run keeps it.

        Raises ``StockUnknownError`` too.
        """
        kept = facts or {}
        own = kept.get("stock")
        return cls(
            kind=LabelKind(kind),
            count=count,
            stock=Stock.from_json(own) if own else stock_of(stock),
            setup=Setup.from_json(kept.get("setup")),
            scratch=bool(kept.get("scratch")),
        )

    def kept(self) -> dict[str, Any]:
        """Return what a run keeps beside its columns, to be printed again by."""
        own = {} if self.stock.id in STOCKS else {"stock": self.stock.to_json()}
        asked = {"scratch": True} if self.scratch else {}
        return {"setup": self.setup.to_json(), **own, **asked}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelKeys:
    """The keys of the print room: MAC keys by id (newest without one), the seal key.

    ``sealer`` is only asked for sealed labels.
    """

    mac_of: Callable[[str | None], Mac]
    sealer: Callable[[], SealSigner]


Suits = Callable[[LabelLayout], bool]  # whether a layout will do


def _suits(_layout: LabelLayout) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """A run as it is printed; the same job gives the same labels.

    Seals are deterministic under one key. After the seal key was changed, labels that
    are printed again carry a seal of the new key, and verify as well.
    """

    spec: RunSpec
    lot: DigitalLink  # of blank stamps the product's: nobody knows their lot yet
    first_index: int
    serial_key_id: str | None
    facts: LabelFacts
    sealed_facts: SealFacts

    @property
    def positions(self) -> int:
        """Return how many labels are printed, copies included."""
        return self.spec.count * self.spec.setup.copies

    def layout(self, among: Iterable[Stock] = ()) -> LabelLayout:
        """Return the layout. Raises ``SealRefusedError`` and ``LabelTooSmallError``.

        The latter names what would fit, of built-in stock and of the stock ``among``.
        """
        try:
            return self.laid_out()
        except LabelTooSmallError as refusal:
            raise telling(refusal, self.fitting(among)) from None

    def fitting(
        self, among: Iterable[Stock] = (), also: Suits = _suits
    ) -> list[Alternative]:
        """Return on what else the job would fit, the smallest change first.

        ``among`` is an organisation's own stock; ``also`` may ask more of a layout.
        """
        spec = self.spec
        asked = Alternative(
            kind=spec.kind.value, stock_id=spec.stock.id, dpi=spec.setup.dpi
        )
        return alternatives(
            asked,
            spec.stock,
            kinds=_plainer(spec.kind),
            among=among,
            fits=lambda other, stock: self._fits(other, stock, also),
        )

    def laid_out(self) -> LabelLayout:
        """Return the layout; a refusal says why, and nothing of what would fit."""
        spec = self.spec
        return lay_out(
            spec.stock,
            self.facts,
            self.sample(),
            setup=spec.setup,
            design=spec.design,
        )

    def _fits(self, other: Alternative, stock: Stock, also: Suits) -> bool:
        try:
            spec = replace(
                self.spec,
                kind=LabelKind(other.kind),
                count=1,
                stock=stock,
                setup=Setup(dpi=other.dpi),
            )
            return also(replace(self, spec=spec).laid_out())
        except (LabelTooSmallError, SealRefusedError, SetupError):
            return False

    def labels(
        self, keys: LabelKeys, first: int = 0, stop: int | None = None
    ) -> list[Label]:
        """Return the labels in printing order, or those from ``first`` to ``stop``."""
        chosen = range(self.spec.count)[first:stop]
        if self.spec.kind is LabelKind.LOT:
            return [Label(link=self.lot.qr_text())] * len(chosen)
        mac = keys.mac_of(self.serial_key_id)
        product = self.lot.product_link().element_string()
        indexes = range(self.first_index + chosen.start, self.first_index + chosen.stop)
        serials = serials_for(product, indexes, mac)
        link = self._link_before_serials()
        if self.spec.kind is not LabelKind.SEALED:
            return [Label(link=link + serial, serial=serial) for serial in serials]
        lot, facts = self.lot.lot or "", self.sealed_facts
        seals = make_seals(product, lot, serials, facts, keys.sealer())
        return [
            Label(link=link + serial, serial=serial, seal=seal)
            for serial, seal in zip(serials, seals, strict=True)
        ]

    @property
    def at_once(self) -> bool:
        """Return whether the run is made while somebody waits, without the queue."""
        stock, dpi = self.spec.stock, self.spec.setup.dpi
        dots = stock.label_width * stock.label_height * (dpi / MM_PER_INCH) ** 2
        return self.positions <= AT_ONCE and self.positions * dots <= AT_ONCE_DOTS

    def labels_at(self, keys: LabelKeys, first: int, stop: int) -> list[Label]:
        """Return the labels printed at the positions from ``first`` to ``stop``."""
        copies = self.spec.setup.copies
        begin = first // copies
        labels = printed(self.labels(keys, begin, -(-stop // copies)), copies)
        return labels[first - begin * copies : stop - begin * copies]

    def _label(self, serial: str) -> Label:
        return Label(link=replace(self.lot, serial=serial).qr_text(), serial=serial)

    def _link_before_serials(self) -> str:
        """Return what every label's link begins with: a serial needs no escaping."""
        serial = "0" * SERIAL_CHARACTERS
        return self._label(serial).link.removesuffix(serial)

    def _scope(self, label: Label) -> Sealed:
        """Return what a label's seal binds itself to. Raises ``SealScopeError``."""
        product = self.lot.product_link().element_string()
        return Sealed(product=product, lot=self.lot.lot or "", serial=label.serial)

    def sample(self) -> Label:
        """Return a label as long as the real ones, before any number is taken.

        Its serial and seal are no real ones: whoever scans it learns that.
        """
        if self.spec.kind is LabelKind.LOT:
            return Label(link=self.lot.qr_text())
        label = self._label("0" * SERIAL_CHARACTERS)
        if self.spec.kind is not LabelKind.SEALED:
            return label
        self._scope(label)
        check_sealable(label.link)
        # Not zeros: qrcode cannot encode a block of the symbol that is zero throughout.
        return replace(label, seal="1" * SEAL_DIGITS)


def printed(labels: list[Label], copies: int) -> list[Label]:
    """Return labels in printing order: the copies of one follow each other."""
    return [label for label in labels for _ in range(copies)]


_TEXTS = (
    *("brand", "responsible_name", "address", "origin", "ingredients"),
    *("ethanol", "usage", "storage", "warnings"),
)


def snapshot_of(facts: LabelFacts, sealed: SealFacts) -> dict[str, Any]:
    """Return the facts of a run as JSON, to print it again by."""
    return {
        "product_name": facts.product_name,
        "lot_number": facts.lot_number,
        "production_date": _written(facts.production_date),
        "best_before": _written(facts.best_before),
        "expiry": _written(facts.expiry),
        "net_content": facts.net_content,
        "producer_name": facts.producer_name,
        "stars": facts.stars,
        **{name: getattr(facts, name) for name in _TEXTS},
        "certificates": [asdict(one) for one in facts.certificates],
        "sealed": {
            "production_date": _written(sealed.production_date),
            "expiry": _written(sealed.expiry),
            "stars": sealed.stars,
            "stars_until": _written(sealed.stars_until),
            "flags": sealed.flags,
            "log_index": sealed.log_index,
        },
    }


def facts_of(snapshot: dict[str, Any]) -> tuple[LabelFacts, SealFacts]:
    """Read ``snapshot_of`` back."""
    sealed = snapshot["sealed"]
    facts = LabelFacts(
        product_name=snapshot["product_name"],
        lot_number=snapshot["lot_number"],
        production_date=_read(snapshot["production_date"]),
        best_before=_read(snapshot["best_before"]),
        expiry=_read(snapshot["expiry"]),
        net_content=snapshot["net_content"],
        producer_name=snapshot["producer_name"],
        stars=snapshot["stars"],
        # Runs of before labels said more than the lot have none of these.
        **{name: snapshot.get(name, "") for name in _TEXTS},
        certificates=tuple(
            CertificateFact(**one) for one in snapshot.get("certificates", ())
        ),
    )
    return facts, SealFacts(
        production_date=_read(sealed["production_date"]),
        expiry=_read(sealed["expiry"]),
        stars=sealed["stars"],
        stars_until=_read(sealed["stars_until"]),
        flags=sealed["flags"],
        log_index=sealed["log_index"],
    )


def _plainer(kind: LabelKind) -> list[str]:
    """Return the kinds of label from one to the plainest.

    A blank stamp is what it is: labels of another kind belong to a lot.
    """
    if kind not in OF_A_LOT:
        return [kind.value]
    kinds = [LabelKind.SEALED, LabelKind.SERIAL, LabelKind.LOT]
    return [one.value for one in kinds[kinds.index(kind) :]]


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
