"""What people type for a code."""

import pytest

from traceability.core.errors import BadRequestError
from traceability.core.identity import Identity
from traceability.lookup.typed import link_typed

HOME = Identity("https://tx.example")
PATH = "/01/09520123456788/10/L-1/21/S1"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"https://tx.example{PATH}", PATH),
        (f"HTTPS://TX.EXAMPLE{PATH}", PATH),
        (f" https://tx.example{PATH}?s=123 ", f"{PATH}?s=123"),
        (f"https://tx.example/p{PATH}?lang=en", f"{PATH}?lang=en"),
        ("https://tx.example/01/9520123456788/10/A%2FB", "/01/09520123456788/10/A%2FB"),
        (PATH, PATH),
        (f"/p{PATH}", PATH),
        (PATH[1:], PATH),
        ("X/CHE-01/10/L1", "/X/CHE-01/10/L1"),
        ("(01)09520123456788(10)L-1(21)S1", PATH),
        ("(01) 09520123456788 (10) L-1 (21) S1", PATH),
        ("9520123456788", "/01/09520123456788"),
        ("9 520123 456788", "/01/09520123456788"),
    ],
)
def test_every_form_leads_to_the_link(text: str, path: str) -> None:
    assert link_typed(text, HOME) == path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "code-unreadable"),
        ("chè", "code-unreadable"),
        ("javascript:alert(1)", "code-unreadable"),
        (f"https://evil.example{PATH}", "code-unreadable"),
        (f"https://tx.example@evil.example{PATH}", "link-invalid"),
        ("//evil.example/01/09520123456788", "code-unreadable"),
        ("9520123456789", "check-digit"),
        ("123", "key-invalid"),
        ("(01)09520123456788(99)X", "link-invalid"),
        ("/01/09520123456788\r\nX: 1", "key-invalid"),
    ],
)
def test_what_is_no_code_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        link_typed(text, HOME)
    assert caught.value.code == code
