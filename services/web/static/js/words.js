// The glossary's phrases of this page and the locale's numbers, dates and plurals.
const { language, phrases } = JSON.parse(document.getElementById("words").textContent);
const locale = language === "ru" ? "ru-RU" : "en-GB";
const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);
const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const DAY = 86_400_000;

/** The shop's IANA time zone: all days and hours on screen are the shop's. */
const timezone = document.documentElement.dataset.timezone || undefined;

export const has = (key) => key in phrases;

/** The phrase with `{name}` replaced; plural forms are chosen by the value `n`. */
export const t = (key, values = {}) => {
  const phrase = phrases[key];
  const text = typeof phrase === "string" ? phrase : phrase[plurals.select(values.n)] ?? phrase.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? numbers.format(values[name]) : values[name]));
};

/** What a guest reads, `{ru, en}`, in the language of this page. */
export const inLanguage = (words) => words?.[language] || words?.ru || "";

export const number = (value) => numbers.format(value);
const currency = document.documentElement.dataset.currency || "RUB";
const prices = [0, 2].map((digits) => new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: digits, maximumFractionDigits: digits }));
/** "120 ₽", "119,50 ₽" from minor units. */
export const money = (minor) => prices[minor % 100 ? 1 : 0].format(minor / 100);
/** Minor units of what somebody typed: "119,50" → 11950; null for nothing, NaN for what is no such number. */
export const minorOf = (typed) => {
  const text = typed.replace(/[\s\u00a0₽]/g, "").replace(",", ".");
  if (!text) return null;
  return /^\d{1,7}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : NaN;
};
export const share = (value) => shares.format(value);
/** "+3", "−3" with a real minus sign. */
export const signed = (value) => `${value < 0 ? "−" : "+"}${numbers.format(Math.abs(value))}`;

const clock = (moment) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: timezone }).format(moment);
/** The shop's calendar day of a moment, as YYYY-MM-DD. */
export const dayOf = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" }).format(moment);

export const timeOf = (text) => clock(new Date(text));
/** "14 ноября" (with the year if it is not this one), for a day YYYY-MM-DD. */
export const dateOf = (day, month = "long") => {
  const sameYear = day.slice(0, 4) === dayOf(new Date()).slice(0, 4);
  const year = sameYear ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { day: "numeric", month, year, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
};

const WALL = new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
/** The moment (RFC 3339, UTC) at which the shop's clock shows a day YYYY-MM-DD and a time HH:MM. */
export const momentOf = (day, time) => {
  const wanted = Date.parse(`${day}T${time}Z`);
  const shownAt = (moment) => Date.parse(`${WALL.format(new Date(moment)).replace(", ", "T")}Z`);
  const guess = wanted - (shownAt(wanted) - wanted);
  return new Date(guess + wanted - shownAt(guess)).toISOString();
};

/** "ноябрь 2026 г." for the month that begins with a day YYYY-MM-DD. */
export const monthOf = (day) => new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
/** "пн" for 1, "вс" for 7. */
export const weekdayOf = (number) => new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, number))); // 1 January 2024 was a Monday

/** Whole days of the shop's calendar from a moment until today. */
const daysAgo = (moment) => Math.round((Date.parse(dayOf(new Date())) - Date.parse(dayOf(moment))) / DAY);

/** A visit in words: "сегодня в 9:05", "вчера", "3 дня назад", "2 месяца назад". */
export const visitInWords = (text) => {
  const moment = new Date(text);
  const days = daysAgo(moment);
  if (days <= 0) return `${relative.format(0, "day")}, ${clock(moment)}`;
  if (days < 60) return relative.format(-days, "day");
  return days < 730 ? relative.format(-Math.floor(days / 30.44), "month") : relative.format(-Math.floor(days / 365.25), "year");
};

/** A moment that was or will be: "сегодня, 09:05", "вчера, 18:40", "завтра, 10:00", "14 ноября, 18:40". */
export const momentInWords = (text) => {
  const moment = new Date(text);
  const days = daysAgo(moment);
  return `${Math.abs(days) < 2 ? relative.format(-days, "day") : dateOf(dayOf(moment))}, ${clock(moment)}`;
};
