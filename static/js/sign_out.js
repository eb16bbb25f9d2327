// Whoever uses this device next must not find the drafts of who signs out.
import { forgetAllDrafts } from "./draft.js";

document.querySelector("[data-sign-out]")?.addEventListener("submit", forgetAllDrafts);
