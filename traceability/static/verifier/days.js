/** Days and instants: `2026-11-22`, `2026-11-22T03:04:05Z`; days compare as texts. */
import { Unreadable } from "./refusals.js";

const INSTANT = /^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const DAY = /^([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|([0-9]{2})([0-9]{2}))$/;
const WEEK = /^([0-9]{4})(?:-W([0-9]{2})(?:-([0-9]))?|W([0-9]{2})([0-9])?)$/;
const HANOI = 7 * 3600;
const SECONDS = 86_400;

/** Return the last day of a month, 1 to 12. */
export function lastDay(year, month) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? 28 + Number(leap) : 30 + ((month + (month >> 3)) & 1);
}

/** Return a day as `2026-11-22`. Throws `Unreadable` where the calendar has none. */
export function dayOf(year, month, day) {
  const sound = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastDay(year, month);
  if (!sound) throw new Unreadable("no day of the calendar");
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Read a day in one of ISO 8601's spellings. Throws `Unreadable`. */
export function parseDay(text) {
  if (typeof text !== "string") throw new Unreadable("no day");
  const found = DAY.exec(text);
  if (found !== null) {
    const [, year, month, day, compactMonth, compactDay] = found;
    return dayOf(Number(year), Number(month ?? compactMonth), Number(day ?? compactDay));
  }
  const week = WEEK.exec(text);
  if (week === null) throw new Unreadable("no day");
  return dayOfWeek(Number(week[1]), Number(week[2] ?? week[4]), Number(week[3] ?? week[5] ?? 1));
}

/** Return the seconds since 1970 of our one spelling of an instant. Throws `Unreadable`. */
export function parseInstant(text) {
  if (typeof text !== "string" || !INSTANT.test(text)) throw new Unreadable("no instant");
  const [year, month, day, hour, minute, second] = text.split(/[^0-9]/).map(Number);
  dayOf(year, month, day);
  if (hour > 23 || minute > 59 || second > 59) throw new Unreadable("no time of day");
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** Return seconds since 1970 as `2026-11-22T03:04:05Z`. */
export function instantText(seconds) {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Return the calendar day in Viet Nam of an instant. */
export function dayInVietnam(seconds) {
  return new Date((seconds + HANOI) * 1000).toISOString().slice(0, 10);
}

/** Return the day so many days after another. */
export function daysLater(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * SECONDS * 1000).toISOString().slice(0, 10);
}

function dayOfWeek(year, week, weekday) {
  const first = utc(year, 1, 1);
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * SECONDS * 1000;
  const fourth = (new Date(first).getUTCDay() + 6) % 7 > 3 ? 7 : 0;
  const longYear = new Date(first).getUTCDay() === 4 || new Date(utc(year, 12, 31)).getUTCDay() === 4;
  if (year < 1 || week < 1 || week > 52 + Number(longYear) || weekday < 1 || weekday > 7) {
    throw new Unreadable("no week of the calendar");
  }
  const days = fourth + (week - 1) * 7 + weekday - 1;
  return new Date(monday + days * SECONDS * 1000).toISOString().slice(0, 10);
}

function utc(year, month, day) {
  return Date.parse(`${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}T00:00:00Z`);
}
