/** Refusals as data: permanent code, English sentence, and what fills it. */

/** What was received is refused, for a reason that has a permanent code. */
export class Refusal extends Error {
  /**
   * @param {string} code permanent, kebab-case
   * @param {string} message English sentence with `%(name)s` placeholders
   * @param {Object<string, unknown>} [params] what fills them
   */
  constructor(code, message, params = {}) {
    super(fill(message, params));
    this.code = code;
    this.template = message;
    this.params = params;
  }
}

/** A value is not of the form that is read here; the reader gives it a code. */
export class Unreadable extends Error {}

/**
 * Return a refusal as plain data.
 * @param {string} code @param {string} message @param {Object<string, unknown>} [params]
 */
export function problem(code, message, params = {}) {
  return { code, message, params };
}

/** Return a raised refusal as plain data; anything else is a fault and goes on. */
export function problemOf(error) {
  if (!(error instanceof Refusal)) throw error;
  return problem(error.code, error.template, error.params);
}

/** Return whether a value is a problem rather than what was wanted. */
export function isProblem(value) {
  return value !== null && typeof value === "object" && typeof value.code === "string"
    && typeof value.message === "string";
}

/** Run a reader; what is not of its form becomes this refusal. */
export function reading(read, code, message) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw new Refusal(code, message);
    throw error;
  }
}

/** Return the English sentence with its placeholders filled. */
export function fill(message, params) {
  return message.replace(/%\((\w+)\)[sd]/g, (whole, name) => spoken(params[name] ?? whole));
}

/** Return any decoded value as a text that can be shown. */
export function spoken(value) {
  if (value === null || typeof value !== "object") return String(value);
  return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? Number(one) : one));
}
