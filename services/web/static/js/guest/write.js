// Writing to the owner and reading the answers; rating the last visit without having been asked.
import { newKey, post } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { momentInWords, t } from "../words.js";
import { answerForm } from "./answers.js";
import { inWords, lastReply, learn, refresh, state } from "./state.js";

const MOST = 2000;
let shown = "";
let key = newKey(); // one key per message, however often it is sent

const bubble = ({ author, text, at }) => h("li", { class: `bubble ${author === "owner" ? "theirs" : "mine"}` },
  h("p", { class: "text" }, text),
  h("small", { class: "quiet" }, `${t(author === "owner" ? "guest.by_owner" : "guest.by_me")} · ${momentInWords(at)}`));

const complainer = (place) => (text) => { say(place, text); show(place, Boolean(text)); };

const replyForm = (thread) => {
  const name = `reply-${thread.id}`;
  const field = h("textarea", { id: name, rows: 2, maxlength: MOST });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const complain = complainer(wrong);
  let mine = newKey();
  const submit = async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) { field.focus(); return; }
    complain("");
    try {
      await post(`/feedback/threads/${encodeURIComponent(thread.id)}/messages`, { text }, { key: mine });
      mine = newKey();
      field.value = "";
      refresh();
    } catch (problem) {
      complain(inWords(problem));
    }
  };
  return h("form", { class: "field", novalidate: true, onsubmit: submit }, h("label", { for: name, class: "unseen" }, t("guest.reply")), field, wrong, h("button", { class: "button", type: "submit" }, t("guest.reply")));
};

const rating = ({ stars, comment }) => h("li", { class: "bubble mine" }, h("p", { class: "given", role: "img", "aria-label": t("guest.stars", { n: stars }) }, "★".repeat(stars)), comment && h("p", { class: "text" }, comment));

const threadCard = (thread) => h("section", { class: "card part thread", "data-thread": thread.id },
  h("ol", { class: "bubbles" }, thread.rating && rating(thread.rating), thread.messages.map(bubble)),
  !thread.continued_in && replyForm(thread));

/** Shows the threads anew when something was written; a reply that is being typed is kept. */
export const showPart = ({ feedback }) => {
  const threads = feedback?.threads ?? [];
  show($("rate-visit"), Boolean(feedback?.rateable) || $("rate-visit-form").childElementCount > 0);
  if (lastReply() > state.seen) learn({ seen: lastReply() });
  const now = JSON.stringify(threads.map(({ id, state: its, messages, rating: note }) => [id, its, messages.length, note]));
  if (now === shown) return;
  shown = now;
  const typed = new Map([...$("threads").querySelectorAll("textarea")].map(({ id, value }) => [id, value]));
  $("threads").replaceChildren(...threads.map(threadCard));
  $("threads").querySelectorAll("textarea").forEach((field) => { field.value = typed.get(field.id) ?? ""; });
};

const complain = complainer($("letter-wrong"));
const text = $("letter-text");
const count = () => say($("letter-count"), text.value.length > MOST - 200 ? t("guest.left_signs", { n: MOST - text.value.length }) : "");

const submit = async (event) => {
  event.preventDefault();
  const written = text.value.trim();
  if (!written) { complain(t("guest.write_something")); text.focus(); return; }
  complain("");
  const button = event.target.querySelector("[type=submit]");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await post("/feedback/threads", { text: written, contact_me: $("letter-contact").checked }, { key });
    key = newKey();
    event.target.reset();
    count();
    show($("letter-sent"), true);
    $("letter-sent").focus({ preventScroll: true });
    refresh();
  } catch (problem) {
    complain(inWords(problem));
  } finally {
    button.removeAttribute("aria-disabled");
  }
};

$("letter").addEventListener("submit", submit);
text.addEventListener("input", () => { count(); complain(""); key = newKey(); show($("letter-sent"), false); });
$("rate-visit").addEventListener("toggle", () => { if ($("rate-visit").open && !$("rate-visit-form").childElementCount) $("rate-visit-form").append(answerForm("/feedback/ratings")); });
showPart(state);
