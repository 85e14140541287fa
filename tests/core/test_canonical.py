"""RFC 8785: the published example, and what we refuse."""

import pytest

from traceability.core.canonical import canonical_json


def test_members_are_sorted_by_utf16_as_rfc_8785_section_3_2_3_says() -> None:
    value = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "😀": "Emoji: Grinning Face",
        "\u0080": "Control",
        "ö": "Latin Small Letter O With Diaeresis",
    }
    text = canonical_json(value).decode()
    names = ["\\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]
    places = [text.index(f'"{name}":') for name in names]
    assert places == sorted(places)


def test_literals_and_strings_match_rfc_8785_section_3_2_2() -> None:
    value = {
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(value).decode() == expected


@pytest.mark.parametrize("value", [1.5, {"a": [1.0]}, {"a": {"b": float("nan")}}])
def test_binary_floats_are_refused_wherever_they_hide(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)
