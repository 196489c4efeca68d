// Pages without work of their own: only the bar on top lives.
import { start } from "./page.js";

if (document.querySelector("[data-session]")) start().catch(() => null);
