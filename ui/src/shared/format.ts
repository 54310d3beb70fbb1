// How figures are written for the person. Every number on screen goes through here, so that the same
// amount never appears in two shapes. Figures are only written here, never computed.

const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
// In UTC, as in exported files and pictures: what is said there means the same to whoever gets it.
const minuteOfDay = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" } as const;
const toTheMinute = new Intl.DateTimeFormat("en-US", minuteOfDay);
const toTheMinuteWithYear = new Intl.DateTimeFormat("en-US", { ...minuteOfDay, year: "numeric" });
const toTheSecond = new Intl.DateTimeFormat("en-US", { ...minuteOfDay, second: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const toTheDay = new Intl.DateTimeFormat("en-US", { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
const moneyFormats = new Map<string, Intl.NumberFormat>();

/** `1,206` */
export function count(value: number): string {
  return integer.format(value);
}

/** `1,206 kWh` */
export function kwh(value: number): string {
  return `${value < 10 ? oneDecimal.format(value) : integer.format(value)} kWh`;
}

/** `$1,304.20` */
export function money(amount: number, currency: string): string {
  return moneyFormat(currency).format(amount);
}

/** `$150`, and `$150.50` where there are cents. */
export function shortMoney(amount: number, currency: string): string {
  const { whole, cents } = moneyParts(amount, currency);
  return Number.isInteger(amount) ? whole : whole + cents;
}

/** `$1,304` and `.20`, for where the cents stand back. */
export function moneyParts(amount: number, currency: string): { whole: string; cents: string } {
  let whole = "";
  let cents = "";
  for (const part of moneyFormat(currency).formatToParts(amount)) {
    if (part.type === "decimal" || part.type === "fraction") cents += part.value;
    else whole += part.value;
  }
  return { whole, cents };
}

/** `35%`, from a share of 1. */
export function share(value: number): string {
  return `${integer.format(value * 100)}%`;
}

/** `100%`, from a number of percent. */
export function percent(value: number): string {
  return `${oneDecimal.format(value)}%`;
}

/** `+36%`, `−20%`, from a share of 1. */
export function difference(value: number): string {
  const whole = Math.round(value * 100);
  if (whole === 0) return "0%";
  return `${whole > 0 ? "+" : "−"}${integer.format(Math.abs(whole))}%`;
}

/** `84.2`, of 100. */
export function score(value: number): string {
  return value.toFixed(1);
}

/** `210 MB`, `1.9 GB`: a thousand bytes are a kB. */
export function bytes(value: number): string {
  return value < 1e9 ? `${integer.format(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** `0.84 s`, `412 ms`, `0.3 ms`, `14 s`. */
export function duration(ms: number): string {
  if (ms < 0.05) return "0 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 600) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return seconds < 10 ? `${seconds.toFixed(2)} s` : `${seconds.toFixed(1)} s`;
}

/** `0.41–0.92 s`, `412 ms–1.90 s`. */
export function durationRange(fromMs: number, toMs: number): string {
  const [from, to] = [duration(fromMs), duration(toMs)];
  const unit = / \w+$/;
  return from.match(unit)?.[0] === to.match(unit)?.[0] ? `${from.replace(unit, "")}–${to}` : `${from}–${to}`;
}

/** What is left of a longer wait: `about 40 s`, `about 3 min`, `about 1.5 h`. */
export function roughly(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) return `about ${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `about ${Math.round(minutes)} min` : `about ${oneDecimal.format(minutes / 60)} h`;
}

/** `412 tok/s` */
export function tokensPerSecond(tokens: number): string {
  return `${rate(tokens)} tok/s`;
}

/** `412`, and `9.4` where a whole number would say too little. */
export function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : integer.format(perSecond);
}

/** `Jan 5, 14:28:59 UTC` */
export function clock(ms: number): string {
  return `${toTheSecond.format(ms)} UTC`;
}

/** `Jan 4, 14:30 to Jan 5, 14:30 UTC`, with the years where they differ. */
export function timeRange(sinceMs: number, untilMs: number): string {
  const oneYear = new Date(sinceMs).getUTCFullYear() === new Date(untilMs).getUTCFullYear();
  const format = oneYear ? toTheMinute : toTheMinuteWithYear;
  return `${format.format(sinceMs)} to ${format.format(untilMs)} UTC`;
}

/** A stretch of time that nobody waits for: `75 s`, `30 min`, `3.5 h`, `7.6 days`. */
export function timeSpan(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 2) return `${oneDecimal.format(ms / 1000)} s`;
  if (minutes < 120) return `${oneDecimal.format(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${oneDecimal.format(hours)} h` : `${oneDecimal.format(hours / 24)} days`;
}

/** How long ago, for a list: `now`, `5 min`, `3 h`, `4 days`, and after a week the day: `Jan 5`, `Dec 9, 2025`. */
export function ago(ms: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  if (days < 7) return plural(days, "day");
  return new Date(ms).getUTCFullYear() === new Date(nowMs).getUTCFullYear() ? dayOfYear.format(ms) : toTheDay.format(ms);
}

/** `1 plan`, `676 plans`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${integer.format(amount)} ${amount === 1 ? one : many}`;
}

/** `CPU`, `CUDA:0`, `metal`. */
export function deviceLabel(device: string): string {
  return /^(cpu|cuda)/.test(device) ? device.toUpperCase() : device;
}

/** `llama.cpp` for `llamacpp`: as the libraries call themselves. */
export function engineLabel(engine: string): string {
  switch (engine) {
    case "llamacpp":
      return "llama.cpp";
    case "mistralrs":
      return "mistral.rs";
    default:
      return engine;
  }
}

/** `exit_fee` as `Exit fee`, for names that no label is known for. */
export function humanise(id: string): string {
  const words = id.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function moneyFormat(currency: string): Intl.NumberFormat {
  let format = moneyFormats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", currencyStyle(currency));
    moneyFormats.set(currency, format);
  }
  return format;
}

/** A catalogue may name a currency that the browser refuses; the amount is still shown then. */
function currencyStyle(currency: string): Intl.NumberFormatOptions {
  return /^[A-Za-z]{3}$/.test(currency)
    ? { style: "currency", currency, currencyDisplay: "narrowSymbol" }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
}
