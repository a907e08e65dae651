/** Instants as the reader says them: day dividers, times, and Slack's date tokens, in the person's own zone. */

import { locale, now, zone } from "./store.js";

const cache = new Map();

function format(options, language = english(locale())) {
  const key = JSON.stringify([language, zone(), options]);
  if (!cache.has(key)) cache.set(key, formatter(options, language));
  return cache.get(key);
}

function formatter(options, language) {
  try {
    return new Intl.DateTimeFormat(language, { timeZone: zone(), ...options });
  } catch {
    return new Intl.DateTimeFormat("en-GB", options); // an unknown zone or locale: the machine's own
  }
}

// The page itself speaks English, and English words around Norwegian month names read badly; 24 hours everywhere but in
// the States. What apps write stands in the person's language, and so do the dates in it.
const english = (tag) => (tag === "en-US" ? "en-US" : "en-GB");
const own = (options) => format(options, locale() ?? "en-GB");

const day = (at) => format({ year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
const DAY_MS = 86_400_000;

export const timeOf = (at) => format({ hour: "2-digit", minute: "2-digit" }).format(at);
export const timeSeconds = (at) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
export const sameDay = (a, b) => day(a) === day(b);
export const fullInstant = (at) =>
  format({
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(at);
export const clockFace = (at) => {
  const date = format({ weekday: "short", day: "numeric", month: "short" }).format(at).replace(",", "");
  return { date, time: timeOf(at), full: fullInstant(at) };
};
export const shortInstant = (at) => (sameDay(at, now()) ? timeOf(at) : `${clockFace(at).date} ${timeOf(at)}`);

/** Milliseconds of a Slack `ts`. */
export const ofTs = (ts) => Number(ts) * 1000;

function relative(at) {
  if (sameDay(at, now())) return "Today";
  if (sameDay(at, now() - DAY_MS)) return "Yesterday";
  return sameDay(at, now() + DAY_MS) ? "Tomorrow" : null;
}

/** The words on a day divider. */
export const dayName = (at) => relative(at) ?? format({ weekday: "long", day: "numeric", month: "long" }).format(at);

/** "in 2 hours", "3 days ago", "tomorrow", in the person's language. */
function inWords(amount, unit) {
  try {
    return new Intl.RelativeTimeFormat(locale() ?? "en", { numeric: "auto" }).format(amount, unit);
  } catch {
    return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(amount, unit);
  }
}

function ago(at) {
  const seconds = Math.round((at - now()) / 1000);
  const size = Math.abs(seconds);
  const [unit, length] = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ].find(([, l]) => size >= l) ?? ["second", 1];
  return inWords(Math.trunc(seconds / length), unit);
}

function near(at) {
  const days = [0, -1, 1].find((n) => sameDay(at, now() + n * DAY_MS));
  return days === undefined ? null : inWords(days, "day");
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

const TOKENS = {
  date_num: (at) => format({ year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA").format(at),
  date: (at) => own({ day: "numeric", month: "long", year: "numeric" }).format(at),
  date_short: (at) => own({ day: "numeric", month: "short", year: "numeric" }).format(at),
  date_long: (at) => own({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at),
  date_slash: (at) => own({ day: "2-digit", month: "2-digit", year: "numeric" }).format(at),
  time: (at) => own({ hour: "2-digit", minute: "2-digit" }).format(at),
  time_secs: (at) => own({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at),
  ago,
};
const PRETTY = { date_pretty: "date", date_short_pretty: "date_short", date_long_pretty: "date_long" };

function token(name, at, first) {
  if (PRETTY[name]) {
    const word = near(at);
    return word ? (first ? capital(word) : word) : TOKENS[PRETTY[name]](at);
  }
  return TOKENS[name] ? TOKENS[name](at) : null;
}

/**
 * The text of `<!date^unix^format>`; null when the format has a token nobody knows, so that the fallback is shown.
 * `inside` a sentence a day is said "today", at its beginning "Today".
 */
export function dateToken(unix, pattern, inside = false) {
  const at = Number(unix) * 1000;
  if (!Number.isFinite(at) || unix === "") return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, name, offset) => {
    const said = token(name, at, offset === 0 && !inside);
    if (said === null) known = false;
    return said ?? whole;
  });
  return known ? text : null;
}
