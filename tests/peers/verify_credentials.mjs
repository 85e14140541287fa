// Verify compact JWS with npm jose: {"jwks", "tokens"} on stdin, one verdict each on stdout.
import { compactVerify, createLocalJWKSet } from "jose";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { jwks, tokens } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const keys = createLocalJWKSet(jwks);
const verdicts = [];
for (const token of tokens) {
  try {
    const { payload, protectedHeader } = await compactVerify(token, keys);
    const told = JSON.parse(new TextDecoder().decode(payload));
    verdicts.push({ ok: true, typ: protectedHeader.typ, alg: protectedHeader.alg, id: told.id });
  } catch (error) {
    verdicts.push({ ok: false, code: error.code });
  }
}
process.stdout.write(JSON.stringify(verdicts));
