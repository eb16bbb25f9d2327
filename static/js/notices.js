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
