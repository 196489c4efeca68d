// Where the owner is signed in, and ending what is not wanted any more.
import { call, get } from "../api.js";
import { $, h } from "../dom.js";
import { momentInWords, t } from "../words.js";

const DEVICES = [[/iPhone|iPad/, "iPhone"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS/, "Mac"], [/Linux/, "Linux"]];
const device = (agent) => DEVICES.find(([pattern]) => pattern.test(agent))?.[1] ?? t("staff.device");

const end = async ({ id }, failed) => {
  try {
    await call("DELETE", `/sessions/${encodeURIComponent(id)}`, { repeatable: true });
    await showSessions(failed);
  } catch (problem) {
    failed(problem);
  }
};

const row = (session, failed) => h("li", { class: "person" },
  h("h3", {}, device(session.user_agent)),
  session.current ? h("span", { class: "linked" }, t("staff.here")) : h("button", { class: "button", type: "button", onclick: () => end(session, failed) }, t("staff.end")),
  h("p", { class: "facts small" }, t("staff.seen", { when: momentInWords(session.last_seen_at) })));

export const showSessions = async (failed) => {
  const { sessions } = await get("/sessions");
  const sorted = [...sessions].sort((a, b) => b.current - a.current || b.last_seen_at.localeCompare(a.last_seen_at));
  $("sessions").replaceChildren(...sorted.map((session) => row(session, failed)));
};
