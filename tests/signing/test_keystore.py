"""The key folder: made once, pinned, read-only as soon as something is wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.clock import FixedClock
from tests.racing import at_once
from tests.signing.make_signing import PASSPHRASE, private_file, reopened, rotate
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.signing import keystore
from traceability.signing.envelope import read_unverified
from traceability.signing.errors import (
    KeyChangeError,
    KeyExpiredError,
    KeyInUseError,
    KeyMalformedError,
    KeyNotFoundError,
    KeyRevokedError,
    KeyStoreExistsError,
    KeyUnknownError,
    PassphraseWeakError,
    SignerDownError,
)
from traceability.signing.keyfiles import generate_mac, write_private, write_secret
from traceability.signing.keys import (
    ES256,
    KeyRole,
    KeyStatus,
    generate_private,
)
from traceability.signing.keystore import KeyStore
from traceability.signing.loading import SECRET
from traceability.signing.trust_list import verify_trust_list

PUBLIC_ROLES = [
    *(KeyRole.ROOT, KeyRole.RECORD, KeyRole.SEAL),
    *(KeyRole.LOG, KeyRole.STATUS),
]


def assert_read_only(store: KeyStore, reason: str) -> None:
    assert store.state is not None
    assert reason in store.state
    with pytest.raises(SignerDownError) as refusal:
        store.signer(KeyRole.RECORD)
    assert (refusal.value.status, refusal.value.code) == (503, "signer-down")
    assert reason in str(refusal.value)


def test_a_fresh_folder_signs_in_every_role_with_a_key_of_its_own(
    store: KeyStore,
) -> None:
    assert store.state is None
    kids = {store.signer(role).kid for role in PUBLIC_ROLES}
    assert len(kids) == len(PUBLIC_ROLES)
    for role in PUBLIC_ROLES:
        signer = store.signer(role)
        key = store.ring.key(signer.kid)
        assert key.role is role
        assert key.verify(b"message", signer.sign(b"message"))
        assert signer.kid.startswith("did:web:tx.example#")
    assert len(store.mac(KeyRole.SERIAL).digest(b"message")) == 32


def test_private_keys_are_encrypted_and_for_their_owner_only(store: KeyStore) -> None:
    private = store.folder / "private"
    files = list(private.iterdir())
    assert private.stat().st_mode & 0o777 == 0o700
    assert len(files) == len(PUBLIC_ROLES) + len(SECRET)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    for path in private.glob("*.pem"):
        assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    secret = store.mac(KeyRole.SERIAL).secret
    assert all(secret not in path.read_bytes() for path in files)
    assert repr(secret) not in repr(store.mac(KeyRole.SERIAL))


def test_the_folder_tells_the_public_what_it_needs(store: KeyStore) -> None:
    names = {path.name for path in store.folder.iterdir()} - {".lock"}
    derived = {"trust-list.json", "trust-list.jws", "log.vkey"}
    assert names == derived | {"private", "public"}
    assert len(list((store.folder / "public").glob("*.jwk"))) == len(PUBLIC_ROLES)
    assert (store.folder / "log.vkey").read_text().strip() == store.vkey
    assert store.vkey.startswith("tx.example/log+")


def test_keys_are_made_once(store: KeyStore, clock: Clock) -> None:
    with pytest.raises(KeyStoreExistsError):
        store.create(clock)
    assert reopened(store).state is None


@pytest.mark.parametrize("passphrase", [None, "", "too short for 128"])
def test_a_weak_pass_phrase_makes_no_keys(
    passphrase: str | None, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    with pytest.raises(PassphraseWeakError):
        KeyStore(tmp_path, passphrase, identity).create(clock)
    assert not list(tmp_path.iterdir())


def test_records_may_be_signed_with_es256(
    tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    store = KeyStore(tmp_path, PASSPHRASE, identity).create(clock, alg=ES256)
    assert store.signer(KeyRole.RECORD).alg == ES256
    assert store.signer(KeyRole.SEAL).alg == "EdDSA"
    assert reopened(store).state is None


def test_a_wrong_pass_phrase_leaves_a_read_only_service(store: KeyStore) -> None:
    wrong = reopened(store, "another sample of random bits")
    assert_read_only(wrong, "wrong pass phrase")
    assert wrong.trust_list == store.trust_list
    with pytest.raises(SignerDownError):
        wrong.mac(KeyRole.SERIAL)


def test_a_missing_pass_phrase_is_named(store: KeyStore) -> None:
    assert_read_only(reopened(store, None), "the pass phrase is missing")


@pytest.mark.parametrize("role", [*PUBLIC_ROLES, *SECRET])
def test_a_flipped_bit_in_a_key_file_is_noticed(store: KeyStore, role: KeyRole) -> None:
    path = private_file(store, role)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert_read_only(reopened(store), path.name)


def test_no_flipped_bit_anywhere_gives_another_key(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    kid, data = store.signer(KeyRole.RECORD).kid, path.read_bytes()
    noticed = 0
    for place in range(0, len(data), 11):
        flipped = bytearray(data)
        flipped[place] ^= 2
        path.write_bytes(flipped)
        found = reopened(store)
        noticed += found.state is not None
        if found.state is None:  # a bit of the PEM frame that means nothing
            assert found.signer(KeyRole.RECORD).kid == kid
    assert noticed > len(data) // 22


@pytest.mark.parametrize("role", [KeyRole.RECORD, KeyRole.SEAL, KeyRole.LOG])
def test_a_missing_key_is_named(store: KeyStore, role: KeyRole) -> None:
    path = private_file(store, role)
    path.unlink()
    assert_read_only(reopened(store), f"{path.name} is missing")


def test_a_missing_serial_key_is_named_for_labels_hang_on_it(store: KeyStore) -> None:
    path = private_file(store, KeyRole.SERIAL)
    path.unlink()
    assert_read_only(reopened(store), f"{path.name} is missing")


def test_a_swapped_key_is_noticed(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    write_private(path, generate_private(), PASSPHRASE)
    assert_read_only(reopened(store), f"{path.name} is not the key")


def test_a_key_of_another_kind_is_noticed(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    write_private(path, generate_private(ES256), PASSPHRASE)
    assert_read_only(reopened(store), f"{path.name} is not the key")


def test_a_swapped_serial_key_is_noticed(store: KeyStore) -> None:
    path = private_file(store, KeyRole.SERIAL)
    write_secret(path, generate_mac(), PASSPHRASE)
    assert_read_only(reopened(store), f"{path.name} cannot be opened")


def test_a_cut_serial_key_is_noticed(store: KeyStore) -> None:
    path = private_file(store, KeyRole.SERIAL)
    path.write_bytes(path.read_bytes()[:20])
    assert_read_only(reopened(store), f"{path.name} cannot be opened")


def test_an_unencrypted_key_is_refused(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    private = store.signer(KeyRole.RECORD).private
    kinds = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private.private_bytes(*kinds))
    assert_read_only(reopened(store), "not encrypted")


def test_a_key_that_others_can_read_is_refused(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    path.chmod(0o640)
    assert_read_only(reopened(store), "chmod it to 600")


def test_a_folder_in_place_of_a_key_is_named(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    path.unlink()
    path.mkdir(mode=0o700)
    assert_read_only(reopened(store), f"{path.name} cannot be read")


def test_the_keys_of_another_address_do_not_sign(store: KeyStore) -> None:
    other = KeyStore(store.folder, PASSPHRASE, Identity("https://ty.example")).open()
    assert_read_only(other, "the keys are those of did:web:tx.example")


def test_a_damaged_trust_list_is_never_used(store: KeyStore) -> None:
    path = store.folder / "trust-list.jws"
    token = path.read_text()
    path.write_text(token.replace("A", "B", 1))
    assert_read_only(store, "trust-list.jws")
    with pytest.raises(SignerDownError):
        _ = store.trust_list
    path.write_bytes(b"\xff")
    assert_read_only(store, "cannot be read")
    path.write_text(token)
    assert store.state is None


def test_a_missing_trust_list_is_named(store: KeyStore, clock: Clock) -> None:
    (store.folder / "trust-list.jws").unlink()
    assert_read_only(store, "trust-list.jws is missing")
    with pytest.raises(SignerDownError):
        store.rotate(KeyRole.RECORD, clock)


def test_without_the_root_records_are_signed_but_no_key_changes(
    store: KeyStore, clock: Clock
) -> None:
    private_file(store, KeyRole.ROOT).unlink()
    offline = reopened(store)
    assert offline.state is None
    assert offline.signer(KeyRole.RECORD).kid == store.signer(KeyRole.RECORD).kid
    with pytest.raises(SignerDownError, match="root key"):
        offline.rotate(KeyRole.RECORD, clock)


def test_what_a_crash_left_half_written_is_put_right(
    store: KeyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(KeyStore, "_derive", crash)
        with pytest.raises(KeyboardInterrupt):
            store.rotate(KeyRole.LOG, clock)
    assert store.trust_list.version == 2
    vkey = store.folder / "log.vkey"
    assert vkey.read_text().strip() != store.vkey
    assert reopened(store).vkey == vkey.read_text().strip()


def test_a_crash_before_the_list_is_signed_changes_nothing(
    store: KeyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    before = store.trust_list
    with monkeypatch.context() as broken:
        broken.setattr(KeyStore, "_publish", crash)
        with pytest.raises(KeyboardInterrupt):
            store.rotate(KeyRole.RECORD, clock)
    assert reopened(store).trust_list == before
    assert reopened(store).rotate(KeyRole.RECORD, clock).version == 2


def test_after_a_rotation_the_new_key_signs_and_the_old_overlaps(
    store: KeyStore, clock: Clock
) -> None:
    old = store.signer(KeyRole.RECORD)
    elsewhere = reopened(store)
    store.change(store.rotation(KeyRole.RECORD, overlap=timedelta(hours=2)), clock)
    new = store.signer(KeyRole.RECORD)
    assert new.kid != old.kid
    assert elsewhere.signer(KeyRole.RECORD).kid == new.kid  # seen without a restart
    now, ring = clock.now(), store.ring
    for kid in (old.kid, new.kid):
        key = ring.valid(kid, KeyRole.RECORD, now + timedelta(hours=1), None)
        assert key.kid == kid
    with pytest.raises(DomainError) as refusal:
        ring.valid(old.kid, KeyRole.RECORD, now + timedelta(hours=2), None)
    assert refusal.value.code == "key-expired"
    assert reopened(store).state is None


def test_a_rotation_may_change_the_algorithm_of_records_only(
    store: KeyStore, clock: Clock
) -> None:
    store.rotate(KeyRole.RECORD, clock, alg=ES256)
    assert store.signer(KeyRole.RECORD).alg == ES256
    store.rotate(KeyRole.RECORD, clock)
    assert store.signer(KeyRole.RECORD).alg == ES256
    with pytest.raises(KeyChangeError):
        store.rotate(KeyRole.SEAL, clock, alg=ES256)
    with pytest.raises(KeyChangeError):
        store.rotate(KeyRole.SERIAL, clock, alg=ES256)


@pytest.mark.parametrize("role", SECRET)
def test_old_secret_keys_stay_for_labels_in_the_field(
    store: KeyStore, clock: Clock, role: KeyRole
) -> None:
    old = store.mac(role)
    store.rotate(role, clock)
    assert store.mac(role).key_id != old.key_id
    assert store.mac(role, old.key_id) == old
    assert reopened(store).mac(role, old.key_id) == old


@pytest.mark.parametrize("role", [KeyRole.RECORD, KeyRole.SERIAL])
def test_an_unknown_secret_key_is_said_to_be_unknown(
    store: KeyStore, role: KeyRole
) -> None:
    with pytest.raises(KeyNotFoundError):
        store.mac(role, "0123456789abcdef")


def test_a_key_with_a_successor_can_be_retired(store: KeyStore, clock: Clock) -> None:
    old = store.signer(KeyRole.SEAL)
    with pytest.raises(KeyInUseError):
        store.retire(old.kid, clock)
    store.rotate(KeyRole.SEAL, clock)
    store.retire(old.kid, clock)
    key = store.ring.key(old.kid)
    assert (key.status, key.not_after) == (KeyStatus.RETIRED, clock.now())
    assert store.ring.seal_key(old.key_id4) == key  # what it sealed stays true
    with pytest.raises(KeyChangeError):
        store.retire(old.kid, clock)
    private = store.folder / "private"
    next(private.glob(f"*{old.kid.partition('#')[2][:16]}.pem")).unlink()
    assert reopened(store).state is None  # an ended key may be destroyed


def test_a_stolen_key_counts_only_for_what_was_logged_before(
    store: KeyStore, clock: FixedClock
) -> None:
    stolen, signed_at = store.signer(KeyRole.RECORD), clock.now()
    clock.instant += timedelta(hours=1)
    store.revoke(stolen.kid, 7, clock)
    assert store.signer(KeyRole.RECORD).kid != stolen.kid
    key = store.ring.key(stolen.kid)
    assert (key.status, key.revoked_at) == (KeyStatus.REVOKED, 7)
    assert store.ring.valid(stolen.kid, KeyRole.RECORD, signed_at, 6) == key
    for index in (None, 7, 8):
        with pytest.raises(KeyRevokedError):
            store.ring.valid(stolen.kid, KeyRole.RECORD, signed_at, index)
    with pytest.raises(KeyExpiredError):
        store.ring.valid(stolen.kid, KeyRole.RECORD, clock.now(), 6)


def test_a_revocation_never_moves_to_a_later_index(
    store: KeyStore, clock: Clock
) -> None:
    kid = store.signer(KeyRole.SEAL).kid
    store.revoke(kid, 7, clock)
    store.revoke(kid, 5, clock)
    with pytest.raises(KeyChangeError):
        store.revoke(kid, 6, clock)
    assert store.ring.key(kid).revoked_at == 5


def test_a_root_is_not_revoked_by_its_own_list(store: KeyStore, clock: Clock) -> None:
    with pytest.raises(KeyChangeError):
        store.revoke(store.signer(KeyRole.ROOT).kid, 0, clock)
    with pytest.raises(KeyUnknownError):
        store.revoke("did:web:tx.example#nobody", 0, clock)


def test_a_sealed_label_of_a_stolen_key_needs_proof_from_the_log(
    store: KeyStore, clock: Clock
) -> None:
    stolen = store.signer(KeyRole.SEAL)
    store.revoke(stolen.kid, 7, clock)
    for index in (None, 7, 8):
        with pytest.raises(KeyRevokedError):
            store.ring.seal_key(stolen.key_id4, logged_at=index)
    assert store.ring.seal_key(stolen.key_id4, logged_at=6).kid == stolen.kid


def test_an_old_root_announces_the_next(store: KeyStore, clock: Clock) -> None:
    first = store.ring
    store.rotate(KeyRole.ROOT, clock)
    announced = verify_trust_list(store.trust_list_jws, first, now=clock.now())
    store.renew(clock)
    renewed = verify_trust_list(store.trust_list_jws, announced.ring, now=clock.now())
    assert (announced.version, renewed.version) == (2, 3)


def test_who_missed_two_new_roots_still_follows(
    store: KeyStore, clock: FixedClock
) -> None:
    first = store.ring
    for role in (KeyRole.ROOT, KeyRole.RECORD, KeyRole.ROOT, KeyRole.LOG):
        clock.instant += timedelta(days=30)
        store.rotate(role, clock)
    assert len(store.trust_list.handovers) == 2
    signed_by = read_unverified(store.trust_list_jws).kid
    assert signed_by == store.signer(KeyRole.ROOT).kid
    assert not first.knows(signed_by)
    found = verify_trust_list(store.trust_list_jws, first, now=clock.now())
    assert found == reopened(store).trust_list


def test_a_new_root_that_no_list_names_hands_nothing_over(
    store: KeyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(KeyStore, "_publish", crash)
        with pytest.raises(KeyboardInterrupt):
            store.rotate(KeyRole.ROOT, clock)
    store.renew(clock)
    assert store.trust_list.handovers == ()


def test_the_log_s_old_keys_still_open_old_checkpoints(
    store: KeyStore, clock: Clock
) -> None:
    old = store.vkey
    store.rotate(KeyRole.LOG, clock)
    assert store.vkeys == [store.vkey, old]
    assert store.vkey != old


def test_a_list_is_renewed_at_half_its_life(store: KeyStore, clock: FixedClock) -> None:
    clock.instant += timedelta(days=199)
    store.renew_if_due(clock)
    assert store.trust_list.version == 1
    clock.instant += timedelta(days=2)
    store.renew_if_due(clock)
    store.renew_if_due(clock)
    assert store.trust_list.version == 2
    assert store.fault(clock.now()) is None


def test_processes_that_renew_at_once_sign_one_version(
    store: KeyStore, clock: FixedClock
) -> None:
    clock.instant += timedelta(days=201)
    others = [reopened(store) for _ in range(4)]
    start = Barrier(len(others))

    def renew(other: KeyStore) -> None:
        start.wait()
        other.renew_if_due(clock)

    with ThreadPoolExecutor(len(others)) as threads:
        list(threads.map(renew, others))
    assert store.trust_list.version == 2


@pytest.fixture
def old_store(
    tmp_path: Path, clock: Clock, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> KeyStore:
    """Keys of a release that knew no lists of status and no scratch codes."""
    with monkeypatch.context() as before:
        before.setattr(keystore, "NEEDED", (KeyRole.RECORD, KeyRole.SEAL, KeyRole.LOG))
        before.setattr(keystore, "SECRET", (KeyRole.SERIAL,))
        return KeyStore(tmp_path / "old", PASSPHRASE, identity).create(clock)


def test_a_home_from_before_the_status_key_signs_everything_else(
    old_store: KeyStore,
) -> None:
    assert old_store.state is None
    assert old_store.signer(KeyRole.RECORD).alg == "EdDSA"
    with pytest.raises(SignerDownError):
        old_store.signer(KeyRole.STATUS)
    with pytest.raises(KeyNotFoundError):
        old_store.mac(KeyRole.SCRATCH)


def test_the_status_key_is_made_at_the_next_start_once(
    old_store: KeyStore, clock: FixedClock
) -> None:
    others = [reopened(old_store) for _ in range(2)]
    for other in others:
        other.renew_if_due(clock)
        assert other.trust_list.version == 2
        assert other.signer(KeyRole.STATUS).kid == old_store.signer(KeyRole.STATUS).kid
        assert other.mac(KeyRole.SCRATCH) == old_store.mac(KeyRole.SCRATCH)
    assert reopened(old_store).state is None


def test_without_the_root_the_status_key_waits_for_a_rotation(
    old_store: KeyStore, clock: FixedClock
) -> None:
    path = private_file(old_store, KeyRole.ROOT)
    root = path.read_bytes()
    path.unlink()
    offline = reopened(old_store)
    offline.renew_if_due(clock)
    assert (offline.state, offline.trust_list.version) == (None, 1)
    path.write_bytes(root)
    path.chmod(0o600)
    offline = reopened(old_store)
    offline.rotate(KeyRole.STATUS, clock)
    assert offline.signer(KeyRole.STATUS).alg == "EdDSA"


def test_without_the_root_the_list_ends_and_the_service_says_so(
    store: KeyStore, clock: FixedClock
) -> None:
    private_file(store, KeyRole.ROOT).unlink()
    offline = reopened(store)
    clock.instant += timedelta(days=400)
    offline.renew_if_due(clock)
    assert "has expired" in str(offline.fault(clock.now()))
    (store.folder / "trust-list.jws").unlink()
    offline.renew_if_due(clock)
    assert offline.fault(clock.now()) == "trust-list.jws is missing"


def test_two_processes_that_rotate_at_once_lose_nothing(store: KeyStore) -> None:
    origin = store.identity.origin
    roles = (KeyRole.RECORD, KeyRole.SERIAL)
    at_once(rotate, *((store.folder, origin, role, 4) for role in roles))
    trust_list = store.trust_list
    assert trust_list.version == 9
    assert len(trust_list.of_role(KeyRole.RECORD)) == 5
    assert len(trust_list.mac_keys) == 6
    assert reopened(store).state is None


def test_a_kind_of_key_we_do_not_use_is_refused(store: KeyStore) -> None:
    path = private_file(store, KeyRole.RECORD)
    kinds = (Encoding.PEM, PrivateFormat.PKCS8)
    pem = X25519PrivateKey.generate().private_bytes(
        *kinds, BestAvailableEncryption(PASSPHRASE.encode())
    )
    path.write_bytes(pem)
    assert_read_only(reopened(store), "holds a kind of key we do not use")


def test_a_serial_key_without_its_frame_is_refused(store: KeyStore) -> None:
    path = private_file(store, KeyRole.SERIAL)
    path.write_bytes(path.read_bytes().partition(b"\n")[2])
    assert_read_only(reopened(store), "is not the key the trust list names")


def test_an_algorithm_we_do_not_have_makes_no_key(
    tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    with pytest.raises(KeyMalformedError):
        KeyStore(tmp_path, PASSPHRASE, identity).create(clock, alg="RS256")
    assert not (tmp_path / "trust-list.jws").exists()
