"""What the page's scripts say, in both languages: they hold no sentence themselves."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from traceability.verification.findings import TITLES
from traceability.verification.wording import RESULTS, VERDICTS
from traceability.web.catalogs import FOLDER, SOURCE_LANGUAGE, read_catalog
from traceability.web.i18n import gettext as _, lazy_gettext as _l, speaking

_JOINED = re.compile(r'"\s*\+\s*"')  # a sentence of two lines in a script
TEXTS = MappingProxyType(
    {
        "just-now": _l("just now"),
        "online": _l("Network: there is one"),
        "offline": _l("Network: none"),
        "keys-age": _l("List of keys: %(age)s"),
        "keys-none": _l("List of keys: none yet, connect once"),
        "keys-refused": _l("The new list of keys was refused: %(detail)s"),
        "status-age": _l("List of recalls and holds: %(age)s"),
        "status-over": _l("List of recalls and holds: %(age)s, TOO OLD to count"),
        "status-none": _l("List of recalls and holds: none"),
        "policy-set": _l(
            "Set. Each check with a network asks that these witnesses have cosigned "
            "the log as the policy says:"
        ),
        "policy-none": _l("Not set: no witness is asked for."),
        "policy-refused": _l("The policy was refused: %(detail)s"),
        "not-compared": _l("The root key was not compared yet"),
        "stopped": _l("Recall or hold"),
        "product": _l("Product"),
        "producer": _l("Producer"),
        "lot": _l("Lot number"),
        "made": _l("Production date"),
        "expiry": _l("Use by"),
        "best-before": _l("Best before"),
        "stars": _l("OCOP stars"),
        "until": _l("until"),
        "seal-right": _l("The seal on this label is right (checked without a network)"),
        "offline-sealed": _l(
            "By the list on this phone (%(age)s) the lot is neither recalled nor held."
        ),
        "offline-since": _l("What changed since then shows only with a network."),
        "offline-no-status": _l(
            "Whether the lot was recalled or held is not known here: there is no list "
            "that counts. Check again with a network."
        ),
        "offline-open": _l(
            "Without a network this label proves nothing by itself. Check again with "
            "a network."
        ),
        "failed-check": _l("Check %(n)d: %(detail)s"),
        "checked-at": _l("Checked at %(instant)s."),
        "not-kept": _l(
            "This browser does not keep the page: it will not open without a network."
        ),
        "camera-refused": _l(
            "The camera is not allowed. Allow it in the browser's settings, or choose "
            "a photo."
        ),
        "camera-missing": _l("No camera could be opened. Choose a photo instead."),
        "no-code": _l("No code was found in the photo. Take it nearer and sharper."),
        "no-picture": _l("This file is no picture that can be read."),
        "serial-unknown": _l("No label has this number."),
        "serial-offline": _l(
            "A number alone can be looked up only with a network. Scan the code."
        ),
        "conformant": _l("Conformant"),
        "non_conformant": _l("Not conformant"),
        "choose-result": _l("Choose a result first."),
        "photo": _l("Photo %(n)d"),
        "remove-photo": _l("Remove photo %(n)d"),
        "photos-full": _l("Six photos are the most."),
        "state-draft": _l("Not finished yet"),
        "state-waiting": _l("Waiting for the network"),
        "state-sending": _l("Being sent"),
        "state-sent": _l("Sent; notes and photos were deleted here"),
        "state-refused": _l("Refused, kept here"),
        "state-signed-out": _l("Kept here: sign in to send it"),
        "state-another": _l("Kept here: somebody else wrote it"),
        "open-sent": _l("Open the record"),
        "sign-in": _l("Sign in"),
        "edit": _l("Go on writing"),
        "remove": _l("Delete"),
        "remove-sure": _l("Delete this finding and its photos? It was not sent."),
        "signed-in": _l("Signed in as %(name)s."),
        "signed-out": _l("Nobody is signed in."),
        "unknown-who": _l("Without a network nobody can tell who is signed in."),
        "forget-sure": _l(
            "Delete everything on this phone? Findings that were not sent: %(n)d."
        ),
        "forgotten": _l("Everything on this phone was deleted."),
    }
)


def words(language: str, scripts: tuple[str, ...]) -> dict[str, Mapping[str, str]]:
    """Return every text of the scripts in a language, by its permanent key.

    ``scripts`` are the verifier's own: sentences they cannot say are left out.
    """
    with speaking(language):
        return {
            "texts": {key: str(text) for key, text in TEXTS.items()},
            "verdicts": {key.value: str(text) for key, text in VERDICTS.items()},
            "checks": {str(number): _(title) for number, title in TITLES.items()},
            "results": {key.value: str(text) for key, text in RESULTS.items()},
            "messages": _messages(language, scripts),
        }


def manifest_words() -> dict[str, str]:
    """Return the installed page's name and what it is for."""
    return {
        "name": _("Inspection of traceability labels"),
        "short_name": _("Label check"),
        "description": _(
            "Checks a label on the phone itself, with or without a network, and keeps "
            "findings until they are sent."
        ),
    }


@cache
def _messages(language: str, scripts: tuple[str, ...]) -> Mapping[str, str]:
    """Return what findings may say, by its English; English needs no table."""
    said = _JOINED.sub("", "\n".join(scripts)).replace('\\"', '"')
    return {text: told for text, told in _sentences(language).items() if text in said}


@cache
def _sentences(language: str) -> Mapping[str, str]:
    if language == SOURCE_LANGUAGE:
        return {}
    return {
        str(message.id): str(message.string)
        for path in sorted((FOLDER / language).glob("*.po"))
        for message in read_catalog(path, language)
        if isinstance(message.id, str) and message.id and message.string
    }
