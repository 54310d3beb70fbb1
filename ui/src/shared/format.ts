// How figures are written for the person. Every number on screen goes through here, so that the same
// amount never appears in two shapes. Figures are only written here, never computed.

const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
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

/** `0.84 s`, `412 ms`, `0.3 ms`, `14 s`. */
export function duration(ms: number): string {
  if (ms < 0.05) return "0 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 600) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return seconds < 10 ? `${seconds.toFixed(2)} s` : `${seconds.toFixed(1)} s`;
}

/** `412 tok/s` */
export function tokensPerSecond(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : integer.format(rate)} tok/s`;
}

/** `1 plan`, `676 plans`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${integer.format(amount)} ${amount === 1 ? one : many}`;
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
