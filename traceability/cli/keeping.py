"""Keep the trust list valid and logged while the service runs, not only at its start.

A list lives more than a year and is renewed half a year before its end, so that one
look a day is plenty.
"""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from traceability.core.errors import DomainError
from traceability.records.published_file_record import log_published_file
from traceability.records.trust_list_record import log_trust_list
from traceability.signing.keystore import KeyStore
from traceability.verification.standalone.page import verifier_page
from traceability.web.context import Services

EVERY = 24 * 3600.0  # seconds
_log = logging.getLogger(__name__)


def renewed(use: Services) -> str | None:
    """Renew the trust list if it is time, and log it; return why nothing is signed.

    A service that may not sign goes on reading.
    """
    store = use.get(KeyStore)
    try:
        store.renew_if_due(use.clock)
        log_trust_list(use)
        log_published_file(use, verifier_page().file)
    except DomainError as error:
        return str(error)
    return store.fault(use.clock.now())


class TrustListKeeper:
    """Looks after the list once a day, in a thread that starts with a first request.

    A server may fork before it; each of its processes looks for itself.
    """

    def __init__(self, use: Services, every: float = EVERY) -> None:
        self._use = use
        self._every = every
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="trust-list-keeper", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """Renew if it is time; what fails today is tried again tomorrow."""
        try:
            fault = renewed(self._use)
        except (SQLAlchemyError, OSError) as error:
            fault = type(error).__name__
        if fault is not None:
            _log.warning("the trust list could not be looked after: %s", fault)

    def _run(self) -> None:
        self.look()
        while not self._stopped.wait(self._every):
            self.look()


def keep_trust_list(app: Flask, use: Services, every: float = EVERY) -> TrustListKeeper:
    """Look after the list from the first request of an application on."""
    keeper = TrustListKeeper(use, every)
    app.before_request(keeper.start)
    return keeper
