// Reads one turn's events. EventSource resumes after a drop by itself (Last-Event-ID);
// this adds what it cannot do: tell an expired link from a finished turn or a lost network.

const EVENTS = ["delta", "reset", "message.completed", "feedback.ready", "session.updated", "turn.failed", "done", "crowded"];
const LAST = ["done", "turn.failed", "crowded"];
const RETRY_MS = [1000, 2000, 4000, 8000];

export class TurnStream {
  // handlers: event name → function of its data; "stale", "crowded" and "lost" say what went wrong.
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.failures = 0;
    this.#open();
  }

  close() {
    this.closed = true;
    this.source.close();
    clearTimeout(this.retry);
  }

  #open() {
    this.source = new EventSource(this.url);
    for (const name of EVENTS) {
      this.source.addEventListener(name, (event) => this.#receive(name, JSON.parse(event.data)));
    }
    this.source.addEventListener("error", () => this.#fail());
  }

  #receive(name, data) {
    this.failures = 0;
    if (LAST.includes(name)) this.close();
    this.handlers[name](data);
  }

  async #fail() {
    // While it is connecting, the browser retries with its place in the stream.
    if (this.closed || this.source.readyState !== EventSource.CLOSED) return;
    const status = await statusOf(this.url);
    if (this.closed) return;
    // 429: this person's other tabs read already. The page will show what they hear.
    // (A newer tab of this same turn is told as an event.)
    if (status === 429) return this.#give("crowded");
    // 401: the link has expired; 204: nothing more will come. Both: show the page anew.
    if (status === 401 || status === 204) return this.#give("stale");
    const delay = RETRY_MS[this.failures++];
    if (delay === undefined) return this.#give("lost");
    this.retry = setTimeout(() => {
      // A new source reads from the beginning, so what was drafted is dropped first.
      this.handlers.reset();
      this.#open();
    }, delay);
  }

  #give(name) {
    this.close();
    this.handlers[name]();
  }
}

async function statusOf(url) {
  const control = new AbortController();
  try {
    const { status } = await fetch(url, { signal: control.signal });
    control.abort();
    return status;
  } catch {
    return 0;
  }
}
