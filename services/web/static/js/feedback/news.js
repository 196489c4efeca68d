// Live hints: the server tells what kind of news there is; the page then looks again.
const AGAIN = 2000;

/** Listens for good. `heard(kind)` per hint, `opened()` on every connection that was opened anew. */
export const listen = ({ heard, opened }) => {
  let source = null;
  let first = true;
  const connect = () => {
    source = new EventSource("/api/v1/feedback/live");
    source.addEventListener("ready", () => { if (!first) opened(); first = false; });
    source.addEventListener("news", (event) => heard(JSON.parse(event.data).kind));
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN); });
  };
  connect();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
};
