"""Query strings behind Digital Links."""

import pytest

from tests.gs1.make_gs1 import GTIN, ORIGIN
from traceability.core.errors import BadRequestError
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.query import Query

PATH = f"/01/{GTIN}/10/L%2F1"


def query(raw: str) -> Query:
    return DigitalLink.parse_target(ORIGIN, PATH, raw)[1]


def test_seal_link_type_and_language_are_found_and_the_rest_is_kept_raw() -> None:
    raw = "s=0123&linkType=gs1:pip&lang=en&x=%2f&y"
    found = query(raw)
    assert (found.seal, found.link_type, found.lang) == ("0123", "gs1:pip", "en")
    assert found.raw == raw


def test_an_absent_seal_is_no_empty_seal() -> None:
    assert query("").seal is None
    assert query("s=").seal == ""


@pytest.mark.parametrize(
    "raw",
    [
        "17=261122",
        "17=261100&3103=000195",
        "10=L%2F1",
        "10=L/1",
        f"01={GTIN}",
        "01=9520123456788",
        "17=261122&17=261122",
        "utm_source=a&utm_source=b",
        "&&a=1&",
        "a+b=c+d",
    ],
)
def test_a_sound_query_is_read(raw: str) -> None:
    assert query(raw).raw == raw


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("17=", "link-invalid"),
        ("17", "link-invalid"),
        ("17=260230", "ai-date-invalid"),
        ("17=261122&17=261123", "link-invalid"),
        ("10=OTHER", "link-invalid"),
        ("21=S1", "link-invalid"),
        ("01=09506000134352", "link-invalid"),
        ("05=X", "link-invalid"),
        ("99999=X", "link-invalid"),
        ("1%37=260230", "ai-date-invalid"),
        ("240=%00", "link-invalid"),
        ("240=%C3%B4", "link-invalid"),
        ("a=%zz", "link-invalid"),
        ("a=%ff", "link-invalid"),
        ("s=1&s=2", "link-invalid"),
        ("linkType=a&linkType=b", "link-invalid"),
    ],
)
def test_a_bad_query_is_refused(raw: str, code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        query(raw)
    assert (caught.value.code, caught.value.status) == (code, 400)
