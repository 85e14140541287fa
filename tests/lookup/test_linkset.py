"""Linksets: what they list, level by level, in the shape of RFC 9264."""

from typing import Any

import pytest

from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.linkset import (
    VOCABULARY,
    LevelLinks,
    Subject,
    description_file,
    document_of,
    levels_of,
    target_of,
    wished,
)

HOME = Identity("https://tx.example")
LINK = DigitalLink.parse("https://tx.example/01/09520123456788/10/A%2FB/21/S1")
MEMBERS = {"href", "title", "type", "hreflang", "context", "fwqs", "public"}


def levels(**changes: Any) -> list[LevelLinks]:
    values = {"name": "Chè mẫu", "lot": LINK.lot_link(), "record_id": "r1"}
    return levels_of(Subject(link=LINK, **{**values, **changes}), HOME)


def test_there_is_one_level_from_the_label_to_the_product() -> None:
    found = document_of(levels())
    assert list(found) == ["linkset"]
    assert [item["anchor"] for item in found["linkset"]] == [
        str(LINK),
        str(LINK.lot_link()),
        str(LINK.product_link()),
    ]


def test_an_unknown_lot_leaves_the_product() -> None:
    assert [one.link for one in levels(lot=None)] == [LINK.product_link()]


def test_each_level_has_one_default_link_with_href_and_title_only() -> None:
    for item in document_of(levels())["linkset"]:
        (default,) = item[f"{VOCABULARY}defaultLink"]
        assert set(default) == {"href", "title"}
        languages = item[f"{VOCABULARY}defaultLinkMulti"]
        assert [one["hreflang"] for one in languages] == [["vi"], ["en"]]


def test_members_are_those_of_the_standard() -> None:
    for item in document_of(levels())["linkset"]:
        assert isinstance(item.pop("itemDescription"), str)
        assert item.pop("anchor").startswith("https://tx.example/")
        for uri, targets in item.items():
            assert uri.startswith(VOCABULARY)
            for target in targets:
                assert set(target) <= MEMBERS
                assert target["href"].startswith("https://tx.example/")


@pytest.mark.parametrize(
    "text", ["gs1:pip", "https://ref.gs1.org/voc/pip", "https://gs1.org/voc/pip"]
)
def test_a_link_type_is_a_curie_or_a_uri(text: str) -> None:
    assert wished(text) == "pip"


@pytest.mark.parametrize("text", ["linkset", "all"])
def test_both_words_ask_for_the_linkset(text: str) -> None:
    assert wished(text) == "linkset"


@pytest.mark.parametrize("text", ["", "pip", "http://gs1.org/voc/pip", "GS1:pip"])
def test_other_words_are_no_link_types(text: str) -> None:
    assert wished(text) == ""


def test_the_most_granular_level_wins_and_the_rest_is_inherited() -> None:
    found = levels()
    pip, papers = target_of(found, "pip"), target_of(found, "certificationInfo")
    assert pip is not None
    assert papers is not None
    assert pip.href.endswith("/21/S1")
    assert papers.href == "https://tx.example/p/01/09520123456788#papers"
    assert target_of(found, "epcis") is None


def test_the_record_is_listed_where_there_is_one() -> None:
    record = target_of(levels(), "jws")
    assert record is not None
    assert record.href == "https://tx.example/records/r1"
    assert target_of(levels(record_id=""), "jws") is None


def test_the_passport_is_made_from_that_record() -> None:
    passport = target_of(levels(), "dpp")
    assert passport is not None
    assert passport.href == "https://tx.example/credentials/r1"
    assert passport.media_type == "application/vc+jwt"
    assert target_of(levels(record_id=""), "dpp") is None


def test_the_recall_status_is_a_page_and_two_lists_to_keep() -> None:
    item = document_of(levels(log_index=131_072 + 5))["linkset"][1]
    shown, *lists = item[f"{VOCABULARY}recallStatus"]
    assert (shown["type"], shown["href"]) == (
        "text/html",
        "https://tx.example/p/01/09520123456788/10/A%2FB",
    )
    assert [(one["type"], one["href"]) for one in lists] == [
        ("application/vc+jwt", "https://tx.example/status/revocation/1"),
        ("application/vc+jwt", "https://tx.example/status/suspension/1"),
    ]
    redirected = target_of(levels(), "recallStatus")
    assert redirected is not None
    assert redirected.href == shown["href"]
    [only] = document_of(levels(record_id=""))["linkset"][1][
        f"{VOCABULARY}recallStatus"
    ]
    assert only == shown


def test_the_description_file_lists_only_what_is_served() -> None:
    found = description_file(HOME, "name")
    assert found["resolverRoot"] == "https://tx.example"
    assert found["supportedPrimaryKeys"] == ["01"]
    assert found["supportedLinkType"] == [{"namespace": VOCABULARY, "prefix": "gs1:"}]
