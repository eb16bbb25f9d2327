// Keeps what is being typed on this device until the server has it.

const PREFIX = "draft:";
const PAUSE_MS = 2000;

export class Draft {
  constructor({ field, session, report }) {
    this.field = field;
    this.session = session;
    this.report = report;
    field.addEventListener("input", () => this.#schedule());
    field.addEventListener("blur", () => this.keep());
    // Fires when a phone discards the page, where "unload" would not.
    document.addEventListener("visibilitychange", () => this.keep());
  }

  get #key() {
    return PREFIX + this.session;
  }

  restore() {
    const kept = read(this.#key);
    if (!kept || this.field.value) return;
    this.field.value = kept;
    this.report("Draft restored");
  }

  // Returns whether the text is safe on this device.
  keep() {
    clearTimeout(this.timer);
    if (this.field.readOnly) return false;
    if (!this.field.value) { this.forget(); return true; }
    if (this.field.value === read(this.#key)) return true;
    const isKept = write(this.#key, this.field.value);
    if (isKept) this.report("Kept on this device");
    return isKept;
  }

  forget() {
    clearTimeout(this.timer);
    remove(this.#key);
  }

  #schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE_MS);
  }
}

export function forgetAllDrafts() {
  for (const key of keys()) if (key.startsWith(PREFIX)) remove(key);
}

// Storage can be switched off or full; typing goes on without it.
function attempt(action, otherwise) {
  try { return action(); } catch { return otherwise; }
}
const keys = () => attempt(() => Object.keys(localStorage), []);
const read = (key) => attempt(() => localStorage.getItem(key), null);
const remove = (key) => attempt(() => localStorage.removeItem(key), undefined);
const write = (key, text) => attempt(() => { localStorage.setItem(key, text); return true; }, false);
