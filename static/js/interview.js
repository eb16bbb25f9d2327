// The interview room: sends answers, shows the reply as it is written, keeps the draft.
import { describe, lengthOf } from "./counter.js";
import { ask, opensDialog } from "./dialogs.js";
import { Draft } from "./draft.js";
import { TurnStream } from "./event_stream.js";
import { showLocalTimes } from "./local_time.js";
import { postAnswer } from "./post_answer.js";
import { Timer } from "./timer.js";
import { Transcript } from "./transcript.js";

const SLOW_MS = 8000;
const VERY_SLOW_MS = 30000;
const find = (selector) => document.querySelector(selector);
const reload = () => location.assign(location.pathname);

class Room {
  constructor(main) {
    this.main = main;
    this.form = find("#composer");
    this.transcript = new Transcript({
      log: find("#transcript"), list: find("[data-messages]"), jump: find("[data-jump]"),
    });
    this.transcript.scrollToEnd();
    if (this.form) this.#startComposer();
    this.#startTimer();
    if (main.dataset.stream) this.#listen(main.dataset.stream);
  }

  #startComposer() {
    this.field = this.form.elements.text;
    this.sendButton = this.form.querySelector("[value=answer]");
    this.draft = new Draft({
      field: this.field, session: this.main.dataset.session,
      questionNo: this.form.elements.question_no.value, report: (text) => this.#showDraftState(text),
    });
    this.draft.restore();
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("input", () => this.#showLength());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.form.requestSubmit(this.sendButton);
    });
    showShortcut(find("[data-shortcut]"));
  }

  #startTimer() {
    const { secondsLeft, minutes } = this.main.dataset;
    const element = find("[data-timer]");
    if (!element || secondsLeft === undefined) return;
    this.timer = new Timer({
      element, minutes: Number(minutes),
      announce: (text) => this.#announce(text), onGraceOver: () => this.#closeByTimer(),
    });
    // Time that ran out before the page was opened is the server's to settle.
    if (Number(secondsLeft) > 0) this.timer.sync(Number(secondsLeft));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy) return;
    const intent = event.submitter?.value ?? "answer";
    const confirmed = intent !== "skip" || (await ask(find("#skip-dialog")));
    if (confirmed) await this.#send(intent);
    this.field.focus();
  }

  async #send(intent, more = {}) {
    const body = new FormData(this.form);
    body.set("intent", intent);
    if (intent === "skip") body.set("confirmed", "1");
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    this.draft.keep();
    this.#setBusy(true);
    // Frozen until the server has it: a retry must carry the same words.
    this.field.readOnly = true;
    this.#showDraftState("Sending");
    const { status, reply } = await postAnswer({
      url: this.form.action, body, onWait: (online) => this.#showWaiting(online),
    });
    this.field.readOnly = false;
    if (status === 200) this.#accept(reply, intent);
    else this.#refuse(status, reply);
  }

  #accept(reply, intent) {
    this.#notify(null);
    this.field.removeAttribute("aria-invalid");
    if (intent === "answer" || intent === "skip") {
      this.field.value = "";
      this.draft.forget();
    }
    this.#showDraftState(intent === "answer" ? "Saved" : "");
    if (intent === "answer") this.#announce("Answer saved");
    if (reply.message_html) this.transcript.add(reply.message_html);
    if (reply.client_message_id) this.form.elements.client_message_id.value = reply.client_message_id;
    this.transcript.scrollToEnd();
    if (reply.stream) this.#listen(reply.stream);
    else reload();
  }

  #refuse(status, reply) {
    this.#setBusy(false);
    this.draft.keep();
    this.#showDraftState("Kept on this device");
    if (status === 409) {
      this.#notify("warning", `${reply.message} Your draft is kept.`, { label: "Show it", url: reply.next });
    } else if (status === 400 && reply.message) {
      this.field.setAttribute("aria-invalid", "true");
      this.#notify("error", reply.message);
    } else if (reply.message) {
      this.#notify("error", reply.message, reply.next && { label: "Go on", url: reply.next });
    } else {
      this.#notify("error", "Your answer is kept on this device. It could not be sent.",
        { label: "Reload and try again", url: location.pathname });
    }
  }

  #listen(url) {
    this.#setBusy(true);
    find("[data-pending]")?.remove();
    this.transcript.startDraft();
    this.#announce("Interviewer is writing");
    this.#watchForSilence();
    this.stream?.close();
    this.stream = new TurnStream(url, {
      delta: ({ text }) => { this.#stopWatching(); this.transcript.write(text); },
      reset: () => this.transcript.startDraft(),
      "message.completed": ({ html }) => { this.#stopWatching(); this.transcript.complete(html); },
      "feedback.ready": ({ html }) => this.#showFeedback(html),
      "session.updated": (changes) => this.#update(changes),
      "turn.failed": ({ message }) => this.#fail(message),
      done: () => this.#endTurn(),
      gone: reload,
      expired: reload,
      lost: () => this.#fail("Your answers are saved. The connection was lost before the reply was complete."),
    });
  }

  #endTurn() {
    this.#stopWatching();
    this.transcript.resetDraft();
    this.#setBusy(false);
  }

  #fail(message) {
    this.#endTurn();
    this.#notify("error", message, { label: "Retry", submit: find("#retry-form") });
  }

  #update({ state, progress_label, topic, question_no, client_message_id, seconds_left, report_url }) {
    if (progress_label !== undefined) find("[data-progress]").textContent = progress_label;
    if (topic !== undefined) find("[data-topic]").textContent = topic;
    if (state === "finished" || state === "abandoned") return this.#finish(report_url);
    this.timer?.sync(seconds_left);
    if (!this.form) return;
    if (client_message_id) this.form.elements.client_message_id.value = client_message_id;
    if (question_no) {
      this.form.elements.question_no.value = question_no;
      this.draft.moveTo(String(question_no));
    }
  }

  #finish(reportUrl) {
    this.timer?.stop();
    this.draft?.forget();
    for (const element of document.querySelectorAll(".room-actions > :is(form, .timer)")) element.remove();
    const panel = find("#finished-panel").content.cloneNode(true);
    if (reportUrl) panel.querySelector("a").href = reportUrl;
    this.form?.replaceWith(panel);
    this.form = null;
    this.#notify(null);
    find("#finished-heading").focus();
  }

  #showFeedback(html) {
    const aside = find("#feedback");
    if (!aside) return;
    const wasOpen = aside.querySelector("details")?.open;
    aside.innerHTML = html;
    aside.scrollTop = 0;
    aside.querySelector("details").open = wasOpen;
    this.#announce("Feedback ready");
  }

  #closeByTimer() {
    if (this.busy || !this.form) return;
    if (this.field.value.trim()) this.#send("answer", { truncated: "1" });
    else this.#notify("warning", "The time is up. Your answers are saved.",
      { label: "See report", submit: find("#end-dialog form") });
  }

  #watchForSilence() {
    this.#stopWatching();
    this.waits = [
      setTimeout(() => this.#announce("Still thinking. Your answer is saved.", true), SLOW_MS),
      setTimeout(() => this.#announce("Still thinking. You can close this page; the reply will be here.", true), VERY_SLOW_MS),
    ];
  }

  #stopWatching() {
    this.waits?.forEach(clearTimeout);
  }

  #setBusy(busy) {
    this.busy = busy;
    // Not "disabled": the button that was pressed would lose the focus.
    for (const button of this.form?.querySelectorAll("button") ?? []) button.setAttribute("aria-disabled", String(busy));
  }

  #showWaiting(online) {
    this.#showDraftState("Kept on this device");
    this.#notify("warning", online
      ? "Your answer is kept on this device. The server does not answer; it is sent again by itself."
      : "You are offline. Your draft is kept on this device and is sent when you are back.");
  }

  #showLength() {
    const limit = Number(this.field.dataset.maxLength);
    const length = lengthOf(this.field.value);
    this.#showDraftState(limit ? describe(length, limit) : "");
    find("[data-draft-state]").toggleAttribute("data-over", length > limit);
  }

  #showDraftState(text) {
    find("[data-draft-state]").textContent = text;
  }

  #announce(text, visibly = false) {
    find("[data-status]").textContent = text;
    if (visibly) this.transcript.sayOnDraft(text);
  }

  #notify(kind, text, action) {
    const place = find("[data-notices]");
    place.replaceChildren();
    if (!kind) return;
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.dataset.kind = kind;
    notice.setAttribute("role", kind === "error" ? "alert" : "status");
    notice.textContent = `${text} `;
    if (action) notice.append(actionElement(action));
    place.append(notice);
  }
}

function actionElement({ label, url, submit }) {
  const element = document.createElement(url ? "a" : "button");
  element.textContent = label;
  if (url) element.href = url;
  else {
    element.className = "button button-small";
    element.addEventListener("click", () => submit.requestSubmit());
  }
  return element;
}

function showShortcut(hint) {
  // Touch screens have no Ctrl key to press.
  if (!matchMedia("(hover: hover)").matches) return;
  if (/Mac/.test(navigator.platform)) hint.querySelector("kbd").textContent = "⌘";
  hint.hidden = false;
}

showLocalTimes(document);
for (const form of document.querySelectorAll("[data-opens]")) opensDialog(form);
// In one column the feedback starts folded, under the answer.
const feedback = find("[data-feedback]");
if (feedback && !matchMedia("(width >= 64rem)").matches) feedback.open = false;
new Room(find("#room"));
