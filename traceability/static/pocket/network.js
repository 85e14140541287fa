// Ask the service, and nobody else: bounded, timed, no redirects followed.

const SECONDS = 10;
let silent = false; // whether the last question stayed without an answer

/** Return whether there is a network, as far as anybody can tell: phones say so too soon. */
export function reachable() {
  return navigator.onLine && !silent;
}

/** Note whether the service answered; whoever asks it by other ways says so too. */
export function heard(answered) {
  silent = !answered;
}

/** Raised where the service could not be asked, or answered something else. */
export class SilenceError extends Error {
  constructor(problem, answered) {
    super(problem.message);
    this.problem = problem;
    this.answered = answered;
  }
}

/** Ask and read the whole answer with `read` if it is 200. Raises `SilenceError`. */
async function ask(path, read) {
  const url = location.origin + path;
  try {
    const answer = await fetch(url, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    heard(true);
    if (answer.status === 200) return await read(answer);
    const params = { url, status: answer.status };
    throw new SilenceError(
      { code: "fetch-failed", message: "%(url)s answered %(status)d.", params },
      true,
    );
  } catch (fault) {
    if (fault instanceof SilenceError) throw fault;
    heard(false);
    const message = "%(url)s could not be reached (%(fault)s).";
    const params = { url, fault: fault.name };
    throw new SilenceError({ code: "fetch-failed", message, params }, false);
  }
}

export function askText(path) {
  return ask(path, async (answer) => (await answer.text()).trim());
}

export function askJson(path) {
  return ask(path, (answer) => answer.json());
}

export function askBytes(path) {
  return ask(path, async (answer) => new Uint8Array(await answer.arrayBuffer()));
}
