"""What a long interview costs to remember, and what is remembered of it.

Simulated sessions are played with the product's own policy, layout, ledger and
summaries, and in three other ways. Tokens are estimated; a summarizer's calls are paid
for at the full price of the conversation's model, which flatters nobody. Ratios are
what counts: below 1, ours is cheaper. What is remembered is checked on the wordings
that the rules were tried on, and reported on those that they never were.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

from interviewer.agents.history_window import (
    AUTOMATIC,
    EXPLICIT,
    HIGH_MINIMUM,
    NO_CACHE,
    ModelProfile,
    high_mark,
)
from interviewer.agents.ledger import settle
from interviewer.agents.tokens import estimate_tokens
from interviewer.benchmarks.history_arms import (
    WINDOW,
    Played,
    play_full,
    play_ours,
    play_window,
    session_facts,
)
from interviewer.benchmarks.history_recall import middleware_recall, precision, recall
from interviewer.benchmarks.simulated_sessions import (
    WORDINGS,
    SimulatedSession,
    simulate,
)
from interviewer.benchmarks.suite import Arm, SuiteOptions, SuiteResult, arm_of

TURNS = (15, 30, 60, 120)
SEEDS = (1, 2, 3)
PRICED: Mapping[str, ModelProfile] = {
    "write 1.0": AUTOMATIC,
    "write 1.25": EXPLICIT,
    "minimum 4096": HIGH_MINIMUM,
}
PROFILES: Mapping[str, ModelProfile] = {"no cache": NO_CACHE, **PRICED}
RECALL_TURNS = 60
RECALL_SEEDS = range(1, 9)

Play = Callable[[SimulatedSession, ModelProfile], Played]
ARMS: Mapping[str, Play] = {
    "ours": lambda s, p: play_ours(session=s, profile=p),
    "full": lambda s, p: play_full(session=s, profile=p),
    "window, one summary": lambda s, p: play_window(
        session=s, profile=p, is_renewed=False
    ),
    "window, new summaries": lambda s, p: play_window(
        session=s, profile=p, is_renewed=True
    ),
}

Cell = tuple[str, str, int]  # arm, profile, turns


def run(*, options: SuiteOptions) -> SuiteResult:
    """Play everything; raises UnableToRun never, since nothing else is needed."""
    played: dict[Cell, list[Played]] = {}
    arms = []
    for profile_name, profile in PROFILES.items():
        for turns in TURNS:
            sessions = [simulate(turns=turns, seed=seed) for seed in SEEDS]
            for name, play in ARMS.items():
                cell = (name, profile_name, turns)
                arm, played[cell] = _measure(cell, play, sessions, profile)
                arms.append(arm)
    remembered, recall_arms = _recall()
    ratios = _ratios(played)
    return SuiteResult(
        suite="history",
        arms=[*arms, *recall_arms],
        ratios=ratios,
        checks={**_cost_checks(ratios, played), **_recall_checks(remembered)},
    )


def _measure(
    cell: Cell, play: Play, sessions: list[SimulatedSession], profile: ModelProfile
) -> tuple[Arm, list[Played]]:
    played, seconds = [], []
    for session in sessions:
        wall, cpu = time.perf_counter(), time.process_time()
        played.append(play(session, profile))
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
    counts = {
        "raw_tokens": _mean(played, "raw"),
        "billed_tokens": _mean(played, "billed"),
        "peak_tokens": max(p.meter.peak for p in played),
        "folds": statistics.mean(p.folds for p in played),
    }
    name, profile_name, turns = cell
    label = f"{name}, {profile_name}, {turns} turns"
    return arm_of(name=label, seconds=seconds, counts=counts), played


def _mean(played: list[Played], field: str) -> float:
    values: list[float] = [getattr(p.meter, field) for p in played]
    return round(statistics.mean(values), 1)


def _ratios(played: Mapping[Cell, list[Played]]) -> dict[str, float]:
    ratios = {}
    for profile in PROFILES:
        for turns in TURNS:
            ours = played["ours", profile, turns]
            for rival in list(ARMS)[1:]:
                theirs = played[rival, profile, turns]
                for field in ("billed", "raw"):
                    if field == "billed" and profile == "no cache":
                        continue
                    key = f"{field}, {profile}, {turns} turns, ours : {rival}"
                    ratios[key] = _mean(ours, field) / _mean(theirs, field)
    return ratios


def _cost_checks(
    ratios: Mapping[str, float], played: Mapping[Cell, list[Played]]
) -> dict[str, bool]:
    def ratio(field: str, profile: str, turns: int, rival: str) -> float:
        return ratios[f"{field}, {profile}, {turns} turns, ours : {rival}"]

    checks: dict[str, bool] = {}
    for profile in PRICED:
        window = "window, one summary"
        at_30 = ratio("billed", profile, 30, "full")
        at_60 = ratio("billed", profile, 60, "full")
        limit = 0.50 if profile == "write 1.0" else 0.52
        checks[f"T5 {profile}: 30 turns cost at most 1.02 of full"] = at_30 <= 1.02
        checks[f"T5 {profile}: 60 turns cost at most 1.00 of full"] = at_60 <= 1.00
        checks[f"T5 {profile}: 60 turns cost at most {limit} of the window"] = (
            ratio("billed", profile, 60, window) <= limit
        )
    peak = max(p.meter.peak for p in played["ours", "no cache", 60])
    raw = ratio("raw", "no cache", 60, "full")
    checks["T6: 60 turns send at most 0.60 of full"] = raw <= 0.60
    checks["T6: no prompt above 7,200 tokens"] = peak <= 7_200
    checks["at least 60 % fewer raw tokens than full at 120 turns"] = (
        ratio("raw", "no cache", 120, "full") <= 0.40
    )
    ours = {cell: p for cell, p in played.items() if cell[0] == "ours"}
    checks["T8: every turn within an epoch keeps its prefix"] = all(
        p.stable_turns == p.turns_within_epoch > 0
        for played_cell in ours.values()
        for p in played_cell
    )
    checks["T8: folds at most turns/10, turns/5 without a prefix cache"] = all(
        p.folds <= turns / (5 if profile == "no cache" else 10)
        for (_, profile, turns), played_cell in ours.items()
        for p in played_cell
    )
    return checks


def _recall() -> tuple[dict[str, float], list[Arm]]:
    """Return what is remembered after 60 turns, with the most and the least folded."""
    found: dict[str, list[float]] = {}
    mark = high_mark(profile=AUTOMATIC, window=WINDOW)
    for seed in RECALL_SEEDS:
        session = simulate(turns=RECALL_TURNS, seed=seed)
        for name, profile in (("plain", NO_CACHE), ("cached", AUTOMATIC)):
            for key, value in _remembered(session, profile).items():
                found.setdefault(f"ours, {name}: {key}", []).append(value)
        for label, options in (
            ("default", {}),
            ("untrimmed", {"trim_tokens_to_summarize": None}),
        ):
            result = middleware_recall(session=session, high_mark=mark, **options)
            prefix = f"SummarizationMiddleware, {label}"
            found.setdefault(f"{prefix}: recall", []).append(result.remembered)
            found.setdefault(f"{prefix}: updates", []).append(result.updated)
    for wording in WORDINGS[1:]:
        for seed in RECALL_SEEDS:
            session = simulate(turns=RECALL_TURNS, seed=seed, wording=wording)
            for name, profile in (("plain", NO_CACHE), ("cached", AUTOMATIC)):
                for key, value in _remembered(session, profile).items():
                    label = f"ours, {name}, {wording}: {key}"
                    found.setdefault(label, []).append(value)
    means = {key: statistics.mean(values) for key, values in found.items()}
    means |= {f"{key}, most": max(v) for key, v in found.items() if "tokens" in key}
    rounded = {key: round(value, 4) for key, value in means.items()}
    arm = arm_of(name="remembered at 60 turns", seconds=[(0.0, 0.0)], counts=rounded)
    return means, [arm]


def _remembered(session: SimulatedSession, profile: ModelProfile) -> dict[str, float]:
    played = play_ours(session=session, profile=profile)
    record = played.record.text if played.record else ""
    verbatim = [m.content for m in session.messages[played.covered :]]
    seen = recall(session=session, record=record, verbatim=verbatim)
    facts = [f for f in session_facts(session=session) if f.seq <= played.covered]
    entries = settle(facts=facts)
    return {
        "recall": seen.remembered,
        "updates": seen.updated,
        "precision": precision(
            session=session, entries=entries, covered=played.covered
        ),
        "tokens": estimate_tokens(record),
    }


def _recall_checks(found: Mapping[str, float]) -> dict[str, bool]:
    checks: dict[str, bool] = {}
    for name in ("plain", "cached"):
        ours = f"ours, {name}"
        checks[f"T7 {name}: recall at least 97 %"] = found[f"{ours}: recall"] >= 0.97
        checks[f"T7 {name}: precision at least 98 %"] = (
            found[f"{ours}: precision"] >= 0.98
        )
        checks[f"T7 {name}: updates at least 95 %"] = found[f"{ours}: updates"] >= 0.95
        checks[f"T7 {name}: record within 800 tokens"] = (
            found[f"{ours}: tokens, most"] <= 800
        )
    return checks
