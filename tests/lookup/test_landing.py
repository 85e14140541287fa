"""The first page."""

from tests.lookup.make_lookup import Street


def test_a_stranger_finds_the_ways_in(still_street: Street) -> None:
    answer = still_street.ask("/")
    assert answer.status == 200
    assert 'action="/find"' in answer.html
    assert 'href="/verify"' in answer.html
    assert 'href="/sign-in"' in answer.html
    assert "<script" not in answer.html
