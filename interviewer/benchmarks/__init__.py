"""Benchmark suites, run by `bin/bench`; each is a module with a `run` function."""

# Name on the command line → module.
SUITES: dict[str, str] = {
    "answers": "interviewer.benchmarks.answers",
    "responses": "interviewer.benchmarks.responses",
    "history": "interviewer.benchmarks.history",
    "metrics": "interviewer.benchmarks.metrics",
    "overview": "interviewer.benchmarks.overview",
    "persistence": "interviewer.benchmarks.persistence",
    "sessions": "interviewer.benchmarks.sessions",
    "scoring": "interviewer.benchmarks.scoring",
    "streams": "interviewer.benchmarks.streams",
}
