"""What the file says, in both languages: its scripts hold no sentence of the page."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from traceability.verification.findings import TITLES
from traceability.verification.wording import RESULTS, VERDICTS
from traceability.web.catalogs import FOLDER, read_catalog
from traceability.web.i18n import LANGUAGES, gettext, lazy_gettext as _l, speaking

_JOINED = re.compile(r'"\s*\+\s*"')  # a sentence of two lines in a script
TITLE = _l("Check a label, a record or a bundle")
WITHOUT_SCRIPT = _l("This page checks with a script: allow scripts to use it.")
TEXTS = MappingProxyType(
    {
        "name": _l("Verifier"),
        "title": TITLE,
        "lede": _l(
            "Everything is checked in this browser. Nothing is sent anywhere, and no "
            "network is needed."
        ),
        "choose": _l("What is to be checked"),
        "files": _l("Files: a bundle, a record, a proof, a list of keys"),
        "files-hint": _l(
            "Choose or drop one or several: .zip, .jws, .txt, a witness policy, what "
            "another browser remembers."
        ),
        "link": _l("Or the link in a code"),
        "link-hint": _l(
            "Without a network only its seal is checked, and the lists of recalls that "
            "are at hand."
        ),
        "check": _l("Check"),
        "trust": _l("Whom this browser trusts"),
        "trust-none": _l(
            "Nobody yet. Choose the list of keys (trust-list.jws) that an authority or "
            "somebody you trust gave you, or a bundle."
        ),
        "trust-none-short": _l("none at hand"),
        "trust-list": _l(
            "List of keys no. %(version)s of %(day)s (%(age)s old), good until %(end)s."
        ),
        "trust-expired": _l("This list has expired: get a newer one."),
        "fingerprint": _l("Fingerprint of the root key:"),
        "stranger": _l("This bundle comes from somebody this browser does not know"),
        "stranger-why": _l(
            "It brings its own list of keys, for %(host)s. Anybody could make one: "
            "compare the fingerprint with the one that was printed or told elsewhere."
        ),
        "adopt": _l("I compared it: trust this list"),
        "list-kept": _l("The list of keys is kept in this browser."),
        "status-kept": _l("The status list is kept in this browser."),
        "policy-kept": _l("The witness policy is kept in this browser."),
        "memory-taken": _l("What the other browser remembered is taken over."),
        "memory": _l("What this browser remembers"),
        "remembered": _l(
            "Lists of keys: %(n)d, each with the newest head of its log that was seen. "
            "A log that changes its past is noticed by that."
        ),
        "remembered-none": _l("Nothing."),
        "export": _l("Save it as a file"),
        "forget": _l("Forget everything"),
        "failed": _l("Check %(n)d: %(detail)s"),
        "not-green": _l(
            "Something that is needed could not be checked, so nothing is confirmed."
        ),
        "logged": _l("The signature is right; in the public log since %(day)s."),
        "stop": _l("Notice of %(day)s"),
        "facts-title": _l("What was signed"),
        "product": _l("Product"),
        "producer": _l("Producer"),
        "lot": _l("Lot number"),
        "commune": _l("Commune"),
        "made": _l("Production date"),
        "packed": _l("Packaging date"),
        "expiry": _l("Use by"),
        "best-before": _l("Best before"),
        "stars": _l("OCOP stars"),
        "stars-until": _l("%(n)d, until %(day)s"),
        "address": _l("Address"),
        "data-title": _l("How old this is, and who vouches for it"),
        "source": _l("Checked"),
        "checked": _l("Checked at"),
        "made-at": _l("Bundle made at"),
        "as-of": _l("Newest entry seen of the log"),
        "status-as-of": _l("Recalls and holds known as of"),
        "head": _l("Log"),
        "head-size": _l("%(origin)s, %(n)d entries"),
        "keys": _l("List of keys"),
        "keys-age": _l("no. %(version)d, %(age)s old"),
        "signed-by": _l("Signed with the key"),
        "checks": _l("What was checked"),
        "print": _l("Print"),
        "days": _l("%(n)d days"),
        "hours": _l("%(n)d hours"),
        "minutes": _l("%(n)d minutes"),
        "version": _l("Version"),
        "foot": _l(
            "The SHA-256 of this file stands in the public log of the service it came "
            "from: compare it before you rely on a copy."
        ),
        "fault": _l("Something went wrong here. Nothing is confirmed."),
    }
)
# Refusals that only the page's own scripts speak of.
SCRIPTED = (
    _l("The file is too large."),
    _l("This is no memory of a verifier."),
    _l("The question cannot be read."),
)
_OTHER = {"vi": "English", "en": "Tiếng Việt"}


def words(script: str) -> dict[str, object]:
    """Return every text in both languages by its permanent key.

    Of findings and refusals those that ``script`` can say, by their English.
    """
    texts = {key: _both(text) for key, text in TEXTS.items()}
    return {
        "texts": {**texts, "other-language": _OTHER},
        "verdicts": {key.value: _both(text) for key, text in VERDICTS.items()},
        "checks": {str(number): _both(title) for number, title in TITLES.items()},
        "results": {key.value: _both(text) for key, text in RESULTS.items()},
        "messages": _messages(script),
    }


def vietnamese(text: object) -> str:
    """Return a text in the language that comes first."""
    with speaking("vi"):
        return str(text)


def _both(text: object) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            found[language] = gettext(text) if isinstance(text, str) else str(text)
    return found


def _messages(script: str) -> Mapping[str, str]:
    said = _JOINED.sub("", script).replace('\\"', '"')
    return {
        message.id: message.string
        for path in sorted((FOLDER / "vi").glob("*.po"))
        for message in read_catalog(path, "vi")
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.id
        and message.string
        and message.id in said
    }
