/** Quantities in UN/ECE Rec 20 units, and the rules they obey in a genealogy. */
import { Decimal } from "./decimal.js";
import { Refusal, Unreadable } from "./refusals.js";

const MASS = { name: "mass", base: "KGM" };
const VOLUME = { name: "volume", base: "LTR" };
const COUNT = { name: "count", base: "H87" };
const UNITS = {
  KGM: [MASS, "1"], GRM: [MASS, "0.001"], DTN: [MASS, "100"], TNE: [MASS, "1000"],
  LTR: [VOLUME, "1"], MLT: [VOLUME, "0.001"], H87: [COUNT, "1"],
};
const WITH_TOLERANCE = Decimal.parse("1.02"); // scales and moisture; more needs a reason

/**
 * @typedef {{amount: Decimal, unit: string}} Quantity
 * @typedef {{dimension: object, amount: Decimal}} Measure
 * @typedef {{rule: string, available: Decimal, wanted: Decimal, unit: string, lot: string}} Shortfall
 */

/** Read a plain positive decimal and a unit. Throws `Refusal`, `Unreadable`. @returns {Quantity} */
export function parseQuantity(text, unit) {
  if (typeof text !== "string") throw new Unreadable("no amount");
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes("_")) throw amiss("This is not a number.");
  const amount = decimalIn(text);
  if (typeof unit !== "string" || !Object.hasOwn(UNITS, unit)) {
    throw new Refusal("unit-unknown", "The unit %(unit)s is not known.", { unit });
  }
  if (amount.units <= 0n) throw amiss("The quantity must be above zero.");
  if (amount.exponent < -4n || amount.adjusted >= 12n) throw amiss("The quantity has too many digits.");
  return { amount, unit };
}

/** Return a quantity in base units; a count of packs through their net content. @returns {Measure} */
export function measured(quantity, net = null) {
  const [dimension, factor] = UNITS[quantity.unit];
  if (dimension === COUNT && net !== null) {
    const pack = measured(net);
    return { dimension: pack.dimension, amount: quantity.amount.times(pack.amount) };
  }
  return { dimension, amount: quantity.amount.times(Decimal.parse(factor)) };
}

/** Return the gap if more comes out than the comparable inputs allow. @returns {Shortfall|null} */
export function outputShortfall(output, inputs) {
  const like = inputs.filter((one) => one.dimension === output.dimension);
  const available = like.reduce((sum, one) => sum.plus(one.amount), Decimal.of(0));
  const wanted = output.amount;
  if (!like.length || available.times(WITH_TOLERANCE).compare(wanted) >= 0) return null;
  return { rule: "outputs", available, wanted, unit: output.dimension.base, lot: "" };
}

/** Return the gap if a draw takes more than the source lot had. @returns {Shortfall|null} */
export function drawShortfall(source, taken, lot) {
  if (taken.amount.compare(source.amount) <= 0) return null;
  return { rule: "overdrawn", available: source.amount, wanted: taken.amount, unit: source.dimension.base, lot };
}

function decimalIn(text) {
  try {
    return Decimal.parse(text);
  } catch (error) {
    if (error instanceof Unreadable) throw amiss("This is not a number.");
    throw error;
  }
}

function amiss(message) {
  return new Refusal("quantity-invalid", message);
}
