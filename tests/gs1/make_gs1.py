"""Strategies that make valid GS1 values."""

from hypothesis import strategies as st

from traceability.gs1.charset import CSET82
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin, InternalCode, check_digit

ORIGIN = "https://tx.example"
GTIN = "09520123456788"

digits = st.text("0123456789", min_size=13, max_size=13)
gtins = digits.map(lambda body: Gtin(body + check_digit(body)))
codes = st.text("0123456789ABCXYZ-", min_size=1, max_size=20).map(InternalCode)
numbers = st.text(sorted(CSET82), min_size=1, max_size=20).filter(
    lambda text: text not in {".", ".."}
)
plain_numbers = st.text("0123456789ABCXYZ-", min_size=1, max_size=20)


@st.composite
def links(draw: st.DrawFn, values: st.SearchStrategy[str] = numbers) -> DigitalLink:
    key = draw(st.one_of(gtins, codes))
    variant = draw(st.none() | values) if isinstance(key, Gtin) else None
    return DigitalLink(
        origin=ORIGIN,
        key=key,
        variant=variant,
        lot=draw(st.none() | values),
        serial=draw(st.none() | values),
    )
