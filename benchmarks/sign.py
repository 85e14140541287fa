"""A record signed as ``vc+jwt`` against a bare Ed25519 signature of the same bytes.

Run: python -m benchmarks.sign [records].
"""

import sys
from datetime import UTC, datetime

from benchmarks.measuring import compare, show, timed
from traceability.signing.envelope import sign_credential
from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    encode_base64url,
    generate_private,
    jwk_of,
)

RECORDS, TARGET = 2_000, 0.6
DID = "did:web:tx.example"


def payloads(count: int) -> list[bytes]:
    return [
        (
            '{"@context":["https://www.w3.org/ns/credentials/v2"],'
            f'"id":"https://tx.example/records/{number:026}",'
            '"type":["VerifiableCredential","BatchRecord"],'
            f'"issuer":"{DID}","validFrom":"2026-11-22T03:00:00Z",'
            '"vouchedBy":{"id":"https://tx.example/organisations/p","basis":"declared",'
            '"name":"Hợp tác xã mẫu"},"version":1,"credentialSubject":{"id":'
            f'"https://tx.example/01/09520001001017/10/L{number}","lotNumber":"L{number}",'
            '"productionDate":"2026-11-20","quantity":{"value":"100","unitCode":"KGM"},'
            '"product":{"id":"https://tx.example/01/09520001001017","gtin":'
            '"09520001001017","nameVi":"Gạo mẫu"},"inputs":[]}}'
        ).encode()
        for number in range(count)
    ]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    private = generate_private()
    public = PublicKey(
        kid=f"{DID}#bench",
        alg=EDDSA,
        role=KeyRole.RECORD,
        party=DID,
        jwk=jwk_of(private),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
    )
    signer, records = LocalSigner(public, private), payloads(count)
    head = encode_base64url(b'{"alg":"EdDSA","kid":"k","typ":"vc+jwt"}')
    bare = [f"{head}.{encode_base64url(one)}".encode() for one in records]
    compared = compare(
        lambda: timed(lambda: [sign_credential(one, signer=signer) for one in records]),
        lambda: timed(lambda: [signer.private.sign(one) for one in bare]),
    )
    show("payload to vc+jwt / bare Ed25519 signature", compared, count, TARGET)


if __name__ == "__main__":
    main()
