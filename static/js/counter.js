// Says how long a text may still get, once it comes near the limit.

const NEAR_THE_LIMIT = 0.8;

// The server counts code points, not UTF-16 units.
export const lengthOf = (text) => [...text].length;

export function enhanceCounters(root) {
  for (const field of root.querySelectorAll("textarea[data-counted][maxlength]")) {
    const limit = Number(field.getAttribute("maxlength"));
    // A cut paste loses text silently; an over-long one can be seen and shortened.
    field.removeAttribute("maxlength");
    const note = document.createElement("p");
    note.className = "hint";
    note.setAttribute("role", "status");
    field.after(note);
    const update = () => { note.textContent = describe(lengthOf(field.value), limit); };
    field.addEventListener("change", update);
    field.addEventListener("input", () => {
      if (lengthOf(field.value) > limit) update();
    });
    update();
  }
}

export function describe(length, limit) {
  const count = (number) => number.toLocaleString("en");
  if (length > limit) return `${count(length - limit)} characters over the limit of ${count(limit)}`;
  if (length > limit * NEAR_THE_LIMIT) return `${count(limit - length)} characters left`;
  return "";
}
