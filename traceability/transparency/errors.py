"""Why a note, a proof or the log itself is not accepted: one code for each reason."""

from traceability.core.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)


class VkeyMalformedError(InvalidError):
    """The verifier key is not an Ed25519 key's ``name+hash+key`` (C2SP signed-note)."""

    code = "vkey-malformed"


class NoteMalformedError(InvalidError):
    """The text is no signed note."""

    code = "note-malformed"


class NoteTooLargeError(InvalidError):
    """The note is longer, or has more signatures, than any that is honest."""

    code = "note-too-large"


class NoteUnsignedError(InvalidError):
    """None of the keys asked for has signed the note."""

    code = "note-unsigned"


class NoteSignatureError(InvalidError):
    """A signature in the name of a known key does not verify."""

    code = "note-signature-invalid"


class CosignatureError(InvalidError):
    """A cosignature in the name of a known witness does not verify."""

    code = "cosignature-invalid"


class PolicyMalformedError(InvalidError):
    """The text is no witness policy (C2SP tlog-policy)."""

    code = "policy-malformed"


class CheckpointMalformedError(InvalidError):
    """The note's text is no checkpoint (C2SP tlog-checkpoint)."""

    code = "checkpoint-malformed"


class CheckpointOriginError(InvalidError):
    """The checkpoint is another log's."""

    code = "checkpoint-origin"


class ProofMalformedError(InvalidError):
    """The text is no transparency log proof (C2SP tlog-proof)."""

    code = "proof-malformed"


class InclusionError(InvalidError):
    """The proof does not lead from this leaf to this root."""

    code = "inclusion-failed"


class ConsistencyError(InvalidError):
    """The proof does not show that the newer tree extends the older one."""

    code = "consistency-failed"


class TilePathError(BadRequestError):
    """The address names no tile (C2SP tlog-tiles)."""

    code = "tile-path"


class TileNotFoundError(NotFoundError):
    """The tree does not reach as far as this tile."""

    code = "tile-not-found"


class LeafNotFoundError(NotFoundError):
    """The log has no leaf at this index."""

    code = "leaf-not-found"


class LeafTooLongError(InvalidError):
    """An entry bundle gives a leaf two bytes of length (C2SP tlog-tiles)."""

    code = "leaf-too-long"


class LogEmptyError(NotFoundError):
    """Nothing has been logged, so there is no checkpoint."""

    code = "log-empty"


class LogUncosignedError(NotFoundError):
    """No head of the log has a quorum of witnesses yet."""

    code = "log-uncosigned"


class LogRefusedError(UnavailableError):
    """The log is in a state in which nothing may be appended."""

    code = "log-refused"


class LogBehindError(LogRefusedError):
    """The database is older than what was published: a restored backup."""

    code = "log-behind"


class LogForkedError(LogRefusedError):
    """The database's tree does not extend the published one."""

    code = "log-forked"


class LogDamagedError(LogRefusedError):
    """The stored leaves, nodes and head do not belong together."""

    code = "log-damaged"


class LogHeadMissingError(LogRefusedError):
    """The file with the last published head is gone."""

    code = "log-head-missing"


class LogHeadUnreadableError(LogRefusedError):
    """The file with the last published head is damaged."""

    code = "log-head-unreadable"


class LogHeadPresentError(ConflictError):
    """The file with the last published head is there and need not be adopted."""

    code = "log-head-present"


class LogKeyError(LogRefusedError):
    """The log's private key does not belong to its published verifier key."""

    code = "log-key-mismatch"


class LogUnpublishedError(UnavailableError):
    """The leaf is stored, but not yet under a published checkpoint."""

    code = "log-unpublished"


class SubmissionMalformedError(BadRequestError):
    """The request to a witness cannot be read (C2SP tlog-witness)."""

    code = "submission-malformed"


class WitnessOldSizeError(BadRequestError):
    """The request names an old size beyond its checkpoint."""

    code = "witness-old-size"


class WitnessLogUnknownError(NotFoundError):
    """The witness does not follow this log."""

    code = "witness-log-unknown"


class WitnessRefusalError(ForbiddenError):
    """No key that the witness knows of this log has signed the checkpoint."""

    code = "witness-unsigned"


class WitnessSizeError(ConflictError):
    """The witness has cosigned another size than the request builds on."""

    code = "witness-size"


class WitnessForkError(ConflictError):
    """The witness has cosigned another root at this size: two histories."""

    code = "witness-fork"


class WitnessStateError(UnavailableError):
    """What the witness noted of this log is damaged; it cosigns nothing of it."""

    code = "witness-state-damaged"


class WitnessHomeError(UnavailableError):
    """The folder holds no witness that can be used."""

    code = "witness-unusable"


class WitnessExistsError(ConflictError):
    """The folder holds a witness already."""

    code = "witness-exists"


class PeerSilentError(UnavailableError):
    """A witness or a log could not be asked, or answered too much or too slowly."""

    code = "peer-silent"


class WitnessAnswerError(UnavailableError):
    """A witness answered something else than its cosignature."""

    code = "witness-answer"
