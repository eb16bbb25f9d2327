// The answer lab: judges the changed answer after each pause in typing.

const PAUSE_MS = 600;
const DEADLINE_MS = 10000;
const UNREACHABLE = "Your text is kept here. It could not be judged now; go on typing, or press the button.";

class Lab {
  constructor(form) {
    this.form = form;
    this.field = form.elements.text;
    this.judged = this.field.value;
    this.result = document.querySelector("[data-lab-result]");
    this.status = form.querySelector("[data-lab-status]");
    this.field.addEventListener("input", () => this.#schedule());
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name) return; // asks for something else: the server shows it
      event.preventDefault();
      this.#judge();
    });
  }

  #schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.field.value !== this.judged) this.#judge(); }, PAUSE_MS);
  }

  async #judge() {
    clearTimeout(this.timer);
    this.running?.abort();
    const running = this.running = new AbortController();
    const text = this.field.value;
    try {
      const response = await fetch(this.form.action, {
        method: "POST", body: new FormData(this.form), headers: { Accept: "application/json" },
        signal: AbortSignal.any([running.signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
      const reply = await response.json();
      if (running.signal.aborted) return;
      if (response.ok) this.#show(text, reply);
      else this.status.textContent = reply.message ?? UNREACHABLE;
    } catch {
      if (!running.signal.aborted) this.status.textContent = UNREACHABLE;
    }
  }

  #show(text, { html, said }) {
    this.judged = text;
    this.result.innerHTML = html;
    this.status.textContent = said;
  }
}

new Lab(document.querySelector("[data-lab]"));
