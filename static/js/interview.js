// The interview room: sends answers, shows the reply as it is written, keeps the draft.
import { describe, lengthOf } from "./counter.js";
import { ask, opensDialog } from "./dialogs.js";
import { Draft } from "./draft.js";
import { TurnStream } from "./event_stream.js";
import { KeptState } from "./kept_state.js";
import { showLocalTimes } from "./local_time.js";
import { PassingNote, notify } from "./notices.js";
import { postAnswer } from "./post_answer.js";
import { Timer } from "./timer.js";
import { Transcript } from "./transcript.js";

const SLOW_MS = 8000;
const VERY_SLOW_MS = 30000;
const CROWDED_MS = 5000;
const BROKEN = "Your answers are saved. The connection broke before the reply was complete.";
const find = (selector) => document.querySelector(selector);
// A page may be the answer to a form and have that form's address.
const reload = () => location.assign(find("#room").dataset.url);

class Room {
  constructor(main) {
    this.session = main.dataset.session;
    // After the end it is the coach who answers.
    this.isOver = ["finished", "abandoned"].includes(main.dataset.state);
    this.notices = find("[data-notices]");
    this.transcript = new Transcript({
      log: find("#transcript"), list: find("[data-messages]"), jump: find("[data-jump]"),
    });
    this.transcript.scrollToEnd();
    this.#startComposer(find("[data-composer]"));
    this.#startTimer(find("[data-timer]"), main.dataset);
    this.kept = new KeptState(main.dataset.kept);
    document.addEventListener("visibilitychange", () => this.#lookForNews());
    // A page just loaded is as new as it gets: loading it again would go on for ever.
    if (main.dataset.stream) this.#listen(main.dataset.stream, { onStale: () => this.#fail(BROKEN) });
  }

  get #writing() {
    return `${this.isOver ? "Coach" : "Interviewer"} is writing`;
  }

  #startComposer(form) {
    if (!form) return;
    this.form = form;
    this.field = form.elements.text;
    this.draft = new Draft({
      field: this.field, session: this.isOver ? `${this.session}:coach` : this.session,
      report: (text) => this.#showDraftState(text),
    });
    this.draft.restore();
    form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("input", () => this.#showLength());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("[type=submit]"));
    });
    showShortcut(form.querySelector("[data-shortcut]"));
  }

  // Another tab or device may have gone on with this interview while nobody looked here.
  async #lookForNews() {
    if (document.hidden || this.busy) return;
    const state = await this.kept.read();
    if (!state || this.busy || state.message_count <= this.transcript.lastNumber) return;
    notify(this.notices, "warning", "This interview went on in another place.",
      { label: "Show it", url: find("#room").dataset.url });
  }

  #startTimer(element, { secondsLeft, minutes }) {
    // Time that ran out before the page was opened is the server's to settle.
    if (!element || !(Number(secondsLeft) > 0)) return;
    this.timer = new Timer({
      element, note: new PassingNote(find("[data-clock-note]")), minutes: Number(minutes),
      announce: (text) => this.#announce(text), onGraceOver: () => this.#closeByTimer(),
    });
    this.timer.sync(Number(secondsLeft));
  }

  async #submit(event) {
    if (event.submitter?.hasAttribute("data-leaves")) return this.#leave();
    event.preventDefault();
    if (this.busy) return;
    const { name, value } = event.submitter ?? {};
    if (value !== "skip") await this.#send(name ? { [name]: value } : {});
    else if (await ask(find("#skip-dialog"))) await this.#send({ intent: value, confirmed: "1" });
    this.field.focus();
  }

  // What is typed waits on this device, or else travels with the form.
  #leave() {
    if (this.draft.keep()) this.form.addEventListener("formdata", ({ formData }) => formData.delete("text"), { once: true });
  }

  async #send(values) {
    if (this.busy) return; // the timer may have sent while a dialog was open
    this.draft.keep();
    const body = new FormData(this.form);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    this.#setBusy(true);
    // Frozen until the server has it: a retry must carry the same words.
    this.field.readOnly = true;
    this.#showDraftState("Sending");
    const { status, reply } = await postAnswer({
      url: this.form.action, body, onWait: (online) => this.#showWaiting(online),
    });
    this.field.readOnly = false;
    if (status === 200) this.#accept(reply, values.quick ? "quick" : body.get("intent"));
    else this.#refuse(status, reply);
  }

  #accept(reply, intent) {
    this.notices.replaceChildren();
    this.field.removeAttribute("aria-invalid");
    if (["answer", "skip", "ask"].includes(intent)) {
      this.field.value = "";
      this.draft.forget();
    }
    this.#showDraftState(intent === "answer" ? "Saved" : "");
    this.transcript.add(reply.message_html);
    this.transcript.scrollToEnd();
    this.form.elements.client_message_id.value = reply.client_message_id;
    this.#listen(reply.stream, { said: intent === "answer" ? `Answer saved. ${this.#writing}` : this.#writing });
  }

  #refuse(status, reply) {
    this.#setBusy(false);
    this.draft.keep();
    this.#showDraftState("Kept on this device");
    if (status === 400) this.field.setAttribute("aria-invalid", "true");
    const kind = status === 409 || status === 429 ? "warning" : "error";
    // What was wrong, or too much, is said in full: there is no other page to go to.
    if ((status === 400 || status === 429) && reply.message) notify(this.notices, kind, reply.message);
    else if (reply.message) {
      notify(this.notices, kind, `${reply.message} Your text is kept on this device.`,
        { label: status === 409 ? "Show it" : "Go on", url: reply.next });
    } else {
      notify(this.notices, kind, "Your text is kept on this device. It could not be sent.",
        { label: "Reload and try again", url: find("#room").dataset.url });
    }
  }

  #listen(url, { said = this.#writing, onStale = reload }) {
    this.#setBusy(true);
    find("[data-pending]")?.remove();
    this.transcript.startDraft(this.#writing);
    this.#announce(said);
    this.#watchForSilence();
    new TurnStream(url, {
      delta: ({ text }) => { this.#stopWatching(); this.transcript.write(text); },
      reset: () => this.transcript.startDraft(this.#writing),
      "message.completed": ({ html }) => { this.#stopWatching(); this.transcript.complete(html); },
      "feedback.ready": ({ html }) => this.#showFeedback(html),
      "session.updated": (changes) => this.#update(changes),
      "turn.failed": ({ message }) => this.#fail(message),
      done: () => this.#endTurn(),
      stale: onStale,
      crowded: () => this.#reloadSoon(),
      lost: () => this.#fail(BROKEN),
    });
  }

  #reloadSoon() {
    notify(this.notices, "warning", "Your other tabs show this reply as it is written; here it appears when it is complete.");
    setTimeout(() => { this.draft?.keep(); reload(); }, CROWDED_MS);
  }

  #endTurn() {
    this.#stopWatching();
    this.#announce("");
    this.transcript.resetDraft();
    this.#setBusy(false);
  }

  #fail(message) {
    this.#endTurn();
    notify(this.notices, "error", message, { label: "Retry", form: find("#retry-form") });
  }

  #update({ state, progress_label, topic, question_no, seconds_left, report_url }) {
    if (this.isOver) return; // the talk with the coach changes nothing
    find("[data-progress]").textContent = progress_label;
    find("[data-topic]").textContent = topic;
    if (state === "finished" || state === "abandoned") return this.#finish(report_url);
    this.timer?.sync(seconds_left);
    if (!this.form) return reload(); // paused in another tab
    this.form.elements.question_no.value = question_no;
  }

  #finish(reportUrl) {
    if (!this.form) return reload();
    this.timer?.stop();
    this.draft.forget();
    for (const element of document.querySelectorAll(".room-actions > :is(button, details, .timer), #feedback")) element.remove();
    document.body.classList.remove("has-feedback");
    this.#showEnded();
    const panel = find("#finished-panel").content.cloneNode(true);
    panel.querySelector("a").href = reportUrl;
    this.notices.replaceChildren();
    this.isOver = true;
    this.#handOver(this.form, panel.querySelector("[data-composer]"));
    find("#finished-heading").focus();
  }

  // As the page says it when it is loaded after the end.
  #showEnded() {
    document.title = document.title.replace(/^.*? – /, "Talk with the coach – ");
    find("[data-progress]").textContent = "Talk with the coach";
    find("[data-topic]").textContent = "";
    find("[data-list]").hidden = false;
  }

  // The coach's form takes the place of the answer's, with its next message id.
  #handOver(answers, questions) {
    for (const name of ["client_message_id", "question_no"]) questions.elements[name].value = answers.elements[name].value;
    answers.replaceWith(questions.getRootNode());
    this.#startComposer(questions);
    this.#setBusy(this.busy);
  }

  #showFeedback(html) {
    const aside = find("#feedback");
    if (!aside) return; // switched on in another tab
    const wasOpen = aside.querySelector("details").open;
    aside.innerHTML = html;
    aside.querySelector("details").open = wasOpen;
    aside.scrollTop = 0;
    this.#announce("Feedback ready");
  }

  #closeByTimer() {
    if (this.busy) return;
    if (this.field.value.trim()) this.#send({ intent: "answer", truncated: "1" });
    else notify(this.notices, "warning", "The time is up. Your answers are saved.",
      { label: "See report", form: find("#end-dialog form") });
  }

  #watchForSilence() {
    const say = (text) => { this.#announce(text); this.transcript.sayOnDraft(text); };
    this.waits = [
      setTimeout(say, SLOW_MS, "Still thinking. Your answer is saved."),
      setTimeout(say, VERY_SLOW_MS, "Still thinking. You can close this page; the reply will be here."),
    ];
  }

  #stopWatching() {
    this.waits?.forEach(clearTimeout);
  }

  #setBusy(busy) {
    this.busy = busy;
    // Not "disabled": the button that was pressed would lose the focus.
    for (const button of this.form?.querySelectorAll("button") ?? []) button.setAttribute("aria-disabled", busy);
  }

  #showWaiting(online) {
    this.#showDraftState("Kept on this device");
    notify(this.notices, "warning", online
      ? "Your text is kept on this device. The server does not answer; it is sent again by itself."
      : "You are offline. Your draft is kept on this device and is sent when you are back.");
  }

  #showLength() {
    const limit = Number(this.field.dataset.maxLength);
    const length = lengthOf(this.field.value);
    this.#showDraftState(describe(length, limit), length > limit);
  }

  #showDraftState(text, over = false) {
    const state = find("[data-draft-state]");
    state.textContent = text;
    state.toggleAttribute("data-over", over);
  }

  #announce(text) {
    find("[data-status]").textContent = text;
  }
}

function showShortcut(hint) {
  // Touch screens have no Ctrl key to press.
  hint.hidden = !matchMedia("(hover: hover)").matches;
  if (/Mac/.test(navigator.platform)) hint.querySelector("kbd").textContent = "⌘";
}

showLocalTimes(document);
for (const form of document.querySelectorAll("[data-opens]")) opensDialog(form);
// In one column the feedback starts folded, under the answer, unless one came for it.
const feedback = find("[data-feedback]");
if (feedback && location.hash !== "#feedback" && !matchMedia("(width >= 64rem)").matches) feedback.open = false;
new Room(find("#room"));
