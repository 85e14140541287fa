"""What lies in a bundle: its files, their manifest, and what a verifier takes of it."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traceability.core.canonical import Json
from traceability.core.json_text import json_text
from traceability.records.credential import instant_text
from traceability.signing.entries import parse_instant
from traceability.signing.strict_json import read_object
from traceability.transparency.tlog_proof import TlogProof, format_proof
from traceability.verification.bundle.archive import pack, unpack
from traceability.verification.bundle.errors import (
    BundleMalformedError,
    BundleManifestError,
    BundlePartsDifferError,
)
from traceability.verification.bundle.readme import readme_of
from traceability.verification.disclosed import Disclosed
from traceability.verification.evidence import Evidence, Mode, read_link
from traceability.verification.trust import Trust
from traceability.verification.wire import EvidenceMalformedError, Told, read_document

VERSION = 1
MEDIA_TYPE = "application/zip"
MAX_LEAVES = 16_384  # so many entries after the lot's first record go along
MANIFEST, README, EVIDENCE = "manifest.json", "README.md", "evidence.json"
LEAVES, TRUST_LIST, JWKS = "later-leaves.json", "trust-list.jws", "jwks.json"
VKEY, EVENTS = "log.vkey", "events.jsonld"
DISCLOSURES, FINDINGS = "disclosures.json", "findings.json"
RECORDS, PROOFS, STATUS = "records/", "proofs/", "status/"
_KINDS = (*("records", "recognitions", "papers", "inputs", "events", "confirmations"),)
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_PLACE = re.compile(r"/([a-z]{1,40})/([0-9]{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle's parts, as they are written and read; nothing of it is believed."""

    link: str
    origin: str
    made_at: datetime
    document: Mapping[str, Any]  # the evidence document
    later_leaves: Sequence[bytes] | None
    trust_list: str
    events: Mapping[str, Json]  # an EPCIS document
    disclosed: Sequence[Disclosed] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies in a bundle for other people's tools; our reader needs none of it."""

    jwks: Mapping[str, Any]
    vkey: str
    findings: Mapping[str, object]


def write_bundle(bundle: Bundle, beside: Beside) -> bytes:
    """Return the zip. Raises ``BundleTooLargeError``."""
    files = {
        README: readme_of(bundle.link, bundle.origin),
        EVIDENCE: json_text(bundle.document) + "\n",
        LEAVES: json_text({"leaves": _leaves_json(bundle.later_leaves)}) + "\n",
        TRUST_LIST: bundle.trust_list,
        JWKS: _pretty(beside.jwks),
        VKEY: beside.vkey.strip() + "\n",
        EVENTS: json_text(bundle.events) + "\n",
        DISCLOSURES: _pretty(
            {"disclosures": [_disclosed_json(one) for one in bundle.disclosed]}
        ),
        FINDINGS: _pretty(beside.findings),
        **derived_files(bundle.document),
    }
    data = {name: text.encode() for name, text in files.items()}
    manifest = {
        "v": VERSION,
        "link": bundle.link,
        "origin": bundle.origin,
        "made_at": instant_text(bundle.made_at),
        "files": {name: _sha256(data[name]) for name in sorted(data)},
    }
    return pack({MANIFEST: _pretty(manifest).encode(), **data})


def read_bundle(data: bytes) -> Bundle:
    """Return what a zip holds. Raises the errors of ``bundle.errors``.

    Its manifest must list every file as it is, and the files made for other tools
    must say what the evidence says. Nothing is verified beyond that.
    """
    files = unpack(data)
    manifest = _object(files, MANIFEST)
    _check_manifest(files, manifest)
    document = _object(files, EVIDENCE)
    try:
        bundle = Bundle(
            link=_known(manifest["link"], str),
            origin=_known(manifest["origin"], str),
            made_at=parse_instant(manifest["made_at"]),
            document=document,
            later_leaves=_leaves(_object(files, LEAVES)["leaves"]),
            trust_list=_file(files, TRUST_LIST).strip(),
            events=_object(files, EVENTS),
            disclosed=_disclosures(_object(files, DISCLOSURES)["disclosures"]),
        )
        if document.get("link") != bundle.link or "\n" in bundle.link:
            raise _differs(MANIFEST)
        _check_parts(files, derived_files(document))
        told_events(bundle.events)
        read_document(document)
    except (KeyError, TypeError, ValueError, AttributeError, EvidenceMalformedError):
        raise _unreadable(EVIDENCE) from None
    return bundle


def evidence_in(
    bundle: Bundle,
    *,
    trust: Trust,
    now: datetime,
    seen_checkpoint: str = "",
    seen_status: Sequence[str] = (),
) -> Evidence:
    """Return a bundle as evidence: what is signed, and what it claims of that.

    The service's bare word on labels and scans is left out: it may be of any age.
    """
    told: Told = read_document(bundle.document)
    return Evidence(
        mode=Mode.BUNDLE,
        now=now,
        trust=trust,
        asked=read_link(bundle.link),
        records=told.records,
        recognitions=told.recognitions,
        papers=told.papers,
        inputs=told.inputs,
        confirmations=told.confirmations,
        events=told.events,
        told_events=told_events(bundle.events),
        disclosed=bundle.disclosed,
        later_leaves=bundle.later_leaves,
        checkpoint=told.checkpoint,
        seen_checkpoint=seen_checkpoint,
        shown=told.shown,
        status=told.status,
        seen_status=seen_status,
    )


def told_events(document: Mapping[str, Json]) -> tuple[Mapping[str, Json], ...]:
    """Return the events of an EPCIS document. Raises ``TypeError``, ``KeyError``."""
    events = _known(document["epcisBody"]["eventList"], list)
    return tuple(_known(one, dict) for one in events)


def derived_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that repeat the evidence for other tools, by name.

    A record is named by its id, or by its SHA-256 where that cannot be read or stands
    twice.
    """
    files: dict[str, str] = {}
    for one in _records_in(document):
        token = _known(one["token"], str)
        name = _record_name(token)
        if files.get(f"{RECORDS}{name}.jws", token) != token:
            name = _sha256(token.encode())
        files[f"{RECORDS}{name}.jws"] = token
        proof = _proof(one, document["checkpoint"])
        if proof:
            files[f"{PROOFS}{name}.txt"] = proof
    for token in document.get("status", []):
        files[f"{STATUS}{_status_name(token)}.jws"] = _known(token, str)
    return files


def _records_in(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in _KINDS:
        yield from document.get(kind, [])


def _proof(one: Mapping[str, Any], checkpoint: str) -> str:
    if one["proof"] is None or one["log_index"] is None:
        return ""
    return format_proof(
        TlogProof(
            index=one["log_index"],
            hashes=tuple(map(_decode, one["proof"])),
            checkpoint=checkpoint,
            extra=_decode(one["leaf"]),
        )
    )


def _record_name(token: str) -> str:
    name = str(_claimed(token).get("id", "")).rpartition("/")[2]
    return name if _ID.fullmatch(name) else _sha256(token.encode())


def _status_name(token: str) -> str:
    place = _PLACE.search(str(_claimed(token).get("id", "")))
    return "-".join(place.groups()) if place else _sha256(token.encode())


def _claimed(token: str) -> Mapping[str, Any]:
    """Return what a token says, unverified; nothing where it cannot be read."""
    parts = token.split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        return read_object(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError):
        return {}


def _check_manifest(files: Mapping[str, str], manifest: Mapping[str, Any]) -> None:
    listed = manifest.get("files")
    if manifest.get("v") != VERSION or not isinstance(listed, dict):
        raise _unreadable(MANIFEST)
    found = {
        name: _sha256(text.encode()) for name, text in files.items() if name != MANIFEST
    }
    for name in sorted(found.keys() | listed.keys()):
        if found.get(name) != listed.get(name):
            raise BundleManifestError(
                "%(name)s is not as the manifest lists it.", name=name[:200]
            )


def _check_parts(files: Mapping[str, str], derived: Mapping[str, str]) -> None:
    repeated = {
        name: text
        for name, text in files.items()
        if name.startswith((RECORDS, PROOFS, STATUS))
    }
    for name in sorted(repeated.keys() | derived.keys()):
        if repeated.get(name) != derived.get(name):
            raise _differs(name)


def _differs(name: str) -> BundlePartsDifferError:
    return BundlePartsDifferError("%(name)s is not what the evidence says.", name=name)


def _object(files: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        return read_object(_file(files, name).encode())
    except ValueError:
        raise _unreadable(name) from None


def _file(files: Mapping[str, str], name: str) -> str:
    if name not in files:
        raise _unreadable(name)
    return files[name]


def _unreadable(name: str) -> BundleMalformedError:
    return BundleMalformedError(
        "This is no evidence bundle, or it is damaged: %(part)s.", part=name
    )


def _known(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError("not what stands there")
    return value


def _leaves_json(leaves: Sequence[bytes] | None) -> list[str] | None:
    return None if leaves is None else [_encode(one) for one in leaves]


def _leaves(value: Any) -> Sequence[bytes] | None:
    if value is None:
        return None
    if len(_known(value, list)) > MAX_LEAVES:
        raise ValueError("too many entries")
    return tuple(map(_decode, value))


def _disclosed_json(one: Disclosed) -> dict[str, Json]:
    return {
        "record": one.record,
        "name": one.name,
        "salt": _encode(one.salt),
        "value": one.value,
    }


def _disclosures(value: Any) -> tuple[Disclosed, ...]:
    return tuple(
        Disclosed(
            record=_known(one["record"], str),
            name=_known(one["name"], str),
            salt=_decode(one["salt"]),
            value=one["value"],
        )
        for one in _known(value, list)
    )


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    if len(_known(text, str)) % 4:  # Python forgives padding that nobody else does
        raise ValueError("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
