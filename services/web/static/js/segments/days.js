// Days as YYYY-MM-DD of the shop's calendar.
import { dayOf } from "../words.js";

export const today = () => dayOf(new Date());
export const before = (day, days) => new Date(Date.parse(`${day}T00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
export const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(Date.parse(text));
