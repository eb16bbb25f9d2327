// Shows the time left. The server owns the clock: this only counts down from what it said.

const GRACE_SECONDS = 15;
// Sent before the grace is over, so that the answer arrives within it.
const SEND_AFTER_SECONDS = GRACE_SECONDS - 2;
const LOW_SECONDS = 300;

export class Timer {
  constructor({ element, note, minutes, announce, onGraceOver }) {
    this.element = element;
    this.note = note;
    this.announce = announce;
    this.onGraceOver = onGraceOver;
    this.notices = noticesFor(minutes * 60);
  }

  sync(secondsLeft) {
    if (secondsLeft === null || secondsLeft === undefined) return;
    this.deadline = Date.now() + secondsLeft * 1000;
    this.notices = this.notices.filter(([at]) => at < secondsLeft);
    this.interval ??= setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  stop() {
    clearInterval(this.interval);
    this.interval = null;
    this.note.hide();
  }

  #tick() {
    const left = Math.ceil((this.deadline - Date.now()) / 1000);
    this.element.textContent = left > 0 ? `${clock(left)} left` : "Time is up";
    this.element.toggleAttribute("data-low", left <= LOW_SECONDS);
    this.#say(left);
    if (left <= -SEND_AFTER_SECONDS) {
      this.stop();
      this.onGraceOver();
    }
  }

  #say(left) {
    while (this.notices.length && left <= this.notices[0][0]) {
      const [at, text] = this.notices.shift();
      this.announce(text);
      this.note.show(text, { low: at <= LOW_SECONDS });
    }
  }
}

function noticesFor(total) {
  return [
    [total / 2, "Half of the time is left"],
    [LOW_SECONDS, "5 minutes left"],
    [120, "2 minutes left. This is the last question."],
    [60, "1 minute left. A short answer is fine."],
    [0, `Time is up. ${GRACE_SECONDS} seconds left to finish this answer.`],
  ].filter(([at]) => at < total).sort(([a], [b]) => b - a);
}

function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
