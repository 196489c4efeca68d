// The alluvial picture of who moved from which segment to which. Drawn at the size it is shown in, so its words stay legible.
import { glyph, svg } from "../dom.js";
import { ORDER } from "./ring.js";
import { number, t } from "../words.js";

const BAR = 10;
const SLOT = 44;
const PAD = 12;
const LEFT = ["none", ...ORDER];
const RIGHT = [...ORDER, "gone"];
const WON_BACK = new Set(["leaving", "rare"]);

export const nameOf = (segment, absent) => segment ?? absent;
/** Only those who changed segment, ends named: `none` for registered between, `gone` for erased between. */
export const moves = (flow) => flow
  .map(({ from, to, guests }) => ({ from: nameOf(from, "none"), to: nameOf(to, "gone"), guests }))
  .filter(({ from, to, guests }) => guests > 0 && from !== to);
export const isGoal = ({ from, to }) => WON_BACK.has(from) && to === "active";

const sums = (list, side) => {
  const found = new Map();
  for (const move of list) found.set(move[side], (found.get(move[side]) ?? 0) + move.guests);
  return found;
};

/** Places the nodes of one side from top to bottom; every one has room for its words. */
const column = (order, amounts, scale) => {
  let y = PAD;
  const nodes = new Map();
  for (const name of order.filter((segment) => amounts.has(segment))) {
    const height = Math.max(amounts.get(name) * scale, 3);
    const slot = Math.max(height, SLOT);
    nodes.set(name, { name, guests: amounts.get(name), y: y + (slot - height) / 2, height, used: 0 });
    y += slot + PAD;
  }
  return { nodes, height: y };
};

const spread = ({ nodes, height }, tallest) => {
  const shift = nodes.size > 1 ? (tallest - height) / (nodes.size - 1) : (tallest - height) / 2;
  let index = nodes.size > 1 ? 0 : 1;
  for (const node of nodes.values()) { node.y += shift * index; index += 1; }
};

const ribbon = (move, start, end, thickness, width, words) => {
  const [x0, x1] = [words + BAR, width - words - BAR];
  const middle = (x0 + x1) / 2;
  const [a, b] = [start.y + start.used, end.y + end.used];
  start.used += thickness;
  end.used += thickness;
  const d = `M${x0} ${a}C${middle} ${a} ${middle} ${b} ${x1} ${b}V${b + thickness}C${middle} ${b + thickness} ${middle} ${a + thickness} ${x0} ${a + thickness}Z`;
  const label = t("segments.flow_part", { from: t(`segment.${move.from}`), to: t(`segment.${move.to}`), n: move.guests });
  return svg("path", { class: `ribbon fill-${move.to} ${isGoal(move) ? "goal" : ""}`, d }, svg("title", {}, label));
};

const node = ({ name, guests, y, height }, side, width, words) => {
  const left = side === "left";
  const x = left ? words : width - words - BAR;
  const textX = left ? x - 8 : x + BAR + 8;
  const anchor = left ? "end" : "start";
  const top = y + height / 2 - 4;
  const iconX = left ? textX - 18 : textX;
  const numberX = left ? textX - 24 : textX + 24;
  return [
    svg("rect", { class: `fill-${name}`, x, y, width: BAR, height, rx: Math.min(3, height / 2) }),
    svg("text", { class: "word", x: textX, y: top, "text-anchor": anchor }, t(`segment.${name}`)),
    glyph(name, "symbol", iconX, top + 5, 18),
    svg("text", { class: "amount", x: numberX, y: top + 19, "text-anchor": anchor }, number(guests)),
  ];
};

/** Draws the moves into `place`; `label` is the text equivalent. */
export const drawFlow = (place, list, label) => {
  const width = Math.max(place.clientWidth, 300);
  const words = width < 480 ? 92 : 150;
  const total = list.reduce((sum, move) => sum + move.guests, 0);
  const scale = (width < 480 ? 150 : 220) / total;
  const left = column(LEFT, sums(list, "from"), scale);
  const right = column(RIGHT, sums(list, "to"), scale);
  const height = Math.max(left.height, right.height);
  spread(left, height);
  spread(right, height);
  const rank = (order, name) => order.indexOf(name);
  const sorted = [...list].sort((a, b) => rank(LEFT, a.from) - rank(LEFT, b.from) || rank(RIGHT, a.to) - rank(RIGHT, b.to));
  const thickness = (move) => move.guests * scale;
  const ribbons = sorted.map((move) => ribbon(move, left.nodes.get(move.from), right.nodes.get(move.to), thickness(move), width, words));
  const nodes = [...left.nodes.values()].flatMap((found) => node(found, "left", width, words));
  nodes.push(...[...right.nodes.values()].flatMap((found) => node(found, "right", width, words)));
  place.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label }, ...ribbons, ...nodes));
};
