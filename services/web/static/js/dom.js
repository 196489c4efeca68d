// Small ways to build and find elements. No inline style anywhere: the pages' security policy forbids it.
export const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../icons.svg", import.meta.url).href;

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
};

export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
/** One of the icons, as a picture without a name of its own. */
export const icon = (name, className = "") =>
  svg("svg", { class: `icon ${className}`, "aria-hidden": "true" }, svg("use", { href: `${SPRITE}#${name}` }));
/** The icon inside another drawing, at a place. */
export const glyph = (name, className, x, y, size) =>
  svg("use", { href: `${SPRITE}#${name}`, class: className, x, y, width: size, height: size });

export const show = (element, visible) => { element.hidden = !visible; };
/** Sets a text only when it differs, so screen readers do not hear it twice. */
export const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
