// The theme form posts and reloads without script; with it the page changes in place.

export function enhanceTheme(root) {
  const form = root.querySelector("[data-theme-form]");
  form?.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.value) return;
    event.preventDefault();
    show(form, button.value);
    // The cookie is only a convenience: if it cannot be stored, the page stays as chosen.
    fetch(form.action, { method: "POST", body: new FormData(form, button) }).catch(() => {});
  });
}

function show(form, theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
