"""Points of the Ed25519 curve: is what was handed over a sound public key.

A library reads any 32 bytes as a key and finds out later, or never. A point of small
order verifies signatures nobody made (RFC 8032 5.1.3, RFC 8410 is silent on it).
"""

from traceability.signing.keys import ED25519_ORDER

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)  # of minus one
_Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T (RFC 8032 5.1.4)
_ZERO: _Point = (0, 1, 1, 0)


def is_sound(raw: bytes) -> bool:
    """Return whether 32 bytes are a point of the prime-order group, and not its zero.

    The encoding must be the canonical one.
    """
    point = _decompressed(raw)
    if point is None or _same(point, _ZERO):
        return False
    return _same(_times(ED25519_ORDER, point), _ZERO)


def _decompressed(raw: bytes) -> _Point | None:
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if (v * x * x + u) % _P == 0:
        x = x * _ROOT % _P
    if (v * x * x - u) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _times(factor: int, point: _Point) -> _Point:
    total = _ZERO
    for bit in f"{factor:b}":
        total = _sum(total, total)
        total = _sum(total, point) if bit == "1" else total
    return total


def _sum(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * _D * one[3] * other[3] % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _same(one: _Point, other: _Point) -> bool:
    return not (
        (one[0] * other[2] - other[0] * one[2]) % _P
        or (one[1] * other[2] - other[1] * one[2]) % _P
    )
