// The same answers, for a page: the tests inline this as one script.
import { answerAll } from "./answer.mjs";

globalThis.answerAll = answerAll;
