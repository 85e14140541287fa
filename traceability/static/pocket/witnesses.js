// Whose cosignatures this phone asks for: a policy that its inspector chose.

import { MAX_POLICY, policyRead } from "./core.js";
import { recall, remember } from "./store.js";

/** Return the policy that is kept; "" where none is. */
export async function policyAtHand() {
  return (await recall("policy")) ?? "";
}

/** Return the names a kept policy gives its witnesses; null where none is kept. */
export async function witnessesAtHand() {
  const text = await policyAtHand();
  return text ? policyRead(new TextEncoder().encode(text)).names : null;
}

/** Keep a policy file in the place of the one before; returns why it was refused, else null. */
export async function keepPolicy(file) {
  const bytes = await file.slice(0, MAX_POLICY + 1).arrayBuffer();
  const { problem, text } = policyRead(new Uint8Array(bytes));
  if (problem === null) await remember("policy", text);
  return problem;
}

export function dropPolicy() {
  return remember("policy", "");
}
