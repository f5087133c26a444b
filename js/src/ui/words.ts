/** Numbers and moments in words; the kernel's `graph/words.py` writes them the same way. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86_400;
const YEAR = 365.25 * DAY;

/** Three digits that count: 1,240, 0.032, 2.1M. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  if (Math.abs(value) >= 1e6) value = +value.toPrecision(3); // 999,999,999 is 1B
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  for (const [edge, letter] of [[1e12, "T"], [1e9, "B"], [1e6, "M"]] as const) if (size >= edge) return +(value / edge).toPrecision(3) + letter;
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  return size >= 1e-4 || value === 0 ? String(+value.toPrecision(3)) : value.toExponential(1);
}

/** A moment to the minute, or as a day where it is a day's first second. */
export function minute(seconds: number | null): string {
  if (seconds === null) return "unknown";
  const iso = new Date(seconds * 1000).toISOString().replace(/^[+-]00/, (sign) => (sign[0] === "-" ? "-" : ""));
  const [day, time] = iso.split("T");
  return seconds % DAY === 0 ? day : `${day} ${time.slice(0, 5)}`;
}

/** A length of time in its largest unit that is at least one. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  for (const [size, name] of [[YEAR, "year"], [DAY, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const)
    if (Math.abs(seconds) >= size) return count(+(seconds / size).toPrecision(3), name);
  return "0 seconds";
}

/** The ends of an address, the start of anything else that is long. */
export function short(name: string, most = 24): string {
  if (name.startsWith("0x") && name.length === 42) return `${name.slice(0, 6)}…${name.slice(-4)}`;
  return name.length <= most ? name : name.slice(0, most - 1) + "…";
}

export const count = (n: number, one: string, many = one + "s"): string => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** A moment, in seconds since 1970 UTC, as precisely as a window of `span` seconds asks for. Years before 1970 are years. */
export function moment(seconds: number, span: number): string {
  const at = new Date(seconds * 1000);
  const year = at.getUTCFullYear();
  if (span > 60 * YEAR) return String(year);
  const month = `${MONTHS[at.getUTCMonth()]} ${year}`;
  if (span > 5 * YEAR) return month;
  const day = `${at.getUTCDate()} ${month}`;
  if (span > 3 * DAY) return day;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}${span > 3600 ? "" : ":" + two(at.getUTCSeconds())}`;
}
