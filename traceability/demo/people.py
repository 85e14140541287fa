"""Sample accounts, one for each role; pass words are made here, never fixed."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from traceability.core.ids import new_id
from traceability.core.permissions import Role

FILE = Path("secrets") / "sample-accounts.json"


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to sign in as; ``organisation`` is a key of the sample data."""

    role: Role
    login: str
    organisation: str
    name: str


PEOPLE = [
    SamplePerson(Role.PRODUCER, "producer@sample.example", "P01", "Chủ thể mẫu"),
    SamplePerson(Role.INSPECTOR, "inspector@sample.example", "AU1", "Thanh tra mẫu"),
    SamplePerson(Role.OFFICER, "officer@sample.example", "OCOP", "Cán bộ mẫu"),
    SamplePerson(Role.ADMINISTRATOR, "admin@sample.example", "OCOP", "Quản trị mẫu"),
]


def make_passwords(home: Path) -> dict[str, str]:
    """Return login and new pass word of each sample person; kept in a 0600 file."""
    made = {person.login: new_id()[:16] for person in PEOPLE}
    path = home / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(made, out, indent=1)
    draft.rename(path)
    return made


def read_passwords(home: Path) -> dict[str, str]:
    """Return what ``make_passwords`` kept; nothing where the file is gone."""
    path = home / FILE
    if not path.exists():
        return {}
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept
