// What every page gets: smoother versions of things that work without script.
import { enhanceCounters } from "./counter.js";
import { showLocalTimes } from "./local_time.js";
import { enhanceTheme } from "./theme.js";

enhanceTheme(document);
showLocalTimes(document);
enhanceCounters(document);
