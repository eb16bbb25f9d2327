// The transcript: adds messages, shows one being written, and keeps the reader's place.
import { showLocalTimes } from "./local_time.js";

const FOLLOW_WITHIN_PX = 100;
const SENTENCE_END = /[.!?…]["”’)]*\s/g;

export class Transcript {
  constructor({ log, list, jump }) {
    this.log = log;
    this.list = list;
    this.jump = jump;
    this.bySentence = matchMedia("(prefers-reduced-motion: reduce)").matches;
    jump.addEventListener("click", () => this.scrollToEnd());
    log.addEventListener("scroll", () => { if (this.#isAtEnd()) jump.hidden = true; }, { passive: true });
    // The answer box grows while typing; the end must not slide under it.
    let height = log.clientHeight;
    new ResizeObserver(() => {
      if (this.#isAtEnd(Math.abs(height - log.clientHeight))) this.scrollToEnd();
      height = log.clientHeight;
    }).observe(log);
  }

  // A message can arrive twice, after a reconnect or a resend: it is shown once.
  add(html) {
    const article = parse(html);
    if (!article || document.getElementById(article.id)) return;
    this.#change(() => {
      document.getElementById("latest")?.remove();
      const item = document.createElement("li");
      item.append(article);
      this.draft ? this.draft.before(item) : this.list.append(item);
      showLocalTimes(item);
    });
  }

  // The number of the last message that is shown.
  get lastNumber() {
    const ids = [...this.list.querySelectorAll("article[id]")].map(({ id }) => id.match(/\d+$/));
    return Math.max(0, ...ids.map(Number));
  }

  startDraft(writing = "Interviewer is writing") {
    this.resetDraft();
    this.#change(() => {
      this.draft = document.createElement("li");
      // Hidden from screen readers: the finished message is read once, as a whole.
      this.draft.setAttribute("aria-hidden", "true");
      this.draft.innerHTML =
        '<article class="message" data-draft><h3></h3><div class="message-text"></div></article>';
      this.sayOnDraft(writing);
      this.list.append(this.draft);
    });
  }

  sayOnDraft(text) {
    if (this.draft) this.draft.querySelector("h3").textContent = text;
  }

  write(text) {
    if (!this.draft) this.startDraft();
    this.text += text;
    const shown = this.bySentence ? wholeSentences(this.text) : this.text;
    this.#change(() => { this.draft.querySelector(".message-text").textContent = shown; });
  }

  resetDraft() {
    this.draft?.remove();
    this.draft = null;
    this.text = "";
  }

  complete(html) {
    this.#change(() => {
      this.resetDraft();
      this.add(html);
    });
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.jump.hidden = true;
  }

  #change(change) {
    const follow = this.#isAtEnd();
    change();
    if (follow) this.scrollToEnd();
    else this.jump.hidden = false;
  }

  #isAtEnd(slack = 0) {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight <= FOLLOW_WITHIN_PX + slack;
  }
}

// The server renders and escapes messages; this is the same partial as in the page.
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("article");
}

function wholeSentences(text) {
  let end = 0;
  for (const match of text.matchAll(SENTENCE_END)) end = match.index + match[0].length;
  return text.slice(0, end);
}
