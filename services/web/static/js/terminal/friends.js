// Bringing friends: the guest's own code and QR, and, for a newcomer, who brought him.
import { $, say, show } from "../dom.js";
import { refresh, set, state, tieToFriend } from "./desk.js";
import { shopOf } from "../page.js";
import { t } from "../words.js";

let shown = null;

/** Whether the program rewards who brings a friend. */
export const rewardsFriends = ({ program }) => Boolean(program && program.mode !== "stamps" && (program.points.referral_friend || program.points.referral_referrer));

const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1 ");

/** The picture is asked for only when somebody wants to see it. */
const draw = () => {
  const { referral_code: code } = state.account;
  if ($("friends").open && code) $("friends-qr").src = `/r/${shopOf()}/${code}.svg`;
};

export const showFriends = (current) => {
  const { account, guest } = current;
  const on = rewardsFriends(current) && Boolean(account.referral_code);
  show($("friends"), on);
  if (!on) return;
  if (shown !== guest.id) { shown = guest.id; $("friends").open = false; $("friend-code").value = ""; show($("friend-wrong"), false); }
  say($("friends-code"), grouped(account.referral_code));
  const newcomer = account.purchases === 0 && !account.referred;
  show($("friend-form"), newcomer);
  show($("friends-own"), account.purchases > 0);
  say($("friends-title"), t(newcomer ? "friends.who_brought" : account.purchases > 0 ? "friends.bring" : "friends.brought"));
};

const submit = async (event) => {
  event.preventDefault();
  const { guest } = state;
  const code = $("friend-code").value.trim();
  if (!code) { $("friend-code").focus(); return; }
  const problem = await tieToFriend(guest.id, code);
  if (state.guest?.id !== guest.id) return;
  say($("friend-wrong"), problem?.sentence ?? "");
  show($("friend-wrong"), Boolean(problem));
  if (problem) { $("friend-code").select(); return; }
  set({ notice: { kind: "said", good: true, sentence: t("friends.tied") } });
  refresh(guest.id);
};

/** Makes the code's field work. */
export const wireFriends = () => {
  $("friends").addEventListener("toggle", draw);
  $("friend-form").addEventListener("submit", submit);
};
