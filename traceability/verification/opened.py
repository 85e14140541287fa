"""Examine one record: its signature, its key, its words, its place in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from traceability.core.errors import DomainError, InvalidError
from traceability.records.confirmation import check_confirmer
from traceability.records.credential import digest_of, leaf_of
from traceability.signing.entries import parse_instant
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keys import KeyRole, PublicKey
from traceability.signing.parties import split_did
from traceability.signing.strict_json import read_object
from traceability.transparency.checkpoint import Checkpoint
from traceability.verification.findings import Problem
from traceability.verification.tree import CHECKPOINT_MISSING, includes
from traceability.verification.trust import Trust

_REMEMBERED = 4096  # tokens
_LONG = 8192  # characters; longer ones are few and looked at each time
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # a key's dates play no part here
CLOCK_SLACK = timedelta(minutes=5)  # two machines' clocks
PROOF_MISSING = "proof-missing"
RECORD_MISSING = "record-not-at-hand"
NOT_AT_HAND = frozenset({PROOF_MISSING, RECORD_MISSING, CHECKPOINT_MISSING})


class RecordMalformedError(InvalidError):
    """A signed payload lacks what every record of ours has."""

    code = "record-malformed"


class IssuerMismatchError(InvalidError):
    """The record says it is from somebody else than its key belongs to."""

    code = "issuer-mismatch"


class RecordFromTheFutureError(InvalidError):
    """The record's time is still to come."""

    code = "record-from-the-future"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRecord:
    """A record as received, with what is said to tie it to the log."""

    token: str
    leaf: bytes = b""
    log_index: int | None = None
    proof: Sequence[bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Credential:
    """The words every record has (records.credential.payload_of)."""

    id: str
    type: str
    issuer: str
    issued_at: datetime
    version: int
    supersedes: str
    subject: str
    claims: Mapping[str, Any]
    voucher: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record, what it says, and what is wrong with it."""

    record: LoggedRecord
    digest: str
    credential: Credential | None
    signature: Problem | None  # why check 5 refuses it
    log: Problem | None  # why check 6 refuses it

    @property
    def sound(self) -> bool:
        """Return whether it is signed by a valid key and proven to be in the log."""
        return self.signature is None and self.log is None

    @property
    def unreadable(self) -> bool:
        """Return whether it is no record of ours at all, whoever is trusted."""
        return bool(self.record.token) and self.credential is None

    def is_a(self, record_type: str) -> bool:
        """Return whether it says it is a record of this type."""
        return self.credential is not None and self.credential.type == record_type


def open_record(
    record: LoggedRecord, *, trust: Trust, tree: Checkpoint | Problem, now: datetime
) -> Opened:
    """Return a record with everything that was found out about it; never raises."""
    if not record.token:
        return _bare_leaf(record, tree)
    digest, credential, signature = "", None, None
    try:
        words = _words(record.token)
        credential, digest = words.credential, words.digest
        _check_signature(record, words, trust=trust, now=now)
    except DomainError as refusal:
        signature = Problem.of(refusal)
    log = _log_problem(record, credential, tree)
    return Opened(
        record=record,
        digest=digest,
        credential=credential,
        signature=signature,
        log=log,
    )


def _bare_leaf(record: LoggedRecord, tree: Checkpoint | Problem) -> Opened:
    """Return what a proof without its record shows: that the log holds an entry."""
    return Opened(
        record=record,
        digest="",
        credential=None,
        signature=Problem(RECORD_MISSING, "The record itself is not at hand."),
        log=tree if isinstance(tree, Problem) else _place_problem(record, tree),
    )


def home_of(record: LoggedRecord) -> str:
    """Return the origin a record, or a log entry, says it is of; empty if none."""
    try:
        if record.token:
            named = read_credential(read_unverified(record.token).payload).id
        else:
            named = str(read_object(record.leaf).get("subject", ""))
        parts = urlsplit(named)
    except (DomainError, ValueError):
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def read_credential(payload: Mapping[str, Any]) -> Credential:
    """Return a payload's common words. Raises ``RecordMalformedError``."""
    try:
        _, record_type = payload["type"]
        claims = payload["credentialSubject"]
        credential = Credential(
            id=payload["id"],
            type=record_type,
            issuer=payload["issuer"],
            issued_at=parse_instant(payload["validFrom"]),
            version=payload["version"],
            supersedes=payload.get("supersedes", ""),
            subject=claims["id"],
            claims=claims,
            voucher=payload["vouchedBy"],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RecordMalformedError("The record lacks what every record has.") from None
    if not _typed(credential):
        raise RecordMalformedError("The record lacks what every record has.")
    return credential


def _typed(one: Credential) -> bool:
    texts = (one.id, one.type, one.issuer, one.supersedes, one.subject)
    parts = (one.claims, one.voucher)
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(part, dict) for part in parts)
        and type(one.version) is int
        and one.version >= 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What a token says by itself."""

    credential: Credential
    kid: str
    digest: str
    leaf: bytes  # what the log must hold of it


# What a token says, and that a key made its signature, are facts about bytes alone:
# they are remembered. Whether the key may sign, and all the log, is asked each time.
def _words(token: str) -> _Words:
    return _read(token) if len(token) > _LONG else _read_once(token)


def _read(token: str) -> _Words:
    envelope = read_unverified(token)
    credential = read_credential(envelope.payload)
    return _Words(
        credential=credential,
        kid=envelope.kid,
        digest=digest_of(token),
        leaf=leaf_of(
            token,
            record_type=credential.type,
            subject=credential.subject,
            issued_at=credential.issued_at,
        ),
    )


_read_once = lru_cache(maxsize=_REMEMBERED)(_read)


def _verify(token: str, key: PublicKey) -> None:
    """Raise unless this key signed this token; what raises is not remembered."""
    if len(token) > _LONG:
        verify_credential(token, key)
    else:
        _verify_once(token, key.kid, key.alg, tuple(sorted(key.jwk.items())))


@lru_cache(maxsize=_REMEMBERED)
def _verify_once(
    token: str, kid: str, alg: str, jwk: tuple[tuple[str, str], ...]
) -> None:
    key = PublicKey(
        kid=kid,
        alg=alg,
        role=KeyRole.RECORD,
        party="",
        jwk=dict(jwk),
        not_before=_ALWAYS,
    )
    verify_credential(token, key)


def _check_signature(
    record: LoggedRecord, words: _Words, *, trust: Trust, now: datetime
) -> None:
    credential, kid = words.credential, words.kid
    key = trust.ring.valid(
        kid, KeyRole.RECORD, at=credential.issued_at, log_index=record.log_index
    )
    _verify(record.token, key)
    _check_issuer(credential, key, trust)
    if credential.issued_at > now + CLOCK_SLACK:
        raise RecordFromTheFutureError(
            "The record is dated %(at)s, which is still to come.",
            at=credential.issued_at,
        )


def _check_issuer(credential: Credential, key: PublicKey, trust: Trust) -> None:
    did = key.kid.partition("#")[0]
    host, _path = split_did(did)
    homes = [f"{scheme}://{host}/records/" for scheme in ("https", "http")]
    at_home = any(credential.id.startswith(home) for home in homes)
    named = credential.issuer == did == key.party
    if not named or host not in trust.hosts or not at_home:
        raise IssuerMismatchError(
            "The record names %(issuer)s as its issuer, but its key is of %(did)s.",
            issuer=credential.issuer,
            did=key.party,
        )
    check_confirmer(
        credential.type,
        did,
        voucher=str(credential.voucher.get("id", "")),
        subject=credential.subject,
    )


def _log_problem(
    record: LoggedRecord, credential: Credential | None, tree: Checkpoint | Problem
) -> Problem | None:
    if isinstance(tree, Problem):
        return tree
    if record.proof is None:
        return Problem(PROOF_MISSING, "No proof of its place in the log came with it.")
    return _leaf_problem(record, credential) or _place_problem(record, tree)


def _place_problem(record: LoggedRecord, tree: Checkpoint) -> Problem | None:
    index, proof = record.log_index, record.proof
    if index is None or proof is None:
        return Problem(PROOF_MISSING, "No proof of its place in the log came with it.")
    if includes(tree, record.leaf, index, proof):
        return None
    return Problem(
        "inclusion-invalid",
        "The proof does not lead from this record to the log's signed head.",
    )


def _leaf_problem(
    record: LoggedRecord, credential: Credential | None
) -> Problem | None:
    """Say why the leaf is not the record's, naming the word that differs."""
    if credential is None:
        return Problem("leaf-mismatch", "The log cannot hold what nobody can read.")
    expected = _words(record.token).leaf
    if record.leaf == expected:
        return None
    try:
        got, wanted = read_object(record.leaf), read_object(expected)
    except ValueError:
        return Problem("leaf-malformed", "The log's entry cannot be read.")
    names = sorted(got.keys() | wanted.keys())
    differing = [name for name in names if got.get(name) != wanted.get(name)]
    return Problem(
        "leaf-mismatch",
        "The log's entry is for another record: %(field)s differs.",
        {"field": ", ".join(differing) or "form"},
    )
