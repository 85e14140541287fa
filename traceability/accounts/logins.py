"""The name a person signs in with: an e-mail address or a phone number."""

import re
import unicodedata
from dataclasses import dataclass

from traceability.accounts.errors import LoginInvalidError

MAX_LENGTH = 100
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]{8,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in name in the one form it is stored in."""

    text: str

    @classmethod
    def parse(cls, typed: str) -> "Login":
        """Read what was typed; case, blanks and dots in phone numbers do not count.

        Raises ``LoginInvalidError``.
        """
        text = unicodedata.normalize("NFKC", typed).strip().lower()
        phone = re.sub(r"[\s.()-]", "", text)
        if _PHONE.fullmatch(phone):
            return cls(phone)
        if len(text) <= MAX_LENGTH and _EMAIL.fullmatch(text):
            return cls(text)
        raise LoginInvalidError(
            "Use an e-mail address or a phone number.", field="login"
        )
