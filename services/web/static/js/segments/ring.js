// The ring: today's segments outside, those of the other date inside; icons on the arcs, the sum in the middle.
import { glyph, svg } from "../dom.js";
import { number, t } from "../words.js";

export const ORDER = ["new", "active", "leaving", "rare", "sleeping"];
const SIZE = 300;
const CENTRE = SIZE / 2;
const GAP = 0.022;
const ICON = 22;
const ICON_SHARE = 0.045;

const point = (radius, turn) => {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return `${(CENTRE + radius * Math.cos(angle)).toFixed(2)} ${(CENTRE + radius * Math.sin(angle)).toFixed(2)}`;
};

const arc = (outer, inner, from, to) => {
  const gap = Math.min(GAP, (to - from) * 0.3) / 4;
  const [start, end] = to - from > 0.999 ? [from, from + 0.9999] : [from + gap, to - gap];
  const large = end - start > 0.5 ? 1 : 0;
  return `M${point(outer, start)}A${outer} ${outer} 0 ${large} 1 ${point(outer, end)}L${point(inner, end)}A${inner} ${inner} 0 ${large} 0 ${point(inner, start)}Z`;
};

const arcs = ({ segments, total }) => {
  let at = 0;
  return ORDER.filter((name) => segments[name] > 0).map((name) => {
    const from = at;
    at += segments[name] / total;
    return { name, from, to: at };
  });
};

const outerArc = ({ name, from, to }, guests) => {
  const path = svg("path", { class: `fill-${name}`, d: arc(146, 102, from, to) }, svg("title", {}, `${t(`segment.${name}`)}: ${number(guests)}`));
  if (to - from < ICON_SHARE) return path;
  const [x, y] = point(124, (from + to) / 2).split(" ").map(Number);
  return [path, glyph(name, "glyph", x - ICON / 2, y - ICON / 2, ICON)];
};

const text = (className, y, words) => svg("text", { class: className, x: CENTRE, y, "text-anchor": "middle" }, words);

/** Draws both rings into `place`; `label` is the text equivalent. */
export const drawRing = (place, { from, to }, label) => {
  const outside = to.total > 0 ? arcs(to).flatMap((part) => outerArc(part, to.segments[part.name])) : [];
  const inside = from.total > 0 ? arcs(from).map(({ name, from: start, to: end }) => svg("path", { class: `fill-${name} before`, d: arc(97, 88, start, end) })) : [];
  const unit = t("count.guests", { n: to.total }).replace(number(to.total), "").trim();
  place.replaceChildren(svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": label }, ...inside, ...outside,
    text("sum", 158, number(to.total)), text("unit", 184, unit)));
};
