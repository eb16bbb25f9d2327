// Posts an answer until the server has spoken. A retry carries the same client_message_id,
// so that however often it is sent, it is stored once.

const DEADLINE_MS = 20000;
const RETRY_MS = [2000, 4000, 8000, 15000];

export async function postAnswer({ url, body, onWait }) {
  for (let failures = 0; ; failures += 1) {
    try {
      const response = await fetch(url, {
        method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const reply = await readJson(response);
      // A login page of the network in between says 200 too, and has stored nothing.
      if (response.status === 200 && !reply.stream) throw new Error("not our answer");
      return { status: response.status, reply };
    } catch {
      onWait(navigator.onLine);
      await networkOr(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    }
  }
}

// A proxy's error page is not JSON; the caller then has a sentence of its own.
async function readJson(response) {
  if (!response.headers.get("Content-Type")?.includes("json")) return {};
  return response.json().catch(() => ({}));
}

function networkOr(delay) {
  return new Promise((resolve) => {
    setTimeout(resolve, delay);
    addEventListener("online", resolve, { once: true });
  });
}
