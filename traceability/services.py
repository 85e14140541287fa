"""Put the collaborators together: what every command works with that needs a home."""

from traceability.cli.proven import row_faults
from traceability.cli.watching import with_watch
from traceability.core.clock import SystemClock
from traceability.db.database import Database, Tuning
from traceability.labels.printing.room import with_printing
from traceability.parties.listing import admissions
from traceability.records.confirmed.queries import confirmation_faults
from traceability.records.queries import record_faults
from traceability.records.trust_list_record import log_trust_list
from traceability.settings import Settings, SettingsError
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import read_passphrase
from traceability.signing.telling import KeyListener
from traceability.status.service import StatusLists
from traceability.transparency.auditing import Audits
from traceability.transparency.collecting.service import Collector
from traceability.transparency.errors import PolicyMalformedError
from traceability.transparency.policy import Policy, load_policy
from traceability.transparency.service import TransparencyLog
from traceability.web import home
from traceability.web.context import Services


def build_services(settings: Settings) -> Services:
    """Return the collaborators of this home. Raises ``SettingsError``.

    The database is only opened when somebody asks; a home made for another address
    refuses.
    """
    identity = home.read_identity(settings)
    store = KeyStore(settings.keys, read_passphrase(settings), identity)
    use = Services(
        settings=settings,
        database=Database(settings.database_url, Tuning.of(settings)),
        clock=SystemClock(),
        identity=identity,
    )
    return with_signing(use, store)


def with_signing(use: Services, store: KeyStore) -> Services:
    """Return services that sign with a key store, log, and report their readiness."""
    log = TransparencyLog(
        signer_of=lambda: store.signer(KeyRole.LOG),
        vkeys_of=lambda: store.vkeys,
        origin=use.identity.log_origin,
        head_file=use.settings.home / "log" / "published-head",
        policy=witness_policy(use.settings),
    )
    audits = Audits((record_faults, confirmation_faults, row_faults))
    lists = StatusLists(
        signer_of=lambda: store.signer(KeyRole.STATUS),
        clock=use.clock,
        identity=use.identity,
    )
    use = use.with_(store).with_(log).with_(audits).with_(lists)
    use = use.with_(Collector(log, use.database, use.clock))
    use = with_printing(use.with_(KeyListener(log_trust_list, admissions)))
    return with_watch(use)


def witness_policy(settings: Settings) -> Policy | None:
    """Return whom this service asks to cosign, if anybody. Raises ``SettingsError``."""
    path = settings.witness_policy or settings.home / "witness-policy.txt"
    if not path.exists():
        return None
    try:
        return load_policy(path)
    except PolicyMalformedError as error:
        raise SettingsError(f"{path}: {error}") from None
