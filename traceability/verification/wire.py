"""Evidence as one JSON document: written by a service, read by a doubting verifier."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from traceability.core.errors import InvalidError
from traceability.records.credential import instant_text
from traceability.signing.entries import parse_instant
from traceability.verification.evidence import (
    Evidence,
    LabelFacts,
    LabelState,
    ScanFacts,
    Shown,
    ShownConfirmation,
)
from traceability.verification.opened import LoggedRecord

VERSION = 1
MAX_RECORDS = 2_000  # of each kind
MAX_PROOF = 64
MAX_STATUS = 32  # status lists
_HASH_BYTES = 32


class EvidenceMalformedError(InvalidError):
    """What a service answered is no evidence document."""

    code = "evidence-malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a service handed over about a link; nothing of it is believed yet."""

    label: LabelFacts | None
    records: tuple[LoggedRecord, ...]
    recognitions: tuple[LoggedRecord, ...]
    papers: tuple[LoggedRecord, ...]
    inputs: tuple[LoggedRecord, ...]
    events: tuple[LoggedRecord, ...]
    confirmations: tuple[LoggedRecord, ...]
    checkpoint: str
    consistency: tuple[bytes, ...] | None
    shown: Shown | None
    scans: ScanFacts | None
    status: tuple[str, ...] = ()


def document_of(evidence: Evidence) -> dict[str, Any]:
    """Return the document a service answers with."""
    document: dict[str, Any] = {
        "v": VERSION,
        "link": str(evidence.link) if evidence.link else "",
        "label": _label_json(evidence.label),
        "records": _records_json(evidence.records),
        "recognitions": _records_json(evidence.recognitions),
        "papers": _records_json(evidence.papers),
        "inputs": _records_json(evidence.inputs),
        "confirmations": _records_json(evidence.confirmations),
        "checkpoint": evidence.checkpoint,
        "consistency": (
            None if evidence.consistency is None else _hashes_json(evidence.consistency)
        ),
        "shown": _shown_json(evidence.shown),
        "scans": _scans_json(evidence.scans),
        "status": list(evidence.status),
    }
    if evidence.events:
        document["events"] = _records_json(evidence.events)
    return document


def read_document(value: Mapping[str, Any]) -> Told:
    """Read a document back. Raises ``EvidenceMalformedError``.

    Members we do not know are ignored: a newer service may say more.
    """
    try:
        return Told(
            label=_label(value["label"]),
            records=_records(value["records"]),
            recognitions=_records(value["recognitions"]),
            papers=_records(value["papers"]),
            inputs=_records(value["inputs"]),
            events=_records(value.get("events", ())),
            confirmations=_records(value.get("confirmations", ())),
            checkpoint=_text(value["checkpoint"]),
            consistency=(
                None if value["consistency"] is None else _hashes(value["consistency"])
            ),
            shown=_shown(value["shown"]),
            scans=_scans(value["scans"]),
            status=_tokens(value.get("status", [])),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise EvidenceMalformedError(
            "The service's answer is no evidence document."
        ) from None


def _label_json(label: LabelFacts | None) -> dict[str, Any] | None:
    if label is None:
        return None
    return {
        "state": label.state.value,
        "sealed": label.sealed,
        "void_on": instant_text(label.void_on) if label.void_on else None,
        "void_reason": label.void_reason,
    }


def _label(value: Mapping[str, Any] | None) -> LabelFacts | None:
    if value is None:
        return None
    void_on = value["void_on"]
    return LabelFacts(
        state=LabelState(value["state"]),
        sealed=_flag(value["sealed"]),
        void_on=None if void_on is None else parse_instant(void_on),
        void_reason=_text(value["void_reason"]),
    )


def _records_json(records: Sequence[LoggedRecord]) -> list[dict[str, Any]]:
    return [
        {
            "token": one.token,
            "leaf": _encode(one.leaf),
            "log_index": one.log_index,
            "proof": None if one.proof is None else _hashes_json(one.proof),
        }
        for one in records
    ]


def _records(value: Sequence[Mapping[str, Any]]) -> tuple[LoggedRecord, ...]:
    if len(value) > MAX_RECORDS:
        raise ValueError("too many records")
    return tuple(
        LoggedRecord(
            token=_text(one["token"]),
            leaf=_decode(one["leaf"]),
            log_index=None if one["log_index"] is None else _whole(one["log_index"]),
            proof=None if one["proof"] is None else _hashes(one["proof"]),
        )
        for one in value
    )


def _shown_json(shown: Shown | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    return {
        "record_sha256": shown.record_sha256,
        "status": shown.status,
        "stars": shown.stars,
        "papers": list(shown.papers),
        "confirmations": [
            {"record_sha256": one.record_sha256, "party": one.party, "name": one.name}
            for one in shown.confirmations
        ],
    }


def _shown(value: Mapping[str, Any] | None) -> Shown | None:
    if value is None:
        return None
    return Shown(
        record_sha256=_text(value["record_sha256"]),
        status=_text(value["status"]),
        stars=_whole(value["stars"]),
        papers=tuple(_text(one) for one in value["papers"]),
        confirmations=tuple(
            ShownConfirmation(
                record_sha256=_text(one["record_sha256"]),
                party=_text(one["party"]),
                name=_text(one["name"]),
            )
            for one in value.get("confirmations", ())
        ),
    )


def _scans_json(scans: ScanFacts | None) -> dict[str, Any] | None:
    if scans is None:
        return None
    return {
        "count": scans.count,
        "first": scans.first.isoformat() if scans.first else None,
        "signs": list(scans.signs),
    }


def _scans(value: Mapping[str, Any] | None) -> ScanFacts | None:
    if value is None:
        return None
    first = value["first"]
    return ScanFacts(
        count=_whole(value["count"]),
        first=None if first is None else date.fromisoformat(first),
        signs=tuple(_text(one) for one in value["signs"]),
    )


def _tokens(value: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_STATUS:
        raise ValueError("no status lists")
    return tuple(_text(one) for one in value)


def _hashes_json(hashes: Sequence[bytes]) -> list[str]:
    return [_encode(one) for one in hashes]


def _hashes(value: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(_decode(one) for one in value)
    if len(hashes) > MAX_PROOF or any(len(one) != _HASH_BYTES for one in hashes):
        raise ValueError("no proof")
    return hashes


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    if len(_text(text)) % 4:  # Python forgives padding that nobody else does
        raise ValueError("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a whole number")
    return value
