// Times, sizes and names in words, by the browser's language and zone.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "narrow" });
const unit = (name) => new Intl.NumberFormat(undefined, { style: "unit", unit: name, unitDisplay: "narrow" });
const minutes = unit("minute");
const hours = unit("hour");
const dayName = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const longDayYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

/** Days between the local days of two instants. */
function daysBetween(earlier, later) {
  const start = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((start(later) - start(earlier)) / DAY);
}

/** How long ago, as short as a row of the list needs it: "5m" where `relative` has "5m ago". */
export function age(iso, now = new Date()) {
  const passed = now - new Date(iso);
  if (passed < MINUTE || passed >= DAY) return relative(iso, now);
  return passed < HOUR ? minutes.format(Math.floor(passed / MINUTE)) : hours.format(Math.floor(passed / HOUR));
}

/** How long ago, in a few words. */
export function relative(iso, now = new Date()) {
  const at = new Date(iso);
  const passed = now - at;
  const days = daysBetween(at, now);
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return ago.format(-Math.floor(passed / MINUTE), "minute");
  if (days < 1) return ago.format(-Math.floor(passed / HOUR), "hour");
  if (days < 2) return ago.format(-1, "day");
  if (days < 7) return weekday.format(at);
  return at.getFullYear() === now.getFullYear() ? dayMonth.format(at) : dayMonthYear.format(at);
}

export function clock(iso) {
  return clockFormat.format(new Date(iso));
}

export function moment(iso) {
  return exact.format(new Date(iso));
}

/** The local day as 2026-11-22, the form date inputs speak. */
export function isoDay(at) {
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function daysAgo(days, now = new Date()) {
  return isoDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
}

/** A day as a heading: Today, Yesterday, Monday, November 16. */
export function dayLabel(iso, now = new Date()) {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days < 2) return capitalised(dayName.format(-days, "day"));
  return (at.getFullYear() === now.getFullYear() ? longDay : longDayYear).format(at);
}

/** A date input's day, without its year when that is this one. */
export function shortDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date);
  return year === new Date().getFullYear() ? dayMonth.format(at) : dayMonthYear.format(at);
}

/** Time until `iso` in words, such as "3 h 20 min"; empty once it has passed. */
export function timeLeft(iso, now) {
  const minutes = Math.ceil((new Date(iso) - now) / MINUTE);
  if (minutes <= 0) return "";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

export function closesWithin(iso, hours, now) {
  const left = iso ? new Date(iso) - now : 0;
  return left > 0 && left <= hours * HOUR;
}

/** How long a sound is, or has played: 1:07. */
export function playTime(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function capitalised(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

export function plural(n, one, many = `${one}s`) {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** Up to two letters for an avatar; empty for a bare phone number. */
export function initials(name) {
  const words = name.match(/[\p{L}][\p{L}\p{M}]*/gu) ?? [];
  const picked = name.includes("@") ? words.slice(0, 1) : [words[0], words.length > 1 && words.at(-1)];
  return picked.filter(Boolean).map((word) => [...word][0].toLocaleUpperCase()).join("");
}

/** A hue that stays with an id; neighbours lie a golden angle apart. */
export function hue(id) {
  return Math.round((Number(BigInt(id) % 3600n) * 137.508) % 360);
}
