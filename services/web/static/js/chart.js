// Charts by Vega-Lite. The one definition comes from the API, as for the pictures of the bot; the library comes only when a page draws.
import { get } from "./api.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
// `ast`: expressions are read by an interpreter, as our policy allows no code made at run time.
const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: false };
let library = null;
const drawn = new Map();
// The definition is in the light theme's colours; in the dark theme each turns into what plays its role there.
const ROLES = {
  "#2A211C": "ink", "#6B5E55": "muted", "#E5DCD2": "line", "#7B4A2B": "accent", "#D9C6B6": "edge", "#F3E9E0": "accent-soft", "#FFFFFF": "surface",
  "#1F6FA3": "segment-new", "#2B7A3D": "segment-active", "#A65A00": "segment-leaving", "#7A4FA3": "segment-rare", "#5F6672": "segment-sleeping",
};
const themed = (definition) => {
  if (!dark.matches) return definition;
  const colours = getComputedStyle(document.documentElement);
  const inRole = (hex) => (ROLES[hex.toUpperCase()] ? colours.getPropertyValue(`--${ROLES[hex.toUpperCase()]}`).trim() : hex);
  return JSON.parse(JSON.stringify(definition).replace(/#[0-9a-f]{6}/gi, inRole));
};

const load = () => {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/assets/vega.js";
    script.addEventListener("load", () => resolve(window.vegaEmbed));
    script.addEventListener("error", () => { library = null; reject(new Error("no charts")); });
    document.head.append(script);
  });
  return library;
};

const SIZED = { autosize: { type: "fit", contains: "padding" } };

/** As wide as its place, and never narrower than its words need (`data-least`); its title stands on the page itself. */
const fitted = (place, { title: _, ...definition }) => ({ ...themed(definition), ...SIZED, width: Math.max(place.clientWidth, Number(place.dataset.least ?? 0)), padding: { left: 0, top: 4, bottom: 0, right: Number(place.dataset.right ?? 8) } });

/** Draws the chart at `path` of the API into `place`; resolves to its title `{text, subtitle}`, null when it cannot be drawn. A newer path overtakes an older one. */
export const drawChart = async (place, path) => {
  drawn.set(place, path);
  try {
    const [embed, definition] = await Promise.all([load(), get(path)]);
    if (drawn.get(place) !== path) return definition.title;
    await embed(place, fitted(place, definition), OPTIONS);
    const picture = place.querySelector("svg");
    picture.setAttribute("role", "img");
    if (definition.description) picture.setAttribute("aria-label", definition.description);
    return definition.title;
  } catch {
    place.replaceChildren();
    return null;
  }
};

const again = () => { for (const [place, path] of drawn) drawChart(place, path); };
let timer = null;
let width = window.innerWidth;
dark.addEventListener("change", again);
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return; // a phone's keyboard or bar
  width = window.innerWidth;
  clearTimeout(timer);
  timer = setTimeout(again, 200);
});
