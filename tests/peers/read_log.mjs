// Reads our log with @sigstore/verify: its checkpoint and its Merkle inclusion.
//
// Standard input is JSON; the exit code is 0 only where both verify.
import { Buffer } from 'node:buffer';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const inside = (name) =>
  require(fileURLToPath(new URL(`node_modules/@sigstore/verify/dist/tlog/${name}.js`, import.meta.url)));
const { verifyCheckpoint } = inside('checkpoint');
const { verifyMerkleInclusion } = inside('merkle');

const asked = JSON.parse(readFileSync(0, 'utf8'));
const [name, keyId, typed] = asked.vkey.split(/\+(.*?)\+(.*)/s);
const publicKey = createPublicKey({
  format: 'jwk',
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(typed, 'base64').subarray(1).toString('base64url'),
  },
});
const log = {
  baseURL: `https://${name}`,
  logID: Buffer.concat([Buffer.from(keyId, 'hex'), Buffer.alloc(28)]),
  publicKey,
};
const entry = {
  canonicalizedBody: Buffer.from(asked.leaf, 'base64'),
  inclusionProof: {
    logIndex: String(asked.index),
    hashes: asked.hashes.map((one) => Buffer.from(one, 'base64')),
    checkpoint: { envelope: asked.checkpoint },
  },
};
try {
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
  console.log(`verified ${checkpoint.logSize}`);
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exit(1);
}
