// Live hints by server-sent events; the page then looks again.
const AGAIN = 2000;

/** Listens at `path` for good. `heard(text)` per event called `name`; `opened()` on every connection but the first; `state(on)` for a lamp. */
export const listen = (path, name, { heard, opened = () => {}, state = () => {} }) => {
  let source = null;
  let lamp = null;
  let first = true;
  const connect = () => {
    source = new EventSource(`/api/v1${path}`);
    source.addEventListener("open", () => { clearTimeout(lamp); state(true); });
    source.addEventListener("ready", () => { if (!first) opened(); first = false; });
    source.addEventListener(name, (event) => heard(event.data));
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
