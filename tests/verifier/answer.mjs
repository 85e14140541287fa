// What the verifier says of each question, in the form the tests compare.
import { readBundle } from "../../traceability/static/verifier/bundle.js";
import { decodeBase64 } from "../../traceability/static/verifier/bytes.js";
import { Refusal } from "../../traceability/static/verifier/refusals.js";
import { verify } from "../../traceability/static/verifier/verify.js";

export async function answerAll(questions) {
  const answers = [];
  for (const question of questions) answers.push(await answer(question));
  return answers;
}

async function answer({ bundle, ...question }) {
  try {
    const opened = bundle === undefined ? {} : readBundle(decodeBase64(bundle));
    const { verdict, exit_code, checks } = await verify({ ...question, ...opened });
    return [verdict, exit_code, checks.map((one) => [one.number, one.name, one.result, one.code, one.detail])];
  } catch (error) {
    return error instanceof Refusal ? ["refused", error.code, []] : ["fault", String(error.stack), []];
  }
}
