// Answer many questions in one process: node run.mjs questions.json answers.json [bare]
import { readFile, writeFile } from "node:fs/promises";

const [, , from, to, bare] = process.argv;
if (bare) Object.defineProperty(globalThis, "crypto", { value: undefined });
const { verify } = await import("../../traceability/static/verifier/verify.js");

const answers = [];
for (const question of JSON.parse(await readFile(from, "utf8"))) {
  try {
    const { verdict, exit_code, checks } = await verify(question);
    answers.push([verdict, exit_code, checks.map((one) => [one.number, one.name, one.result, one.code, one.detail])]);
  } catch (error) {
    answers.push([String(error.stack)]);
  }
}
await writeFile(to, JSON.stringify(answers));
