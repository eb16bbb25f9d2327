"""Scores for answers that come as JSON lines, by the product's own scorer.

A line has id, question, answer and, as far as known, reference (texts), rubric_points
(text, weight), exemplars (answer, score from 0 to 1) and question_type; other keys
are ignored. Each line gives one: id, score, confidence, evidence (spans of the answer),
state. A line that cannot be read gives an error that names it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from interviewer.benchmarks.graded_data import question_for
from interviewer.benchmarks.side_by_side import processes
from interviewer.scoring.assess import assess
from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.result import Assessment

LINES_AT_ONCE = 64  # neighbors often share a question
MAX_ANSWER_CHARACTERS = 100_000


class BadLine(Exception):
    """A line that is no answer; the text says what is wrong with it."""


def predictions(*, lines: Iterable[str]) -> Iterator[str]:
    """Yield one line of JSON per line that is not blank, in order."""
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    with processes() as pool:
        yield from pool.map(predicted_line, numbered, chunksize=LINES_AT_ONCE)


def predicted_line(numbered: tuple[int, str]) -> str:
    """Return the JSON for one numbered line; whatever it holds, it is one line."""
    number, line = numbered
    try:
        return json.dumps(predict(values=_read(line)))
    except BadLine as error:
        return json.dumps({"line": number, "error": str(error)})
    except Exception as error:  # one line's surprise is not the others'
        reason = f"could not be scored: {type(error).__name__}: {error}"
        return json.dumps({"line": number, "error": reason})


def predict(*, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the scorer makes of one line that was read.

    What earns no score says so in its state and counts 0.
    """
    encoder = load_encoder()
    question = question_for(row=values, encoder=encoder)
    verdict = assess(question=question, answer=values["answer"], encoder=encoder)
    return {
        "id": values.get("id"),
        "score": round(verdict.score or 0.0, 6),
        "confidence": round(verdict.confidence, 6),
        "evidence": _spans(verdict),
        "state": verdict.state,
    }


def _spans(verdict: Assessment) -> list[dict[str, int]]:
    quoted = [point.evidence for point in verdict.points]
    spans = {(span.start, span.end) for span in quoted if span is not None}
    return [{"start": start, "end": end} for start, end in sorted(spans)]


def _read(line: str) -> dict[str, Any]:
    """Return the line's values; raises BadLine unless they have the right types."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise BadLine(f"no JSON: {error}") from None
    if not isinstance(values, dict):
        raise BadLine("not an object")
    for name in ("question", "answer"):
        if not isinstance(values.get(name), str):
            raise BadLine(f"{name} is not a text")
    if len(values["answer"]) > MAX_ANSWER_CHARACTERS:
        raise BadLine(f"answer has more than {MAX_ANSWER_CHARACTERS} characters")
    reference = values.get("reference") or []
    values["reference"] = [reference] if isinstance(reference, str) else reference
    if not _are(values["reference"], str):
        raise BadLine("reference is not a list of texts")
    _check_pairs(values, "rubric_points", "text", "weight", least=1e-9, most=1e9)
    _check_pairs(values, "exemplars", "answer", "score", least=0.0, most=1.0)
    return values


def _are(values: object, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(item, kind) for item in values)


def _check_pairs(
    values: dict[str, Any],
    name: str,
    text: str,
    number: str,
    *,
    least: float,
    most: float,
) -> None:
    pairs = values.get(name) or []
    if not _are(pairs, dict):
        raise BadLine(f"{name} is not a list of objects")
    for pair in pairs:
        if not isinstance(pair.get(text), str):
            raise BadLine(f"{name}: {text} is not a text")
        value = pair.get(number, 1.0 if number == "weight" else None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadLine(f"{name}: {number} is not a number")
        if not (math.isfinite(value) and least <= value <= most):
            raise BadLine(f"{name}: {number} is out of range")
        pair[number] = float(value)
    values[name] = [pair for pair in pairs if pair[text].strip()]
