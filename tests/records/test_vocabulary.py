"""The JSON-LD context: every word that real records use is defined."""

from sqlalchemy import select

from tests.journeys.make_service import Sample, database_of
from traceability.core.identity import Identity
from traceability.records.models import SignedRecord
from traceability.records.vocabulary import (
    CREDENTIAL_TERMS,
    DAYS,
    LINKS,
    LITERALS,
    PLAIN,
    TYPES,
    context_document,
    undefined_terms,
)
from traceability.signing.envelope import read_unverified


def test_each_word_has_one_meaning() -> None:
    words = [*TYPES, *LINKS, *DAYS, *LITERALS, *PLAIN]
    assert len(words) == len(set(words))
    assert not CREDENTIAL_TERMS & set(words)


def test_the_words_are_addresses_of_this_service() -> None:
    context = context_document(Identity("https://tx.example"))["@context"]
    base = "https://tx.example/contexts/v1#"
    assert context["ocop"] == base
    assert context["BatchRecord"] == f"{base}BatchRecord"
    assert context["productionDate"] == {
        "@id": f"{base}productionDate",
        "@type": "http://www.w3.org/2001/XMLSchema#date",
    }
    assert context["event"]["@type"] == "@json"


def test_an_undefined_word_is_found_wherever_it_hides() -> None:
    payload = {
        "type": ["VerifiableCredential", "Tale"],
        "credentialSubject": {"inputs": [{"weight": "7"}], "event": {"any": "word"}},
    }
    assert undefined_terms(payload) == {"Tale", "weight"}


def test_every_word_of_the_sample_records_is_defined(sample: Sample) -> None:
    with database_of(sample.home) as database, database.reading() as session:
        tokens = session.scalars(select(SignedRecord.token)).all()
    undefined = {
        word
        for token in tokens
        for word in undefined_terms(read_unverified(token).payload)
    }
    assert len(tokens) > 50
    assert not undefined
