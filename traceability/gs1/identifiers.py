"""Which application identifiers exist, and the part each may play in a link."""

import re
from typing import Final

GTIN: Final = "01"
VARIANT: Final = "22"
LOT: Final = "10"
SERIAL: Final = "21"
INTERNAL: Final = "X"  # of this service, not of GS1

# In the order they must stand in (GS1 Digital Link URI Syntax, 4.5).
QUALIFIERS: Final = {GTIN: (VARIANT, LOT, SERIAL), INTERNAL: (LOT, SERIAL)}

_KNOWN = re.compile(
    r"0[0-2]|1[0-35-7]|2[0-2]|235|24[0-3]|25[0-13-5]|30|37|9[0-9]"
    r"|3(?:1[0-6]|2[0-9]|3[0-7]|4[0-9]|5[0-7]|6[0-9])[0-5]"
    r"|39[01245][0-9]|393[0-9]|40[0-3]|41[0-7]|42[0-7]"
    r"|43(?:0[0-9]|1[0-9]|2[0-6]|3[0-3])"
    r"|700[1-9]|701[01]|702[0-3]|703[0-9]|7040|71[0-7]|723[0-9]|724[0-2]"
    r"|800[1-9]|801[0-4]|801[7-9]|802[06]|8030|811[0-2]|8200"
)
DATES: Final = frozenset({"11", "12", "13", "15", "16", "17", "7006"})


def is_known(identifier: str) -> bool:
    """Say whether GS1 has such an application identifier (list of January 2025)."""
    return _KNOWN.fullmatch(identifier) is not None
