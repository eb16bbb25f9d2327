// Reads one turn's events. EventSource resumes after a drop by itself (Last-Event-ID);
// this adds what it cannot do: tell an expired link from a finished turn or a lost network.

const EVENTS = [
  "delta", "reset", "message.completed", "feedback.ready", "session.updated", "turn.failed", "done",
];
const RETRY_MS = [1000, 2000, 4000, 8000];

export class TurnStream {
  // handlers: event name → function of its data; "lost", "gone" and "expired" say what went wrong.
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.failures = 0;
    this.#open();
  }

  close() {
    this.closed = true;
    this.source?.close();
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
    if (this.closed) return;
    this.failures = 0;
    if (name === "done" || name === "turn.failed") this.close();
    this.handlers[name]?.(data);
  }

  #fail() {
    // While connecting, the browser retries with its place in the stream.
    if (this.closed || this.source.readyState !== EventSource.CLOSED) return;
    this.#askWhy().then((status) => {
      if (this.closed) return;
      if (status === 401) this.#give("expired");
      else if (status === 204) this.#give("gone");
      else this.#retryLater();
    });
  }

  async #askWhy() {
    const control = new AbortController();
    try {
      const response = await fetch(this.url, { signal: control.signal, headers: { Accept: "text/event-stream" } });
      control.abort();
      return response.status;
    } catch {
      return 0;
    }
  }

  #give(name) {
    this.close();
    this.handlers[name]?.();
  }

  #retryLater() {
    const delay = RETRY_MS[this.failures];
    this.failures += 1;
    if (delay === undefined) return this.#give("lost");
    this.retry = setTimeout(() => {
      // A new source reads from the beginning, so what was drafted is dropped first.
      this.handlers.reset?.({});
      this.#open();
    }, delay);
  }
}
