// The sign-in page: after success it goes on to where one wanted to go.
import { $ } from "./dom.js";
import { signInForm } from "./session.js";

const form = $("sign-in");
signInForm(form, () => location.assign(form.dataset.next));
form.elements.login.focus();
