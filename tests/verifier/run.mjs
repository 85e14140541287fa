// Answer many questions in one process: node run.mjs questions.json answers.json [bare]
import { readFile, writeFile } from "node:fs/promises";

const [, , from, to, bare] = process.argv;
if (bare) Object.defineProperty(globalThis, "crypto", { value: undefined });
const { answerAll } = await import("./answer.mjs");
await writeFile(to, JSON.stringify(await answerAll(JSON.parse(await readFile(from, "utf8")))));
