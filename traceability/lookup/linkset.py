"""What there is to find about a link, level by level (RFC 9264, GS1 resolver). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.status.lists import Purpose, list_of

VOCABULARY: Final = "https://ref.gs1.org/voc/"
LINKSET_TYPE: Final = "application/linkset+json"
CONTEXT: Final = "https://ref.gs1.org/standards/resolver/linkset-context"
_NAMESPACES: Final = ("gs1:", VOCABULARY, "https://gs1.org/voc/")
DEFAULT: Final = "defaultLink"
DEFAULT_MULTI: Final = "defaultLinkMulti"
LINKSET: Final = "linkset"
_HTML, _JWS, _JSON = "text/html", "application/vc+jwt", "application/json"
_ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Target:
    """One link: where to, what it is, in which languages."""

    type: str  # the last part of its URI in GS1's vocabulary
    href: str
    title: str
    media_type: str = _HTML
    languages: tuple[str, ...] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class LevelLinks:
    """All links of one level: product, lot or label."""

    link: DigitalLink
    description: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a linkset is about.

    ``record_id`` and ``log_index`` where its lot has a signed record.
    """

    link: DigitalLink
    name: str
    lot: DigitalLink | None = None  # where it is registered; a stamp's link names none
    record_id: str = ""
    log_index: int = 0


def levels_of(subject: Subject, identity: Identity) -> list[LevelLinks]:
    """Return the levels from the most granular that is registered up to the product."""
    link = subject.link
    levels = []
    if subject.lot is not None and link.serial is not None:
        levels.append(_label(subject, identity))
    if subject.lot is not None:
        levels.append(_lot(subject, subject.lot, identity))
    return [*levels, _product(subject, identity)]


def _page(link: DigitalLink, identity: Identity) -> str:
    return identity.url(f"/p{link.path()}")


def _verify(link: DigitalLink, identity: Identity) -> Target:
    address = identity.url("/verify?" + urlencode({"link": str(link)}))
    return Target("verificationService", address, "Check it, check by check")


def _bundle(link: DigitalLink, identity: Identity) -> Target:
    """Return the bundle, beside the page that checks: both serve verification."""
    address = identity.url(f"/bundles{link.path()}.zip")
    return Target("verificationService", address, "The evidence bundle", _ZIP, ())


def _report(link: DigitalLink, identity: Identity) -> Target:
    return Target(
        "leaveReview", identity.url(f"/report{link.path()}"), "Tell a problem"
    )


def _label(subject: Subject, identity: Identity) -> LevelLinks:
    link, name = subject.link, f"{subject.name}: this label"
    page = _page(link, identity)
    targets = (
        Target(DEFAULT, page, name),
        Target("pip", page, name),
        _verify(link, identity),
        _bundle(link, identity),
        _report(link, identity),
    )
    return LevelLinks(link, name, targets)


def _lot(subject: Subject, link: DigitalLink, identity: Identity) -> LevelLinks:
    name = f"{subject.name}: lot {link.lot}"
    page = _page(link, identity)
    targets = [
        Target(DEFAULT, page, name),
        Target("pip", page, name),
        Target("traceability", f"{page}#way", "The way of this lot"),
        Target("recallStatus", page, "Whether this lot is recalled or held"),
        _verify(link, identity),
        _bundle(link, identity),
        _report(link, identity),
    ]
    if subject.record_id:
        record = identity.url(f"/records/{subject.record_id}")
        passport = identity.url(f"/credentials/{subject.record_id}")
        targets.append(Target("jws", record, "The signed record", _JWS, ()))
        targets.append(Target("dpp", passport, "Digital product passport", _JWS, ()))
        targets += _lists(subject.log_index, identity)
        evidence = identity.url("/api/v1/evidence?" + urlencode({"link": str(link)}))
        targets.append(Target("masterData", evidence, "All evidence", _JSON, ()))
    return LevelLinks(link, name, tuple(targets))


_LIST_TITLES = {
    Purpose.REVOCATION: "What was recalled: a signed list to keep",
    Purpose.SUSPENSION: "What is held: a signed list to keep",
}


def _lists(log_index: int, identity: Identity) -> list[Target]:
    """Return the status lists that speak of a lot's record."""
    return [
        Target(
            "recallStatus",
            list_of(purpose, log_index).url(identity.origin),
            title,
            _JWS,
            (),
        )
        for purpose, title in _LIST_TITLES.items()
    ]


def _product(subject: Subject, identity: Identity) -> LevelLinks:
    link = subject.link.product_link()
    page = _page(link, identity)
    targets = (
        Target(DEFAULT, page, subject.name),
        Target("pip", page, subject.name),
        Target("certificationInfo", f"{page}#papers", "Certificates and rights"),
        _report(link, identity),
    )
    return LevelLinks(link, subject.name, targets)


def document_of(levels: Sequence[LevelLinks]) -> dict[str, Any]:
    """Return the linkset document (RFC 9264, 4.2)."""
    return {"linkset": [_context_object(level) for level in levels]}


def _context_object(level: LevelLinks) -> dict[str, Any]:
    item: dict[str, Any] = {
        "anchor": str(level.link),
        "itemDescription": level.description,
    }
    for target in level.targets:
        members = item.setdefault(VOCABULARY + target.type, [])
        if target.type == DEFAULT:
            members.append({"href": target.href, "title": target.title})
            item[VOCABULARY + DEFAULT_MULTI] = _translated(target)
        else:
            members.append(_member(target))
    return item


def _member(target: Target) -> dict[str, Any]:
    member: dict[str, Any] = {
        "href": target.href,
        "title": target.title,
        "type": target.media_type,
    }
    if target.languages:
        member["hreflang"] = list(target.languages)
    return member


def _translated(target: Target) -> list[dict[str, Any]]:
    return [
        {
            "href": f"{target.href}?lang={language}",
            "title": target.title,
            "type": target.media_type,
            "hreflang": [language],
        }
        for language in target.languages
    ]


def wished(link_type: str) -> str:
    """Return the last part of a link type given as CURIE, URI or bare word."""
    for namespace in _NAMESPACES:
        if link_type.startswith(namespace):
            return link_type.removeprefix(namespace)
    return LINKSET if link_type in {"all", LINKSET} else ""


def target_of(levels: Sequence[LevelLinks], type_: str) -> Target | None:
    """Return the link of a type; the most granular level wins, the rest is inherited.

    ``defaultLinkMulti`` is the default link: the page itself speaks the language.
    """
    type_ = DEFAULT if type_ == DEFAULT_MULTI else type_
    found = (one for level in levels for one in level.targets if one.type == type_)
    return next(found, None)


def description_file(identity: Identity, name: str) -> dict[str, Any]:
    """Return the resolver description file (GS1 resolver schema 1.2.0)."""
    return {
        "name": name,
        "resolverRoot": identity.origin,
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "supportedPrimaryKeys": ["01"],
        "linkTypeDefaultCanBeLinkset": False,
        "contact": {"fn": name},
    }
