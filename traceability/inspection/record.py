"""What is signed of a visit: little in clear, the rest as commitments. Pure.

In clear stand when it was seen and entered, whether a phone had no network then, the
photos' digests, and whether the authority made the visit public. What was found, where,
and about which lot is committed to until it is public; people's names always are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.events.event import EpcisEvent, LotQuantity
from traceability.events.vocabulary import Action, BizStep, Disposition, EventType
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection.visit import Place, Result, Seen, VisitDraft
from traceability.records.credential import RecordDraft, Voucher, instant_text
from traceability.signing.entries import parse_instant

RECORD_TYPE = "InspectionRecord"
STAGE = "inspect"
BASIS = "entered-by-officer"
_TEXTS = ("notes", "measures", "sampling", "met", "opinion")
_DISPOSITIONS = {
    Result.CONFORMANT: (Disposition.CONFORMANT, "pass"),
    Result.NON_CONFORMANT: (Disposition.NON_CONFORMANT, "fail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What a record needs beside the visit's own words."""

    subject: str
    voucher: Voucher
    inspector: str
    entered_at: datetime
    photos: Sequence[str]  # digests
    event: EpcisEvent | None
    published: bool


def record_draft(
    draft: VisitDraft, signing: Signing, identity: Identity
) -> RecordDraft:
    """Return what is signed for a visit."""
    told = _told(draft, signing, identity)
    claims: dict[str, Json] = {
        "seenAt": instant_text(draft.seen_at),
        "enteredAt": instant_text(signing.entered_at),
        "offline": draft.offline,
        "published": signing.published,
        "fileSha256": list(signing.photos),
    }
    private = {
        "place": _place(draft.place),
        "inspector": signing.inspector,
        "seen": draft.seen.json(),
        **{name: getattr(draft, name) for name in _TEXTS},
    }
    if signing.published:
        claims |= told
    else:
        private |= told
    return RecordDraft(
        type=RECORD_TYPE,
        subject=signing.subject,
        claims=claims,
        vouched_by=signing.voucher,
        private={name: value for name, value in private.items() if value},
    )


def _told(draft: VisitDraft, signing: Signing, identity: Identity) -> dict[str, Json]:
    """Return what becomes public with the visit: of a label only its lot."""
    told: dict[str, Json] = {"result": draft.result.value}
    lot = lot_of(draft.link)
    if lot is not None:
        told["lot"] = lot
    if not signing.published:
        told["link"] = draft.link
    if signing.event is not None:
        told["event"] = signing.event.json(identity)
    return told


def lot_of(link: str) -> str | None:
    """Return the canonical link of the lot a text names, if it names one."""
    try:
        parsed = DigitalLink.parse(link)
    except DomainError:
        return None
    if parsed.lot is None:
        return None
    return str(replace(parsed, serial=None, variant=None))


def event_of(draft: VisitDraft, *, id_: UUID, authority: Voucher) -> EpcisEvent | None:
    """Return the EPCIS event of a visit: inspecting, and the lot's disposition.

    Where no lot can be named there is none. Of the place only the commune is told.
    """
    lot = lot_of(draft.link)
    if lot is None:
        return None
    disposition, result = _DISPOSITIONS[draft.result]
    return EpcisEvent(
        id=id_,
        type=EventType.OBJECT,
        time=draft.seen_at,
        action=Action.OBSERVE,
        biz_step=BizStep.INSPECTING,
        disposition=disposition,
        stage=STAGE,
        place=authority.id,
        objects=(LotQuantity(lot),),
        values={
            "authority": authority.name,
            "result": result,
            "place": _commune(draft.place),
        },
    )


def _place(place: Place) -> dict[str, Json]:
    words: dict[str, Json] = {"text": place.text} if place.text else {}
    return words | _commune(place)


def _commune(place: Place) -> dict[str, Json]:
    found = place.commune
    if found is None:
        return {}
    return {"communeCode": found.code, "communeName": found.full_name}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVisit:
    """A visit as its newest record and what is still stored of its values tell it."""

    draft: VisitDraft
    inspector: str
    entered_at: datetime
    photos: Sequence[str]
    published: bool
    erased: bool  # something that was committed to is stored no more

    def without_names(self) -> "SignedVisit":
        """Return it without people's names."""
        return replace(self, inspector="", draft=replace(self.draft, met=""))


def read_visit(
    claims: Mapping[str, Json], disclosed: Mapping[str, Json], *, link: str
) -> SignedVisit:
    """Return the visit a record is about. Raises ``ValueError`` for another record.

    ``disclosed`` are the values that open its commitments.
    """
    told = {**claims, **disclosed}
    place = told.get("place", {})
    try:
        draft = VisitDraft(
            link=link,
            seen_at=parse_instant(claims["seenAt"]),
            place=Place(
                text=place.get("text", ""), commune_code=place.get("communeCode")
            ),
            result=Result(told["result"]),
            seen=_seen(told.get("seen", {})),
            offline=bool(claims["offline"]),
            **{name: told.get(name, "") for name in _TEXTS},
        )
        return SignedVisit(
            draft=draft,
            inspector=told.get("inspector", ""),
            entered_at=parse_instant(claims["enteredAt"]),
            photos=tuple(claims["fileSha256"]),
            published=bool(claims["published"]),
            erased=bool(set(claims.get("commitments", {})) - set(disclosed)),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("this is no record of an inspection") from fault


def _seen(told: Mapping[str, Json]) -> Seen:
    return Seen(
        verdict=told.get("verdict", ""),
        checks=tuple(told.get("checks", ())),
        trust_list_version=told.get("trustListVersion"),
        trust_list_age_s=told.get("trustListAgeSeconds"),
        status_age_s=told.get("statusAgeSeconds"),
    )
