"""A print job: everything a run's labels are made of, without a database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from traceability.core.ports import Mac
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import LabelFacts
from traceability.labels.errors import RunCountError, RunTooLargeError
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.seal import (
    SEAL_DIGITS,
    Sealed,
    SealFacts,
    SealSigner,
    check_sealable,
    make_seal,
)
from traceability.labels.serials import SERIAL_CHARACTERS, serial_for
from traceability.labels.stock import Stock, stock_of

MAX_COUNT = 1000


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
    """What was asked for. Raises ``RunCountError`` or ``RunTooLargeError``."""

    kind: LabelKind
    count: int
    stock: Stock

    def __post_init__(self) -> None:
        if self.count < 1:
            raise RunCountError("Print at least one label.", field="count")
        if self.count > MAX_COUNT:
            raise RunTooLargeError(
                "One run has at most %(most)d labels; print the rest in another run.",
                field="count",
                most=MAX_COUNT,
            )

    @classmethod
    def parse(cls, kind: str, count: int, stock: str) -> "RunSpec":
        """Read a kind and a stock by name. Raises ``StockUnknownError`` too."""
        return cls(kind=LabelKind(kind), count=count, stock=stock_of(stock))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelKeys:
    """The keys of the print room: MAC keys by id (newest without one), the seal key.

    ``sealer`` is only asked for sealed labels.
    """

    mac_of: Callable[[str | None], Mac]
    sealer: Callable[[], SealSigner]


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

    def layout(self) -> LabelLayout:
        """Return the layout. Raises ``LabelTooSmallError``, ``SealRefusedError``."""
        return lay_out(self.spec.stock, self.facts, self._sample())

    def labels(
        self, keys: LabelKeys, first: int = 0, stop: int | None = None
    ) -> list[Label]:
        """Return the labels in printing order, or those from ``first`` to ``stop``."""
        chosen = range(self.spec.count)[first:stop]
        if self.spec.kind is LabelKind.LOT:
            return [Label(link=self.lot.qr_text())] * len(chosen)
        mac = keys.mac_of(self.serial_key_id)
        product = self.lot.product_link().element_string()
        indexes = [self.first_index + place for place in chosen]
        labels = [self._label(serial_for(product, index, mac)) for index in indexes]
        if self.spec.kind is LabelKind.SEALED:
            return self._sealed(labels, keys.sealer())
        return labels

    def _label(self, serial: str) -> Label:
        return Label(link=replace(self.lot, serial=serial).qr_text(), serial=serial)

    def _sealed(self, labels: list[Label], signer: SealSigner) -> list[Label]:
        facts = self.sealed_facts
        return [
            replace(label, seal=make_seal(self._scope(label), facts, signer=signer))
            for label in labels
        ]

    def _scope(self, label: Label) -> Sealed:
        """Return what a label's seal binds itself to. Raises ``SealScopeError``."""
        product = self.lot.product_link().element_string()
        return Sealed(product=product, lot=self.lot.lot or "", serial=label.serial)

    def _sample(self) -> Label:
        """Return a label as long as the real ones, before any number is taken."""
        if self.spec.kind is LabelKind.LOT:
            return Label(link=self.lot.qr_text())
        label = self._label("0" * SERIAL_CHARACTERS)
        if self.spec.kind is not LabelKind.SEALED:
            return label
        self._scope(label)
        check_sealable(label.link)
        # Not zeros: qrcode cannot encode a block of the symbol that is zero throughout.
        return replace(label, seal="1" * SEAL_DIGITS)


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
    )
    return facts, SealFacts(
        production_date=_read(sealed["production_date"]),
        expiry=_read(sealed["expiry"]),
        stars=sealed["stars"],
        stars_until=_read(sealed["stars_until"]),
        flags=sealed["flags"],
        log_index=sealed["log_index"],
    )


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
