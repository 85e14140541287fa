"""What is derived from the sample data: valid for others, and true."""

import base64
import json
from collections import Counter
from typing import Any

import pytest
from dppvalidator.validators import ValidationEngine
from sqlalchemy import select

from tests.credentials.make_credentials import HOME, Made, expanded, faults_of
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch, BatchInput
from traceability.catalog.models import Site
from traceability.core.quantity import UNITS
from traceability.credentials.source import Variant
from traceability.credentials.words import context_document
from traceability.events.kinds import kinds
from traceability.records.models import StoredDisclosure
from traceability.signing.envelope import read_unverified
from traceability.web.context import Services

UNTP_WORDS = "https://vocabulary.uncefact.org/untp/"


def of_kind(made: list[Made], kind: str) -> list[Made]:
    own = {Variant.UNTP, Variant.FACILITY}
    return [one for one in made if one.kind == kind and one.variant in own]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_every_record_that_should_becomes_a_credential(
    sampled: Services, made: list[Made]
) -> None:
    counts = Counter(one.kind for one in made if one.variant is Variant.UNTP)
    with sampled.database.reading() as session:
        batches = len(session.scalars(select(Batch.id)).all())
    assert counts["DigitalProductPassport"] == batches == 50
    assert counts["DigitalConformityCredential"] == 55
    assert counts["DigitalTraceabilityEvent"] == 132
    assert len(of_kind(made, "DigitalFacilityRecord")) == 131


def test_every_credential_keeps_to_the_published_schema(made: list[Made]) -> None:
    checked = [
        (one.record.public_id, fault)
        for one in made
        if not one.variant.in_w3c_form
        for fault in faults_of(one.payload)
    ]
    assert not checked


def test_a_credential_that_lacks_something_is_found_out(made: list[Made]) -> None:
    for one in made[:40]:
        assert faults_of({**one.payload, "issuer": {"name": "nobody"}})
        assert faults_of({**one.payload, "credentialSubject": "nothing"})


def test_the_passports_stand_before_a_validator_of_others(made: list[Made]) -> None:
    engine = ValidationEngine()
    for one in of_kind(made, "DigitalProductPassport"):
        found = engine.validate(dict(one.payload))
        assert not found.errors, found.errors


def test_the_way_back_leads_to_the_logged_bytes(made: list[Made]) -> None:
    for one in made:
        related = one.payload["relatedResource"]
        assert related["id"] == f"{HOME}/records/{one.record.public_id}"
        assert related["logIndex"] == one.record.log_index
        assert related["logOrigin"] == "127.0.0.1:8000/log"
        assert related["inclusionProof"] == f"{related['id']}/proof"
        code, digest = related["digestMultibase"][0], related["digestMultibase"][1:]
        multihash = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
        assert (code, multihash[:2]) == ("u", b"\x12\x20")
        assert multihash[2:].hex() == one.record.digest
        links = [
            link for link in _links(one.subject) if link["linkURL"] == related["id"]
        ]
        assert [link["digestMultibase"] for link in links] == [
            related["digestMultibase"]
        ]


def _links(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if "linkURL" in value else []
        return own + [link for one in value.values() for link in _links(one)]
    if isinstance(value, list):
        return [link for one in value for link in _links(one)]
    return []


def test_every_word_means_something_and_none_gets_lost(
    sampled: Services, made: list[Made]
) -> None:
    seen = set()
    for one in _one_of_each(made):
        document, dropped = expanded(one.payload, sampled.identity)
        assert not dropped
        [credential] = document
        assert f"{UNTP_WORDS}{one.kind}" in credential["@type"]
        seen |= _properties(document)
    # UNTP's contexts give each undefined word of a class an address with a "#":
    # one that is there was meant to be a word of theirs, and is not.
    invented = {word for word in seen if word.startswith(UNTP_WORDS) and "#" in word}
    assert not invented
    own = f"{HOME}/contexts/v1#"
    used = {word.removeprefix(own) for word in seen if word.startswith(own)}
    served = set(context_document(sampled.identity)["@context"]) - {"@version"}
    assert used == served - {"bestBefore"}  # no sample lot has such a date


def _one_of_each(made: list[Made]) -> list[Made]:
    """All passports and a credential of each kind, shape and form."""
    chosen: dict[Any, Made] = {}
    for one in made:
        subject = one.subject
        own = one.record.public_id if one.kind == "DigitalProductPassport" else ""
        key = (one.variant, tuple(subject["type"]), tuple(subject), own)
        chosen.setdefault(key, one)
    return list(chosen.values())


def _properties(value: Any) -> set[str]:
    if isinstance(value, list):
        return {word for one in value for word in _properties(one)}
    if not isinstance(value, dict):
        return set()
    own = {word for word in value if not word.startswith("@")}
    return own | {word for one in value.values() for word in _properties(one)}


def test_a_word_that_nobody_defines_would_be_noticed(
    sampled: Services, made: list[Made]
) -> None:
    subject = {**made[0].subject, "weather": "fair"}
    document, _dropped = expanded(
        {**made[0].payload, "credentialSubject": subject}, sampled.identity
    )
    assert any("#weather" in word for word in _properties(document))


def test_no_private_value_and_no_private_name_gets_out(
    sampled: Services, made: list[Made]
) -> None:
    with sampled.database.reading() as session:
        people = session.scalars(
            select(Organisation).where(Organisation.name_public.is_(False))
        ).all()
        places = session.scalars(select(Site).where(Site.is_public.is_(False))).all()
        suppliers = session.scalars(
            select(BatchInput.supplier).where(BatchInput.supplier != "")
        ).all()
        kept = session.scalars(select(StoredDisclosure.value)).all()
    secrets: set[str | None] = set()
    secrets |= {one.name_vi for one in people} | {one.name_en for one in people}
    secrets |= {one.name for one in places} | {one.gln_digits for one in places}
    secrets |= {one.area_code for one in places} | set(suppliers)
    private = {text for value in kept for text in texts(value) if len(text) > 6}
    public = {text for one in made for text in texts(_signed(one))}
    secrets |= private - public
    known = {secret for secret in secrets if secret}
    assert len(known) > 60
    for one in made:
        text = json.dumps(one.payload, ensure_ascii=False)
        found = {secret for secret in known if secret in text}
        assert not found, (one.kind, found)


def _signed(one: Made) -> Any:
    return read_unverified(one.record.token).payload


def test_each_passport_says_what_its_record_says(made: list[Made]) -> None:
    for one in of_kind(made, "DigitalProductPassport"):
        claims, product = _signed(one)["credentialSubject"], one.subject
        assert product["id"] == one.record.subject == claims["id"]
        assert product["name"] == claims["product"]["nameVi"]
        assert product["batchNumber"] == claims["lotNumber"]
        assert product["productionDate"] == claims["productionDate"]
        assert product.get("expiryDate") == claims.get("expiry")
        assert product["characteristics"]["quantity"] == claims["quantity"]
        assert product["countryOfProduction"]["countryCode"] == "VN"
        key = claims["product"].get("gtin") or claims["product"]["internalCode"]
        assert product["modelNumber"] == key
        gs1 = product["idScheme"]["id"].startswith("https://id.gs1.org/")
        assert gs1 == ("gtin" in claims["product"])
        size = product.get("dimensions", {})
        for measure in size.values():
            assert str(measure["value"]) == claims["quantity"]["value"]
            assert measure["unit"] == claims["quantity"]["unitCode"] in UNITS
        [party] = product["relatedParty"]
        assert party["party"]["id"] == claims["producer"]["id"]
        named = claims["producer"].get("name")
        assert named is None or party["party"]["name"] == named


def test_a_household_s_lot_names_nobody(made: list[Made]) -> None:
    passports = of_kind(made, "DigitalProductPassport")
    unnamed = [
        one
        for one in passports
        if "name" not in _signed(one)["credentialSubject"]["producer"]
    ]
    assert unnamed
    for one in unnamed:
        [party] = one.subject["relatedParty"]
        assert "name not public" in party["party"]["name"]


def test_each_event_says_what_its_record_says(made: list[Made]) -> None:
    for one in of_kind(made, "DigitalTraceabilityEvent"):
        event, told = _signed(one)["credentialSubject"]["event"], one.subject
        assert told["id"] == event["eventID"]
        assert told["eventDate"] == event["eventTime"]
        assert told["activityType"]["code"] == event["bizStep"]
        lists = ("quantityList", "inputQuantityList", "outputQuantityList")
        signed = [
            lot for name in (*lists, "childQuantityList") for lot in event.get(name, [])
        ]
        names = ("inputProduct", "outputProduct", "movedProduct", "modifiedProduct")
        products = [lot for name in names for lot in told.get(name, [])]
        assert {lot["epcClass"] for lot in signed} <= {
            lot["product"]["id"] for lot in products
        }
        amounts = {
            lot["epcClass"]: (lot["quantity"], lot.get("uom", "H87"))
            for lot in signed
            if "quantity" in lot
        }
        for lot in products:
            if "quantity" in lot:
                value, unit = amounts[lot["product"]["id"]]
                assert float(value) == lot["quantity"]["value"]
                assert lot["quantity"]["unit"] == unit


def test_lots_go_by_the_names_of_their_products(made: list[Made]) -> None:
    passports = {
        one.subject["id"]: one for one in of_kind(made, "DigitalProductPassport")
    }
    named = 0
    for one in of_kind(made, "DigitalTraceabilityEvent"):
        for name in ("inputProduct", "outputProduct", "movedProduct"):
            for lot in one.subject.get(name, []):
                passport = passports.get(lot["product"]["id"])
                if passport is not None:
                    named += 1
                    assert lot["product"]["name"] == passport.subject["name"]
                    assert (
                        lot["product"]["batchNumber"] == passport.subject["batchNumber"]
                    )
    assert named > 100


def test_a_passport_s_facility_is_that_of_its_birth(made: list[Made]) -> None:
    facilities = {one.subject["id"] for one in of_kind(made, "DigitalFacilityRecord")}
    for one in of_kind(made, "DigitalProductPassport"):
        assert one.subject["producedAtFacility"]["id"] in facilities


def test_each_facility_names_its_commune(made: list[Made]) -> None:
    for one in of_kind(made, "DigitalFacilityRecord"):
        place = _signed(one)["credentialSubject"]["event"]["ocop:place"]
        address = one.subject["address"]
        joined = f"{address['addressLocality']}, {address['addressRegion']}"
        assert joined == place["communeName"]
        assert one.subject["locationInformation"]["communeCode"] == place["communeCode"]
        assert one.subject["name"] == place.get("name", place["communeName"])
        gln = one.subject.get("registeredId", "")
        assert one.subject["id"].endswith(gln)


def test_stars_are_certified_and_papers_only_declared(made: list[Made]) -> None:
    seen: Counter[str] = Counter()
    for one in of_kind(made, "DigitalConformityCredential"):
        claims, told = _signed(one)["credentialSubject"], one.subject
        [assessment] = told["conformityAssessment"]
        seen[told["attestationType"]] += 1
        assert assessment["conformance"] == ("withdrawnOn" not in claims)
        assert assessment["assessmentDate"] == claims["issued"]
        if "stars" in claims:
            assert told["attestationType"] == "certification"
            assert told["profileScore"]["code"] == str(claims["stars"])
            assert told["profileScore"]["rank"] == 6 - claims["stars"]
            [product] = assessment["assessedProduct"]
            assert product["product"]["id"] == claims["product"]
            assert product["product"]["name"] != claims["product"]
        else:
            assert told["attestationType"] == "declaration"
            assert told["assessmentLevel"] == "no-endorsement"
            assert claims["body"] in json.dumps(told, ensure_ascii=False)
        if "expires" in claims and "withdrawnOn" not in claims:
            assert one.payload["validUntil"] == f"{claims['expires']}T16:59:59Z"
    assert seen == {"certification": 17, "declaration": 38}


def test_each_profile_has_its_own_status_entries(made: list[Made]) -> None:
    for one in made:
        status = one.payload["credentialStatus"]
        index, base = one.record.log_index, f"{HOME}/status"
        if one.variant.in_w3c_form:
            assert [entry["statusListIndex"] for entry in status] == [str(index)] * 2
            assert [entry["statusListCredential"] for entry in status] == [
                *(f"{base}/revocation/0", f"{base}/suspension/0")
            ]
        else:
            assert status["statusListIndex"] == index
            assert status["statusListCredential"] == f"{base}/revocation/0"


def test_the_sample_data_holds_most_kinds_of_event(made: list[Made]) -> None:
    stages = {
        _signed(one)["credentialSubject"]["event"]["ocop:stage"]
        for one in of_kind(made, "DigitalTraceabilityEvent")
    }
    assert stages <= {one.id for one in kinds()}
    assert len(stages) == 18


@pytest.mark.parametrize(
    "kind", ["IpRightRecord", "LabelRunRecord", "BatchStatusRecord"]
)
def test_other_records_become_no_credential(made: list[Made], kind: str) -> None:
    assert not [one for one in made if one.record.type == kind]
