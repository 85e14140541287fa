"""Bundles as services make them, and as liars change them."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.verification.make_house import House
from tests.verification.make_verification import NOW, World, honest_evidence
from traceability.gs1.digital_link import DigitalLink
from traceability.signing.documents import jwk_set
from traceability.verification.bundle.archive import pack
from traceability.verification.bundle.contents import Beside, Bundle, write_bundle
from traceability.verification.bundle.service import bundle_for
from traceability.verification.disclosed import Disclosed
from traceability.verification.evidence import Evidence
from traceability.verification.remote import Verifier
from traceability.verification.report import Report
from traceability.verification.room import sources_of
from traceability.verification.wire import document_of

Files = dict[str, str]


def house_bundle(
    house: House, link: str = "", disclosed: tuple[Disclosed, ...] = ()
) -> bytes:
    """The bundle of the house's lot, or of one of its labels."""
    asked = DigitalLink.parse(link or house.batch.digital_link)
    use = house.use
    with use.database.reading() as session:
        return bundle_for(session, asked, sources=sources_of(use), disclosed=disclosed)


def files_in(data: bytes) -> Files:
    """The texts of a bundle's files."""
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rebuilt(data: bytes, change: Callable[[Files], None]) -> bytes:
    """The bundle with other files, and a manifest that lists them: anybody can."""
    files = files_in(data)
    change(files)
    manifest = json.loads(files.pop("manifest.json"))
    manifest["files"] = {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()
    }
    files["manifest.json"] = json.dumps(manifest)
    return pack({name: text.encode() for name, text in files.items()})


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A zip of any names, whatever they are."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


def bundled(world: World, document: Any = None, **changes: Any) -> bytes:
    """The bundle an honest service would make of the world's lot."""
    evidence = replace(
        honest_evidence(world, **changes), label=None, scans=None, asked=None
    )
    link = str(world.link())
    told = document or {**document_of(evidence), "link": link}
    return write_bundle(
        bundle_of(evidence, world, told, link),
        Beside(jwks=jwk_set(world.trust_list()), vkey=world.log.vkey, findings={}),
    )


def bundle_of(evidence: Evidence, world: World, told: Any, link: str) -> Bundle:
    later = evidence.later_leaves
    return Bundle(
        link=link,
        origin=world.identity.origin,
        made_at=NOW,
        document=told,
        later_leaves=later if isinstance(later, list | tuple) else None,
        trust_list=world.signed_trust_list(),
        events={
            "epcisBody": {"eventList": [dict(one) for one in evidence.told_events]}
        },
        disclosed=evidence.disclosed,
    )


def check(
    data: bytes, trust_list: str = "", notes: Path | None = None, **how: Any
) -> Report:
    """The report of a verifier without a network."""
    verifier = Verifier(
        clock=how.pop("clock", _Now()),
        trust_list=trust_list,
        notes=notes,
        offline=True,
    )
    return verifier.check_bundle(data)


class _Now:
    """The clock of the small worlds."""

    def now(self) -> Any:
        return NOW

    def today(self) -> Any:
        return NOW.date()
