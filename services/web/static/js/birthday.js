// A birthday is a day and a month: typed "8.03", sent "03-08".

/** What was typed as the system takes it; null for what is no day of a year. */
export const asBirthday = (typed) => {
  const [, day, month] = /^\s*(\d{1,2})[.\s/-]+(\d{1,2})\s*\.?\s*$/.exec(typed) ?? [];
  if (!day) return null;
  const date = new Date(Date.UTC(2000, month - 1, day));
  return date.getUTCDate() === Number(day) && date.getUTCMonth() === month - 1 ? date.toISOString().slice(5, 10) : null;
};

/** The other way round, for the field. */
export const asTyped = (birthday) => (birthday ? birthday.split("-").reverse().join(".") : "");
