import pytest
from hypothesis import given, strategies as st

from traceability.catalog.shop_links import (
    MAX_LINKS,
    ShopLink,
    ShopLinkError,
    ShopLinksManyError,
    checked_links,
)


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("https://shop.example/che?id=1#top", None, "shop.example"),
        (" https://www.shop.example/ ", "https://www.shop.example/", "shop.example"),
        ("HTTPS://Shop.Example/A%20b", "https://shop.example/A%20b", "shop.example"),
        ("https://shop.example:443/x", "https://shop.example/x", "shop.example"),
        ("https://xn--ch-8na.example", None, "xn--ch-8na.example"),
    ],
)
def test_a_shop_is_an_https_address(text: str, url: str | None, host: str) -> None:
    link = ShopLink.parse(text)
    assert (link.url, link.host) == (url or text, host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop.example",
        "http://shop.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//shop.example/",
        "https:///x",
        "https://shop/",
        "https://localhost/",
        "https://a.localhost/",
        "https://printer.local/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0x1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://user:secret@shop.example/",
        "https://good.example@evil.example/",
        "https://@shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:99999/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/a b",
        'https://shop.example/"onclick="alert(1)',
        "https://shop.example/<script>",
        "https://chè.example/",
        "https://shоp.example/",  # Cyrillic о
        "https://-shop.example/",
        "https://shop..example/",
        "https://shop.example./",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ShopLinkError) as caught:
        ShopLink.parse(text)
    assert caught.value.status == 422


@given(st.text(max_size=80))
def test_no_text_becomes_anything_but_a_plain_https_address(text: str) -> None:
    try:
        link = ShopLink.parse("https://" + text)
    except ShopLinkError:
        return
    assert link.url.startswith("https://")
    assert ShopLink.parse(link.url) == link
    assert not set(link.url) & set("\"'<> \\\n\r") - {"'"}


def test_links_keep_their_order_and_stand_once() -> None:
    texts = ["https://b.example/", "https://a.example/", "https://B.example/"]
    found = checked_links(texts)
    assert [one.host for one in found] == ["b.example", "a.example"]


def test_a_refused_link_names_its_line_and_too_many_are_refused() -> None:
    with pytest.raises(ShopLinkError) as caught:
        checked_links(["https://a.example/", "http://b.example/"])
    assert caught.value.field == "shops-1-url"
    many = [f"https://s{number}.example/" for number in range(MAX_LINKS + 1)]
    with pytest.raises(ShopLinksManyError):
        checked_links(many)
