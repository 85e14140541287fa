/** What a producer vouches for about one lot, and what stops it, read from signed claims. */
import { parseDay } from "./days.js";
import { Decimal } from "./decimal.js";
import { asObject, asText, each, member, oneOf, optional } from "./members.js";
import { parseQuantity } from "./quantity.js";
import { Refusal, Unreadable } from "./refusals.js";

export const RECORD_TYPE = "BatchRecord";
export const STATUS_RECORD_TYPE = "BatchStatusRecord";
const RULES = ["mass", "order", "withdrawal"];

/** Read signed claims of a lot. Throws `Refusal` "record-unreadable". */
export function readBatchRecord(claims) {
  try {
    return readLot(claims);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreadable)) throw error;
    throw new Refusal("record-unreadable", "This is no batch record.");
  }
}

/** Read a hold, recall or release. Throws `Refusal` "record-unreadable". */
export function readStatusRecord(claims) {
  try {
    const reason = member(claims, "reason");
    const advice = optional(claims, "advice", Object.create(null));
    return {
      status: member(claims, "status"),
      reasonVi: member(reason, "vi"),
      reasonEn: optional(reason, "en", ""),
      adviceVi: optional(advice, "vi", ""),
      adviceEn: optional(advice, "en", ""),
      contact: optional(claims, "contact", ""),
    };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Refusal("record-unreadable", "This is no status record.");
  }
}

function readLot(claims) {
  const producer = member(claims, "producer");
  return {
    producer: { id: member(producer, "id"), name: optional(producer, "name", "") },
    product: readProduct(member(claims, "product")),
    lotNumber: member(claims, "lotNumber"),
    productionDate: parseDay(member(claims, "productionDate")),
    packagingDate: readDay(claims, "packagingDate"),
    bestBefore: readDay(claims, "bestBefore"),
    expiry: readDay(claims, "expiry"),
    quantity: readQuantity(member(claims, "quantity")),
    site: readSite(member(claims, "site")),
    stage: asText(optional(claims, "stage", "")),
    inputs: each(member(claims, "inputs")).map(readInput),
    override: readOverride(optional(claims, "massBalanceOverride", null)),
    ruleOverrides: each(optional(claims, "ruleOverrides", [])).map(readRuleOverride),
    recognition: readRecognition(optional(claims, "recognition", null)),
  };
}

function readProduct(claim) {
  const net = optional(claim, "netContent", null);
  member(claim, "gtin" in asObject(claim) ? "gtin" : "internalCode");
  return {
    link: asText(member(claim, "id")),
    nameVi: member(claim, "nameVi"),
    nameEn: optional(claim, "nameEn", ""),
    netContent: isFilled(net) ? readQuantity(net) : null,
  };
}

function readSite(claim) {
  return {
    communeCode: member(claim, "communeCode"),
    communeName: member(claim, "communeName"),
    gln: optional(claim, "gln", ""),
  };
}

function readDay(claims, name) {
  return name in claims ? parseDay(claims[name]) : null;
}

function readQuantity(claim) {
  return parseQuantity(member(claim, "value"), member(claim, "unitCode"));
}

function readInput(claim) {
  const quantity = readQuantity(member(claim, "quantity"));
  if ("lot" in claim) {
    return { lot: asText(claim.lot), recordSha256: asText(member(claim, "recordSha256")), quantity };
  }
  return { lot: null, outside: member(claim, "outside"), quantity };
}

function readOverride(claim) {
  if (claim === null) return null;
  const shortfalls = each(member(claim, "shortfalls")).map((gap) => ({
    rule: member(gap, "rule"),
    available: decimalOf(member(gap, "available")),
    wanted: decimalOf(member(gap, "wanted")),
    unit: member(gap, "unitCode"),
    lot: optional(gap, "lot", ""),
  }));
  return { reason: member(claim, "reason"), shortfalls };
}

function readRuleOverride(claim) {
  const rule = oneOf(RULES, member(claim, "rule"));
  each(member(claim, "findings")).forEach(readFault);
  return { rule, reason: member(claim, "reason") };
}

function readFault(claim) {
  if ("first" in asObject(claim)) {
    for (const step of [claim.first, member(claim, "second")]) {
      member(step, "stage");
      member(step, "lot");
      parseDay(member(step, "happenedOn"));
    }
    return;
  }
  member(claim, "lot");
  parseDay(member(claim, "lastUse"));
  parseDay(member(claim, "harvestedOn"));
}

function readRecognition(claim) {
  if (claim === null) return null;
  return { subject: member(claim, "id"), recordSha256: member(claim, "recordSha256") };
}

/** Return a decimal from a text or a JSON number. Throws `Unreadable`. */
export function decimalOf(value) {
  if (typeof value === "bigint" || typeof value === "boolean") return Decimal.of(value);
  if (value instanceof Decimal) return value;
  if (typeof value !== "string") throw new Unreadable("no number");
  return Decimal.parse(value.trim().replaceAll("_", ""));
}

/** Return whether a value counts as something: not absent, empty, zero or false. */
export function isFilled(value) {
  if (value === null || value === undefined || value === false || value === "") return false;
  if (typeof value === "bigint") return value !== 0n;
  if (value instanceof Decimal) return value.units !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
