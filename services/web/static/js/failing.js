// The page's one notice of what did not work, with a button that tries again.
import { Problem } from "./api.js";
import { $, say, show } from "./dom.js";

/** Shows a problem of the API; anything else is a fault of ours and goes on. */
export const failed = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  say($("failed-text"), problem.sentence);
  show($("failed"), true);
};
export const recovered = () => show($("failed"), false);
/** Runs `work`; the notice shows whether it came off. Resolves to what it made, undefined after a problem. */
export const trying = async (work) => {
  try {
    const made = await work();
    recovered();
    return made;
  } catch (problem) {
    return failed(problem);
  }
};
export const onRetry = (again) => $("failed-retry").addEventListener("click", again);
