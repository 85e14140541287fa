"""The README inside a bundle: how to check it with tools that nobody here wrote."""

_TEXT = """\
# Gói chứng cứ

Lô hàng: {link}
Dịch vụ: {origin}

Gói này chứa mọi dữ liệu đã ký về lô hàng, để ai cũng tự kiểm tra được mà không cần tin
dịch vụ. Chữ ký đúng chỉ chứng tỏ *dữ liệu* là thật; tem giấy có thể bị sao chép.

| tệp | nội dung |
| --- | --- |
| `evidence.json` | mọi bản ghi, vị trí trong nhật ký, đầu nhật ký đã ký |
| `records/*.jws` | từng bản ghi, đúng như đã ký |
| `proofs/*.txt` | bằng chứng bản ghi nằm trong nhật ký (C2SP tlog-proof) |
| `later-leaves.json` | các mục của nhật ký sau bản ghi đầu tiên của lô |
| `events.jsonld` | các sự kiện công khai của lô (EPCIS 2.0) |
| `trust-list.jws`, `jwks.json`, `log.vkey` | các khóa công khai |
| `status/*.jws` | danh sách trạng thái, nếu có |
| `disclosures.json` | giá trị riêng tư được chủ động tiết lộ; gói công khai không có |
| `findings.json` | kết luận của chính dịch vụ, chỉ để tham khảo |
| `manifest.json` | SHA-256 của từng tệp |

Danh sách khóa trong gói tự nó không chứng minh được gì: hãy so dấu vân tay của khóa gốc
(in ra ở bước 1) với dấu vân tay bạn có từ nguồn khác. Chạy các lệnh dưới đây trong thư
mục đã giải nén. `openssl` từ bản 3.

# Evidence bundle

Everything signed about one lot, so that anybody can check it without believing the
service. A right signature proves that the *record* is genuine; paper can be copied. The
key list in the bundle proves nothing by itself: compare the root key's fingerprint,
printed by step 1, with one you got another way. Run the commands in the unpacked folder.
`openssl` 3 or newer.

## 1. Python: tệp, khóa, nhật ký · files, keys, log

```python
import base64, hashlib, json

def unpad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

def read(name):
    return open(name, encoding="utf-8").read()

def part(token, number):
    return json.loads(unpad(token.split(".")[number]))

ED25519 = "302a300506032b6570032100"  # RFC 8410: a prefix, then the key
P256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"  # RFC 5480

def keep(name, signed, signature, key, prefix=ED25519):  # for openssl
    der = base64.b64encode(bytes.fromhex(prefix) + key).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\\n{der}\\n-----END PUBLIC KEY-----\\n"
    open(f"{name}.signed", "w").write(signed)
    open(f"{name}.sig", "wb").write(signature)
    open(f"{name}.pem", "w").write(pem)

def integer(half):  # ES256: a JWS has two bare numbers, openssl wants them as DER
    half = half.lstrip(b"\\0")
    half = b"\\0" * (half[0] >> 7) + half
    return bytes([2, len(half)]) + half

def keep_token(name, token, key):
    signed, _, text = token.rpartition(".")
    signature, jwk = unpad(text), key["jwk"]
    if jwk["crv"] == "Ed25519":
        return keep(name, signed, signature, unpad(jwk["x"]))
    halves = integer(signature[:32]) + integer(signature[32:])
    der = bytes([0x30, len(halves)]) + halves
    keep(name, signed, der, unpad(jwk["x"]) + unpad(jwk["y"]), P256)

for name, digest in json.loads(read("manifest.json"))["files"].items():
    assert hashlib.sha256(open(name, "rb").read()).hexdigest() == digest, name

trust = read("trust-list.jws")
keys = {key["kid"]: key for key in part(trust, 1)["keys"]}
root = part(trust, 0)["kid"]
keep_token("trust", trust, keys[root])
print("root key:", root)

evidence = json.loads(read("evidence.json"))
lot = [r for r in evidence["records"] if part(r["token"], 1)["type"][1] == "BatchRecord"]
record = lot[-1]
signer = keys[part(record["token"], 0)["kid"]]
assert signer["role"] == "record" and signer["status"] != "revoked"
keep_token("record", record["token"], signer)
print(json.dumps(part(record["token"], 1), indent=1, ensure_ascii=False))

leaf = base64.b64decode(record["leaf"])
digest = hashlib.sha256(record["token"].encode()).hexdigest()
assert json.loads(leaf)["sha256"] == digest, "the leaf is of another record"
text, _, signatures = evidence["checkpoint"].partition("\\n\\n")
origin, size, head = text.split("\\n")[:3]
index, last = record["log_index"], int(size) - 1
computed = hashlib.sha256(b"\\x00" + leaf).digest()
for step in map(base64.b64decode, record["proof"]):
    if index % 2 or index == last:
        computed = hashlib.sha256(b"\\x01" + step + computed).digest()
        while index and not index % 2:
            index, last = index // 2, last // 2
    else:
        computed = hashlib.sha256(b"\\x01" + computed + step).digest()
    index, last = index // 2, last // 2
assert last == 0 and base64.b64encode(computed).decode() == head, "not under this head"
signature = base64.b64decode(signatures.split()[2])  # after "— name"
raw = base64.b64decode(read("log.vkey").strip().split("+", 2)[2])[1:]
listed = [unpad(k["jwk"]["x"]) for k in keys.values() if k["role"] == "log"]
assert raw in listed, "the trust list does not name this log key"
keep("head", text + "\\n", signature[4:], raw)
print("entry", record["log_index"], "of", size, "in", origin)
```

## 2. openssl: danh sách khóa, bản ghi, đầu nhật ký · key list, record, head of the log

```sh
openssl pkeyutl -verify -pubin -inkey trust.pem -rawin -in trust.signed -sigfile trust.sig
openssl pkeyutl -verify -pubin -inkey record.pem -rawin -in record.signed -sigfile record.sig
openssl pkeyutl -verify -pubin -inkey head.pem -rawin -in head.signed -sigfile head.sig
```

## 3. PyJWT: mọi bản ghi · every record

`pip install "pyjwt[crypto]"`

```python
import glob, jwt

keys = jwt.PyJWKSet.from_json(open("jwks.json").read()).keys
for name in sorted(glob.glob("records/*.jws")):
    token = open(name).read()
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(one for one in keys if one.key_id == kid)
    record = jwt.decode(token, key, algorithms=["EdDSA", "ES256"])
    print(record["type"][1], "version", record["version"], "on", record["validFrom"])
```

## 4. Node, npm `jose`: mọi bản ghi · every record

`npm install jose`; lưu thành `check.mjs` · save as `check.mjs`; `node check.mjs`

```js
import { readFileSync, readdirSync } from "node:fs";
import { compactVerify, createLocalJWKSet } from "jose";

const keys = createLocalJWKSet(JSON.parse(readFileSync("jwks.json", "utf8")));
for (const name of readdirSync("records")) {
  const token = readFileSync(`records/${name}`, "utf8");
  const { payload } = await compactVerify(token, keys);
  console.log("verified by jose:", JSON.parse(new TextDecoder().decode(payload)).id);
}
```

## 5. Lệnh của chúng tôi · our command

Kiểm tra mọi điều được đánh số (xem tài liệu của dịch vụ). `BUNDLE` là tệp zip, `TRUST` là
`trust-list.jws` bạn có từ nguồn khác. All numbered checks: `BUNDLE` is the zip, `TRUST` a
`trust-list.jws` you got another way.

```sh
: "${BUNDLE:?the zip}" "${TRUST:?a trust-list.jws you trust}"
traceability verify "$BUNDLE" --offline --trust "$TRUST"
```

Hoặc mở trang `verifier.html` (tải từ dịch vụ, dùng được khi không có mạng) và chọn tệp zip.
Or open `verifier.html`, downloaded from a service you trust, and choose the zip.
"""


def readme_of(link: str, origin: str) -> str:
    """Return the text for one lot; Vietnamese first."""
    return _TEXT.replace("{link}", link, 1).replace("{origin}", origin, 1)
