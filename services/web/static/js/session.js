// Signing in: on its own page, and in a dialog when a session ends in the middle of work.
import { call } from "./api.js";
import { show, say } from "./dom.js";
import { t } from "./words.js";

/** Makes a form with login and password sign in; `done(session)` is called after success. */
export const signInForm = (form, done) => {
  const wrong = form.querySelector("[data-wrong]");
  const button = form.querySelector("[type=submit]");
  const complain = (text) => { say(wrong, text); show(wrong, Boolean(text)); };
  button.disabled = false; // until now nothing could take what is typed
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { login, password } = form.elements;
    if (button.disabled) return;
    if (!login.value.trim() || !password.value) {
      complain(t("sign_in.empty"));
      (login.value.trim() ? password : login).focus();
      return;
    }
    complain("");
    button.disabled = true;
    say(button, t("sign_in.busy"));
    try {
      const body = { login: login.value.trim(), password: password.value };
      const session = await call("POST", "/sessions", { body, signIn: false });
      password.value = "";
      done(session);
    } catch (problem) {
      complain(problem.sentence);
      password.select();
    } finally {
      button.disabled = false;
      say(button, t("sign_in.submit"));
    }
  });
};

/** Returns `ended()`: shows the dialog (once, however many requests found the session ended) and resolves after sign-in. */
export const signInAgain = (dialog, current) => {
  let waiting = null;
  let settle = null;
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  signInForm(dialog.querySelector("form"), (session) => {
    const before = current();
    if (before && (before.shop.slug !== session.shop.slug || before.staff.role !== session.staff.role)) {
      location.assign("/");
      return;
    }
    dialog.close();
    waiting = null;
    settle(session);
  });
  return () => {
    waiting ??= new Promise((resolve) => {
      settle = resolve;
      const form = dialog.querySelector("form");
      const login = current()?.staff.login;
      if (login) form.elements.login.value = login;
      dialog.showModal();
      if (login) form.elements.password.focus();
    });
    return waiting;
  };
};
