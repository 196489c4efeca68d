// One conversation: what was said, and the owner's answer. What is being typed is never lost.
import { get, newKey, post, Problem } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { momentInWords, t } from "../words.js";
import { guestOf } from "./people.js";
import { starsOf } from "./threads.js";

const MOST = 2000;
const NEAR = 200;
const text = $("reply-text");
const part = document.querySelector("[data-part=threads]");
let thread = null;
let key = newKey(); // one key per answer, however often it is sent
let changed = () => {};
const drafts = new Map();

const bubble = ({ author, text: words, at }) => h("li", { class: author === "owner" ? "owner-said" : "guest" },
  h("p", { class: "written" }, words), h("small", { class: "quiet" }, momentInWords(at)));

const rated = ({ stars, comment }, at) => h("li", { class: "guest" },
  starsOf(stars), comment && h("p", { class: "written" }, comment), h("p", {}, h("small", { class: "quiet" }, momentInWords(at))));

const complain = (words) => { say($("reply-wrong"), words); show($("reply-wrong"), Boolean(words)); };
const count = () => say($("reply-left"), text.value.length > MOST - NEAR ? t("feedback.left_signs", { n: MOST - text.value.length }) : "");

const draw = (found) => {
  const grew = thread?.id !== found.id || thread.messages.length !== found.messages.length;
  thread = found;
  $("talk-said").replaceChildren(...(found.rating ? [rated(found.rating, found.opened_at)] : []), ...found.messages.map(bubble));
  show($("talk-contact"), found.contact_me);
  show($("talk-goes-on"), Boolean(found.continued_in));
  show($("reply"), !found.continued_in);
  show($("talk-close"), found.state !== "closed");
  show($("talk"), true);
  show($("talk-none"), false);
  part.classList.add("reading-one");
  if (grew) $("talk-said").scrollTop = $("talk-said").scrollHeight;
};

const name = async (found) => {
  const guest = await guestOf(found.guest_id);
  if (thread?.id !== found.id) return;
  say($("talk-guest"), guest.name);
  say($("talk-facts"), guest.facts);
};

const path = (id) => `/feedback/threads/${encodeURIComponent(id)}`;

/** Shows the conversation `id`; nothing, if it is null. */
export const openTalk = async (id) => {
  if (thread) drafts.set(thread.id, text.value);
  if (!id) { leave(); return; }
  const found = await get(path(id));
  const other = thread?.id !== id;
  draw(found);
  if (other) {
    text.value = drafts.get(id) ?? "";
    key = newKey();
    say($("talk-done"), "");
    complain("");
    count();
  }
  await name(found);
};

export const currentTalk = () => thread?.id ?? null;

const leave = () => {
  thread = null;
  show($("talk"), false);
  show($("talk-none"), true);
  part.classList.remove("reading-one");
};

const failed = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  complain(problem.sentence);
};

const reply = async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("[type=submit]");
  if (button.disabled) return;
  if (!text.value.trim()) { complain(t("feedback.reply_empty")); text.focus(); return; }
  complain("");
  button.disabled = true;
  say(button, t("feedback.sending"));
  try {
    const landed = await post(`${path(thread.id)}/messages`, { text: text.value }, { key });
    key = newKey();
    text.value = "";
    count();
    draw(landed);
    say($("talk-done"), t("feedback.sent"));
    changed(landed.id);
  } catch (problem) {
    failed(problem);
  } finally {
    button.disabled = false;
    say(button, t("feedback.send"));
  }
};

const close = async () => {
  try {
    draw(await post(`${path(thread.id)}/close`, undefined, { repeatable: true }));
    say($("talk-done"), t("feedback.closed"));
    changed(thread.id);
  } catch (problem) {
    failed(problem);
  }
};

/** `open(id)` leads to another conversation or, with null, to the list; `wrote(id)` after something was changed. */
export const wireTalk = ({ open, wrote }) => {
  changed = wrote;
  $("reply").addEventListener("submit", reply);
  text.addEventListener("input", () => { key = newKey(); count(); complain(""); say($("talk-done"), ""); });
  $("talk-close").addEventListener("click", close);
  $("talk-back").addEventListener("click", () => open(null));
  $("talk-goes-on").addEventListener("click", () => open(thread.continued_in));
};
