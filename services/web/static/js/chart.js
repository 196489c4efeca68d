// Charts by Vega-Lite. The one definition comes from the API, as for the pictures of the bot; the library comes only when a page draws.
import { get } from "./api.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
// `ast`: expressions are read by an interpreter, as our policy allows no code made at run time.
const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: false };
let library = null;
const drawn = new Map();
// The definition is in the light theme's colours; in the dark theme each turns into what plays its role there.
const ROLES = {
  "#2A211C": "ink", "#6B5E55": "muted", "#E5DCD2": "line", "#7B4A2B": "accent", "#D9C6B6": "edge", "#FFFFFF": "surface",
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

/** Draws the chart at `path` of the API into `place`; resolves to false when it cannot be drawn. A newer path overtakes an older one. */
export const drawChart = async (place, path) => {
  drawn.set(place, path);
  try {
    const [embed, definition] = await Promise.all([load(), get(path)]);
    if (drawn.get(place) !== path) return true;
    await embed(place, { ...themed(definition), width: "container" }, OPTIONS);
    const picture = place.querySelector("svg");
    picture.setAttribute("role", "img");
    if (definition.description) picture.setAttribute("aria-label", definition.description);
    return true;
  } catch {
    place.replaceChildren();
    return false;
  }
};

dark.addEventListener("change", () => { for (const [place, path] of drawn) drawChart(place, path); });
