"""Why a signature, a key or a trust list is not accepted: one code for each reason."""

from traceability.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)


class SignatureRefusedError(InvalidError):
    """What was presented as signed is not accepted."""

    code = "signature-refused"


class TokenMalformedError(SignatureRefusedError):
    """The text is no compact JWS with a JSON object in it."""

    code = "token-malformed"


class TokenTooLargeError(SignatureRefusedError):
    """The token is longer than any of ours."""

    code = "token-too-large"


class TypeMismatchError(SignatureRefusedError):
    """The header's ``typ`` says it is another kind of token."""

    code = "type-mismatch"


class CriticalHeaderError(SignatureRefusedError):
    """The header demands extensions (``crit``, ``b64``) that we do not know."""

    code = "critical-header"


class AlgMismatchError(SignatureRefusedError):
    """The header's ``alg`` is not the one its key is bound to."""

    code = "alg-mismatch"


class KeyMismatchError(SignatureRefusedError):
    """The header's ``kid`` names another key than the one handed in."""

    code = "key-mismatch"


class SignatureLengthError(SignatureRefusedError):
    """The signature has not exactly 64 bytes."""

    code = "signature-length"


class SignatureRangeError(SignatureRefusedError):
    """A number in the signature is outside the group: s ≥ L (RFC 8032 5.1.7)."""

    code = "signature-range"


class SignatureInvalidError(SignatureRefusedError):
    """The signature was not made by this key over these bytes."""

    code = "signature-invalid"


class KeyMalformedError(SignatureRefusedError):
    """The public key is none we can use."""

    code = "key-malformed"


class KeyUnknownError(SignatureRefusedError):
    """No trusted list names this key."""

    code = "key-unknown"


class KeyRoleError(SignatureRefusedError):
    """The key is trusted, but not for this."""

    code = "key-role"


class KeyNotYetValidError(SignatureRefusedError):
    """The signature is older than its key."""

    code = "key-not-yet-valid"


class KeyExpiredError(SignatureRefusedError):
    """The signature was made after its key had ended."""

    code = "key-expired"


class KeyRevokedError(SignatureRefusedError):
    """The key was revoked, and the signature was not logged before that."""

    code = "key-revoked"


class SignerDownError(UnavailableError):
    """The private keys cannot be used: the service reads, but signs nothing."""

    code = "signer-down"


class KeyNotFoundError(NotFoundError):
    """The key folder holds no such key."""

    code = "key-not-found"


class TrustListMalformedError(SignatureRefusedError):
    """The trust list's content is not what a trust list holds."""

    code = "trust-list-malformed"


class TrustListOlderError(SignatureRefusedError):
    """A newer version of the list was seen before: someone turns time back."""

    code = "trust-list-older"


class TrustListExpiredError(SignatureRefusedError):
    """The list's own end has passed."""

    code = "trust-list-expired"


class TrustListNotYetValidError(SignatureRefusedError):
    """The list says it was issued in the future."""

    code = "trust-list-not-yet-valid"


class KeyStoreExistsError(ConflictError):
    """There are keys in the folder already; they are never overwritten."""

    code = "keys-exist"


class PassphraseMissingError(InvalidError):
    """Keys are here, and the pass phrase that opens them is not."""

    code = "passphrase-missing"


class PassphraseWeakError(InvalidError):
    """The pass phrase is too short to hold 128 random bits."""

    code = "passphrase-weak"


class KeyInUseError(ConflictError):
    """The key is the last of its role, so it cannot simply end."""

    code = "key-in-use"


class KeyChangeError(ConflictError):
    """The key cannot be changed in this way."""

    code = "key-change-refused"


class SealKeyCollisionError(ConflictError):
    """Another seal key has the same four-byte id."""

    code = "seal-key-collision"


class KeyKnownError(ConflictError):
    """The key is in the trust list already, for whomever."""

    code = "key-known"


class KeyBurntError(InvalidError):
    """A private key was sent where its public half was asked for."""

    code = "key-private-sent"


class KeyWeakError(SignatureRefusedError):
    """The public key is a point that anybody can sign for."""

    code = "key-weak"


class RootElsewhereError(SignerDownError):
    """The change needs the root key, which is kept on another machine."""

    code = "root-elsewhere"


class ListDraftError(ConflictError):
    """The draft of a trust list does not continue the list that is trusted here."""

    code = "trust-list-draft-refused"


class ArchiveError(InvalidError):
    """The archive of keys cannot be opened, or is of another service."""

    code = "key-archive-refused"
