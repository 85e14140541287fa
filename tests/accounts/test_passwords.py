"""What a password costs whoever guesses it."""

from argon2 import Type

from tests.thrift import REAL_HASHER


def test_a_guess_costs_time_and_memory() -> None:
    """At least RFC 9106's second choice: Argon2id, 64 MiB, three passes."""
    assert REAL_HASHER.type is Type.ID
    assert REAL_HASHER.memory_cost >= 64 * 1024
    assert REAL_HASHER.time_cost >= 3
    assert REAL_HASHER.salt_len >= 16


def test_at_its_real_cost_only_the_password_itself_matches() -> None:
    stored = REAL_HASHER.hash("mot-mat-khau-dai")
    assert REAL_HASHER.verify(stored, "mot-mat-khau-dai")
    assert "m=65536,t=3" in stored
