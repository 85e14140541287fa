"""Everything that proves a visit, in one zip that anybody can check. Pure."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from traceability.core.canonical import Json
from traceability.inspection.photos import VisitPhoto, file_name
from traceability.records.credential import Disclosure, instant_text

VERSION = 1
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same evidence gives the same bytes
_PERMISSIONS = 0o644 << 16
README = """# Hồ sơ kiểm tra · Evidence of a visit

Trong tệp này: bản ghi đã ký của lần kiểm tra (mọi phiên bản), chứng minh rằng bản ghi
nằm trong nhật ký minh bạch, giá trị mở các cam kết, ảnh, biên bản, và bằng chứng của lô
hàng. Không cần tin hệ thống đã xuất tệp.

- `records/<id>.jws`: the signed record, a W3C credential as `vc+jwt`. The newest
  version stands for the visit.
- `proofs/<id>.txt`: C2SP tlog-proof of the record's leaf, to check with `log.vkey`.
- `disclosures.json`: salt and value of what a record only commits to. A value was
  signed if base64url(SHA-256(salt, then the RFC 8785 JSON of the value)) stands under
  its name in `credentialSubject.commitments`.
- `photos/`: SHA-256 of each file stands in `credentialSubject.fileSha256`.
- `minutes.docx`, `minutes.pdf`: the minutes, filled in from the record. They are not
  signed by the system.
- `evidence.json`: what the service tells of the lot or label that was seen.
- `bundle.zip`, where the lot is registered: its evidence bundle, with a README.
  `traceability verify bundle.zip`, or verifier.html in a browser, checks it.
- `trust-list.jws`: the keys, and who they belong to.
- `manifest.json`: SHA-256 of every file here.

```
sha256sum photos/*
cut -d. -f2 records/*.jws | head -1 | tr '_-' '/+' | base64 -d 2>/dev/null
```
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenRecord:
    """One signed version with its proof and what still opens its commitments."""

    id: str
    token: str
    proof: str
    disclosures: Sequence[Disclosure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What goes into the zip."""

    subject: str
    made_at: datetime
    records: Sequence[ProvenRecord]
    photos: Sequence[VisitPhoto]
    minutes: Mapping[str, bytes]  # by file name
    document: Mapping[str, Json]  # the evidence document of what was seen
    bundle: bytes | None  # of the lot or label, where one is registered
    trust_list: str
    vkey: str

    def files(self) -> dict[str, bytes]:
        """Return every file but the manifest, by its name."""
        opened = {
            one.id: [_disclosed(each) for each in one.disclosures]
            for one in self.records
        }
        return {
            "README.md": README.encode(),
            **{f"records/{one.id}.jws": one.token.encode() for one in self.records},
            **{f"proofs/{one.id}.txt": one.proof.encode() for one in self.records},
            "disclosures.json": _json(opened),
            **{
                f"photos/{file_name(one.digest, one.media_type)}": one.content
                for one in self.photos
            },
            **self.minutes,
            "evidence.json": _json(self.document),
            **({} if self.bundle is None else {"bundle.zip": self.bundle}),
            "trust-list.jws": self.trust_list.encode(),
            "log.vkey": self.vkey.encode(),
        }

    def archive(self) -> bytes:
        """Return the zip."""
        files = self.files()
        files["manifest.json"] = _json(
            {
                "v": VERSION,
                "subject": self.subject,
                "made_at": instant_text(self.made_at),
                "files": {
                    name: sha256(data).hexdigest() for name, data in files.items()
                },
            }
        )
        buffer = BytesIO()
        with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
            for name, data in files.items():
                entry = ZipInfo(name, _EPOCH)
                entry.compress_type = ZIP_DEFLATED
                entry.external_attr = _PERMISSIONS
                archive.writestr(entry, data)
        return buffer.getvalue()


def _disclosed(one: Disclosure) -> dict[str, Json]:
    salt = base64.urlsafe_b64encode(one.salt).rstrip(b"=").decode()
    return {"name": one.name, "salt": salt, "value": one.value}


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
