// Names behind ids: guests one by one as they are shown, the staff all at once.
import { get } from "../api.js";
import { t } from "../words.js";

const guests = new Map();
let staff = null;

/** A promise of `{name, facts}`; a guest who cannot be looked up is still a guest. */
export const guestOf = (id) => {
  if (!guests.has(id)) {
    const found = get(`/guests/${encodeURIComponent(id)}`).then(
      ({ name, masked_phone: phone }) => ({ name: name || phone || t("feedback.guest"), facts: name ? phone ?? "" : "" }),
      () => ({ name: t("feedback.guest"), facts: "" }));
    guests.set(id, found);
  }
  return guests.get(id);
};

/** A promise of a function from staff id to name. */
export const staffNames = () => {
  staff ??= get("/staff").then((found) => new Map(found.staff.map(({ id, name }) => [id, name])), () => { staff = null; return new Map(); });
  return staff.then((names) => (id) => names.get(id) ?? t("feedback.somebody"));
};
