"""Benchmark suites, run by `bin/bench`; each is a module with a `run` function."""

# Name on the command line → module.
SUITES: dict[str, str] = {
    "streams": "interviewer.benchmarks.streams",
}
