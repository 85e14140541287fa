"""Words for the states of a party's key, and for what it confirms. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from traceability.events.wording import kind_name
from traceability.parties.models import PartyKey
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified
from traceability.signing.keys import KeyStatus, PublicKey, thumbprint
from traceability.signing.trust_list import TrustList
from traceability.web.i18n import LazyText, gettext as _, lazy_gettext as _l

STATES: Mapping[str, LazyText] = {
    "asked": _l("waits for your signature that proves you hold it"),
    "lapsed": _l("not proven in time; send it again"),
    "proven": _l("waits for an administrator to admit it"),
    "refused": _l("refused by an administrator"),
    "admitted": _l("admitted; counts once the next trust list is signed"),
    "active": _l("counts: your organisation signs with it"),
    "ended": _l("has ended; what it signed stays"),
    "revoked": _l("revoked; what it signed later does not count"),
}
_LOTS = (
    "outputQuantityList",
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
)
KINDS: Mapping[str, LazyText] = {
    "BatchRecord": _l("Lot"),
    "BatchStatusRecord": _l("Hold, recall or release of a lot"),
    "TraceEventRecord": _l("Entry of the diary"),
    "RecognitionRecord": _l("OCOP recognition"),
}


def state_of(key: PartyKey, trust_list: TrustList, now: datetime) -> str:
    """Return where a key stands: its row before it is listed, the list afterwards."""
    listed = [one for one in trust_list.keys if thumbprint(one.jwk) == key.thumbprint]
    return _listed(listed[0], now) if listed else _unlisted(key, now)


def _listed(key: PublicKey, now: datetime) -> str:
    if key.status is KeyStatus.REVOKED:
        return "revoked"
    over = key.not_after is not None and key.not_after <= now
    return "ended" if over or key.status is KeyStatus.RETIRED else "active"


def _unlisted(key: PartyKey, now: datetime) -> str:
    if key.refused_at is not None:
        return "refused"
    if key.admitted_at is not None:
        return "admitted"
    if key.proven_at is not None:
        return "proven"
    return "asked" if now < key.challenge_until else "lapsed"


def said_in(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a record says beside its subject, for people to compare."""
    claims = payload.get("credentialSubject")
    found = claims if isinstance(claims, dict) else {}
    return {name: found[name] for name in found if name not in {"id", "commitments"}}


def about(record: SignedRecord) -> str:
    """Return the address of the lot or recognition a record is about."""
    event = _event_in(record)
    found = [one["epcClass"] for name in _LOTS for one in event.get(name, [])]
    return str(found[0]) if found else record.subject


def detail(record: SignedRecord) -> str:
    """Return which step, lot or decision it is, in few words; nothing if none."""
    said, event = _said(record), _event_in(record)
    lot = about(record).partition("/10/")[2]
    parts = [
        kind_name(str(event["ocop:stage"])) if "ocop:stage" in event else "",
        _("lot %(number)s", number=unquote(lot)) if lot else "",
        _("decision %(number)s", number=said["decisionNo"])
        if "decisionNo" in said
        else "",
    ]
    return " · ".join(one for one in parts if one)


def _event_in(record: SignedRecord) -> Mapping[str, Any]:
    found = _said(record).get("event")
    return found if isinstance(found, dict) else {}


def _said(record: SignedRecord) -> Mapping[str, Any]:
    return said_in(read_unverified(record.token).payload)
