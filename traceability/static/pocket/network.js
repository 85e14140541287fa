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

/** Raised where the service could not be asked or answered something else. */
export class SilenceError extends Error {}

/** Return the answer to a GET if it is 200. Raises `SilenceError`. */
export async function ask(path, { seconds = SECONDS } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(seconds * 1000),
    });
  } catch (fault) {
    heard(false);
    throw new SilenceError(String(fault.message ?? fault));
  }
  heard(true);
  if (answer.status !== 200) throw new SilenceError(`${path}: ${answer.status}`);
  return answer;
}

export async function askText(path) {
  try {
    return (await (await ask(path)).text()).trim();
  } catch (fault) {
    throw fault instanceof SilenceError ? fault : new SilenceError(String(fault));
  }
}

export async function askJson(path) {
  try {
    return await (await ask(path)).json();
  } catch (fault) {
    throw fault instanceof SilenceError ? fault : new SilenceError(String(fault));
  }
}

export async function askBytes(path) {
  try {
    return new Uint8Array(await (await ask(path)).arrayBuffer());
  } catch (fault) {
    throw fault instanceof SilenceError ? fault : new SilenceError(String(fault));
  }
}
