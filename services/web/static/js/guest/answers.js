// Answers that go to the owner: stars for a visit with a word about it, and the score of a survey.
import { post, put } from "../api.js";
import { h, icon, say, show } from "../dom.js";
import { t } from "../words.js";
import { inWords, learn, refresh } from "./state.js";

const STARS = [1, 2, 3, 4, 5];
let forms = 0;

const send = (path, body) => post(path, body, { repeatable: true });

/** Five stars, one tap each; after it a comment, if one likes. `path` takes `{stars, comment}`. */
export const answerForm = (path, chosen = 0) => {
  const name = `comment-${(forms += 1)}`;
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const done = h("p", { class: "good", role: "status" });
  const comment = h("textarea", { id: name, rows: 3, maxlength: 2000 });
  const words = h("form", { class: "field", hidden: true, novalidate: true }, h("label", { for: name }, t("guest.comment")), comment, h("button", { class: "button", type: "submit" }, t("guest.send")));
  let stars = chosen;
  let address = path; // once there is a rating, it is that one that is changed

  const give = async (value, text) => {
    show(wrong, false);
    try {
      const given = await send(address, { stars: value, ...(text && { comment: text }) });
      if (given?.id) address = `/feedback/ratings/${encodeURIComponent(given.id)}`;
      stars = value;
      row.querySelectorAll("button").forEach((button, place) => { button.setAttribute("aria-pressed", String(place + 1 === stars)); button.classList.toggle("on", place < stars); });
      say(done, t(text ? "guest.comment_sent" : "guest.rated"));
      show(words, !text);
      if (text) refresh();
    } catch (problem) {
      say(wrong, inWords(problem));
      show(wrong, true);
    }
  };
  const star = (value) => h("button", { type: "button", class: `star ${value <= stars ? "on" : ""}`, "aria-pressed": String(value === stars), "aria-label": t("guest.stars", { n: value }), onclick: () => give(value, "") }, icon("star"));
  const row = h("div", { class: "stars", role: "group", "aria-label": t("guest.rate_title") }, STARS.map(star));
  words.addEventListener("submit", (event) => { event.preventDefault(); if (comment.value.trim()) give(stars, comment.value.trim()); else comment.focus(); });
  if (stars) { say(done, t("guest.rated")); show(words, true); }
  return h("div", { class: "answer" }, row, done, wrong, words);
};

/** What a button of a message does: null when this page does not know it. */
export const actionOf = (action) => {
  const [kind, id, value] = action.split(":");
  if (kind === "rate") return { kind, path: `/feedback/ratings/${encodeURIComponent(id)}`, body: { stars: Number(value) } };
  if (kind === "nps") return { kind, path: `/feedback/surveys/${encodeURIComponent(id)}/answers`, body: { score: Number(value) } };
  if (kind === "unsub") return { kind };
  return null;
};

/** One tap ends the offers, another brings them back; resolves to what says so. */
const hear = async (granted) => {
  learn({ guest: await put("/guests/me/consents/advertising", { granted }, { repeatable: true }) });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const change = () => hear(!granted).then((next) => place.replaceWith(next), (problem) => { say(wrong, inWords(problem)); show(wrong, true); });
  const place = h("div", { class: "answer" },
    h("p", { class: "good", role: "status" }, t(granted ? "guest.hearing" : "guest.unsubscribed")),
    h("button", { class: "button", type: "button", onclick: change }, t(granted ? "guest.unsubscribe" : "guest.hear_again")), wrong);
  return place;
};

/** Sends a button's answer; resolves to what takes the buttons' place. */
export const answer = async ({ kind, path, body }) => {
  if (kind === "unsub") return hear(false);
  await send(path, body);
  return h("p", { class: "good", role: "status" }, t("guest.scored"));
};
