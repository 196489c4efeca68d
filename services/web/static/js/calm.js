// Work that many hints ask for at once, done no more often than it makes sense.
const REST = 250;

/** Runs `work` at once and then at most every REST milliseconds; never two at a time; a call meanwhile means once more. */
export const calmly = (work) => {
  let running = false;
  let wanted = false;
  const run = async () => {
    if (running) { wanted = true; return; }
    running = true;
    do {
      wanted = false;
      await work();
      await new Promise((resolve) => setTimeout(resolve, REST));
    } while (wanted);
    running = false;
  };
  return run;
};
