// Times are printed by the server in its own zone; here they become the reader's.

const FORMATS = {
  time: { hour: "2-digit", minute: "2-digit", hour12: false },
  date: { day: "numeric", month: "long", year: "numeric" },
};

export function showLocalTimes(root) {
  const locale = document.documentElement.lang || "en";
  for (const element of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(element.dateTime);
    const format = FORMATS[element.dataset.local];
    if (!format || Number.isNaN(moment.valueOf())) continue;
    element.textContent = new Intl.DateTimeFormat(locale, format).format(moment);
  }
}
