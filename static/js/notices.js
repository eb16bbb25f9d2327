// What the room says beside the talk.

const READING_MS = 20_000;

// One notice above the answer box: what is safe, what happened, what to do.

export function notify(place, kind, text, action) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.dataset.kind = kind;
  notice.setAttribute("role", kind === "error" ? "alert" : "status");
  notice.textContent = `${text} `;
  if (action) notice.append(actionElement(action));
  place.replaceChildren(notice);
}

// An action leads to a url, or submits a form of the page.
function actionElement({ label, url, form }) {
  const element = document.createElement(url ? "a" : "button");
  element.textContent = label;
  if (url) return Object.assign(element, { href: url });
  element.className = "button button-small";
  element.addEventListener("click", () => form.requestSubmit());
  return element;
}

// A line over the transcript that goes by itself. It takes no room, so nothing moves, and
// screen readers are told elsewhere.
export class PassingNote {
  constructor(element) {
    this.element = element;
  }

  show(text, { low }) {
    clearTimeout(this.timeout);
    this.element.textContent = text;
    this.element.toggleAttribute("data-low", low);
    this.element.hidden = false;
    this.timeout = setTimeout(() => this.hide(), READING_MS);
  }

  hide() {
    clearTimeout(this.timeout);
    this.element.hidden = true;
  }
}
