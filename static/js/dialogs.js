// Confirmations as dialogs; without script the same forms lead to a page that asks.

export function opensDialog(button) {
  const dialog = document.getElementById(button.dataset.opens);
  if (!dialog) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}

// Resolves to whether the person confirmed.
export function ask(dialog) {
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}
