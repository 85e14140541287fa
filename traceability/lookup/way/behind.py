"""What producers of the lots behind a lot signed for as exceptions from rules. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from traceability.batches.overrides import Rule
from traceability.batches.record import RECORD_TYPE, BatchRecord, read_batch_record
from traceability.core.errors import DomainError
from traceability.core.text import Bilingual
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionBehind:
    """An exception in the record of a lot that went into the one shown."""

    lot_number: str
    product: Bilingual
    rule: Rule
    reason: str


def exceptions_behind(
    records: Iterable[SignedRecord], counts: Callable[[SignedRecord], bool]
) -> tuple[ExceptionBehind, ...]:
    """Return the exceptions of the lots behind, each once, the nearest lots first.

    Of a record whose signature does not count nothing is told.
    """
    found = dict.fromkeys(
        one
        for record in records
        if record.type == RECORD_TYPE
        for one in _exceptions(record)
        if counts(record)
    )
    return tuple(found)


def _exceptions(record: SignedRecord) -> Iterator[ExceptionBehind]:
    lot = _read(record)
    if lot is None:
        return
    name = Bilingual(lot.product.name_vi, lot.product.name_en)
    for rule, reason in lot.exceptions.items():
        yield ExceptionBehind(
            lot_number=lot.lot_number, product=name, rule=rule, reason=reason
        )


def _read(record: SignedRecord) -> BatchRecord | None:
    try:
        payload = read_unverified(record.token).payload
        return read_batch_record(payload.get("credentialSubject", {}))
    except DomainError:
        return None
