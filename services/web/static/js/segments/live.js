// Live changes: the server tells that somebody moved; the page then asks for the numbers again.
const AGAIN = 2000;

/** Listens for good. `moved(change)` per change, `opened()` on every (re)connection, `state(on)` for the lamp. */
export const listen = ({ moved, opened, state }) => {
  let source = null;
  let lamp = null;
  const connect = () => {
    source = new EventSource("/api/v1/segments/live");
    source.addEventListener("open", () => { clearTimeout(lamp); state(true); opened(); });
    source.addEventListener("segment-changed", (event) => moved(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      clearTimeout(lamp);
      lamp = setTimeout(() => state(false), AGAIN * 2);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN);
    });
  };
  connect();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
};
