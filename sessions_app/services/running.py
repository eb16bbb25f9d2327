"""Session figures that grow with the interview: pure arithmetic, step by step.

What has been said so far is held in counts, exact integer sums, a histogram of the
lengths of answers and the judgement in force for each topic. A step costs the same
however long the interview is, and any journal has exactly one such state, so adding
step by step and counting again give equal figures.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Self

from sessions_app.services.figures import (
    OBSERVED,
    EvaluationRow,
    MessageRow,
    SessionFacts,
    SessionFrame,
    SessionMetricsView,
    TurnRow,
    competency_scores,
    duration_seconds,
    is_substantial,
    overall,
)

_DIGEST_MODULUS = 1 << 256
_MICROSECONDS = 1_000_000


@dataclasses.dataclass(slots=True)
class Sum:
    """A total of integers and how many there were, so that a mean is exact."""

    total: int = 0
    count: int = 0

    def add(self, value: int | None) -> None:
        """Add a value that was measured; None was not."""
        if value is not None:
            self.total += value
            self.count += 1

    def mean(self, *, unit: int = 1) -> float | None:
        """Return the mean in multiples of `unit`, None without values."""
        return self.total / (self.count * unit) if self.count else None


@dataclasses.dataclass(slots=True)
class TopicCounts:
    """What happened to one topic of the plan."""

    questions: int = 0
    probes: int = 0
    answers: int = 0  # those that count
    skips: int = 0


@dataclasses.dataclass(slots=True)
class RunningFigures:
    """The state; `digest` is the rolling digest of the last message in it."""

    digest: str = ""
    evaluations: str = ""  # see evaluations_digest
    roles: dict[str, int] = dataclasses.field(default_factory=dict)
    lengths: dict[int, int] = dataclasses.field(default_factory=dict)  # words → answers
    thinking_us: Sum = dataclasses.field(default_factory=Sum)
    first_words_ms: Sum = dataclasses.field(default_factory=Sum)
    completed_ms: Sum = dataclasses.field(default_factory=Sum)
    # [first number, last number, topic]: questions of one topic follow each other.
    numbers: list[list[int]] = dataclasses.field(default_factory=list)
    topics: dict[int, TopicCounts] = dataclasses.field(default_factory=dict)
    # topic → the judgement that counts
    judged: dict[int, EvaluationRow] = dataclasses.field(default_factory=dict)

    def add_message(self, row: MessageRow) -> None:
        """Count a message; the talk with the coach after the end is no part of it."""
        if row.is_coaching:
            return
        self.roles[row.role] = self.roles.get(row.role, 0) + 1
        if row.is_question:
            self._add_question(row)
        elif row.is_answer:
            self._add_answer(row)
        elif row.is_skip and (topic := self._topic_of(row.question_no)):
            topic.skips += 1

    def note_gate(self, row: MessageRow, *, gate: str) -> None:
        """Take the gate's word on an answer that has been counted without it."""
        if not row.is_answer:
            return
        gated = dataclasses.replace(row, details={**row.details, "gate": gate})
        if topic := self._topic_of(row.question_no):
            topic.answers += is_substantial(answer=gated) - is_substantial(answer=row)

    def add_turn(self, row: TurnRow) -> None:
        """Count how long a reply took."""
        self.first_words_ms.add(row.first_words_ms)
        self.completed_ms.add(row.completed_ms)

    def add_evaluation(self, row: EvaluationRow) -> None:
        """Count a judgement: the last one of a topic that has a score is in force."""
        self.evaluations = _added(self.evaluations, row)
        earlier = self.judged.get(row.slot)
        if row.state == OBSERVED and (earlier is None or row.seq >= earlier.seq):
            self.judged[row.slot] = row

    def view(self, *, frame: SessionFrame) -> SessionMetricsView:
        """Return the figures; None stands where nothing was measured."""
        scored = [self.judged[slot] for slot in sorted(self.judged)]
        score, error = overall(scored=scored, override=frame.score_override)
        topics = self.topics.values()
        answers = sum(self.lengths.values())
        words = sum(length * count for length, count in self.lengths.items())
        return SessionMetricsView(
            messages_by_role=dict(self.roles),
            answers=answers,
            words_mean=words / answers if answers else None,
            words_median=_median(self.lengths),
            duration_seconds=duration_seconds(frame=frame),
            thinking_seconds_mean=self.thinking_us.mean(unit=_MICROSECONDS),
            first_words_ms_mean=self.first_words_ms.mean(),
            completed_ms_mean=self.completed_ms.mean(),
            asked=len(self.topics),
            answered=sum(1 for topic in topics if topic.answers),
            # Skipping a probe leaves the answer that was given before it.
            skipped=sum(1 for topic in topics if topic.skips and not topic.answers),
            probed=sum(1 for topic in topics if topic.probes),
            probes=sum(topic.probes for topic in topics),
            enough_evidence=len(scored),
            competencies=competency_scores(
                competency_of_slot=frame.competency_of_slot, scored=scored
            ),
            score=score,
            error=error,
            usage=frame.usage,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values from which `from_dict` makes an equal state."""
        return {
            "digest": self.digest,
            "evaluations": self.evaluations,
            "roles": self.roles,
            "lengths": sorted(map(list, self.lengths.items())),
            "times": [
                [each.total, each.count]
                for each in (self.thinking_us, self.first_words_ms, self.completed_ms)
            ],
            "numbers": self.numbers,
            "topics": [
                [slot, topic.questions, topic.probes, topic.answers, topic.skips]
                for slot, topic in sorted(self.topics.items())
            ],
            "judged": [
                [row.seq, row.slot, row.is_first, row.state, row.score, row.error]
                for _, row in sorted(self.judged.items())
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the state that `to_dict` described; of nothing, the empty one."""
        if not values:
            return cls()
        thinking, first_words, completed = values["times"]
        return cls(
            digest=values["digest"],
            evaluations=values["evaluations"],
            roles=dict(values["roles"]),
            lengths=dict(values["lengths"]),
            thinking_us=Sum(*thinking),
            first_words_ms=Sum(*first_words),
            completed_ms=Sum(*completed),
            numbers=[list(run) for run in values["numbers"]],
            topics={slot: TopicCounts(*counts) for slot, *counts in values["topics"]},
            judged={row[1]: _evaluation(row) for row in values["judged"]},
        )

    def _add_question(self, row: MessageRow) -> None:
        slot = row.details.get("slot")
        if row.question_no is None or not isinstance(slot, int):
            return  # against the journal's conventions; the archive says so
        run = self.numbers[-1] if self.numbers else None
        if run is not None and run[1:] == [row.question_no - 1, slot]:
            run[1] = row.question_no
        else:
            self.numbers.append([row.question_no, row.question_no, slot])
        topic = self.topics.setdefault(slot, TopicCounts())
        topic.questions += 1
        topic.probes += row.kind == "probe"

    def _add_answer(self, row: MessageRow) -> None:
        length = len(row.content.split())
        self.lengths[length] = self.lengths.get(length, 0) + 1
        seconds = row.details.get("seconds")
        self.thinking_us.add(
            None if seconds is None else round(seconds * _MICROSECONDS)
        )
        if topic := self._topic_of(row.question_no):
            topic.answers += is_substantial(answer=row)

    def _topic_of(self, number: int | None) -> TopicCounts | None:
        if number is None:
            return None
        for first, last, slot in reversed(self.numbers):
            if first <= number <= last:
                return self.topics[slot]
        return None


def running_figures(*, facts: SessionFacts, digest: str) -> RunningFigures:
    """Return the state of a whole journal that ends with this rolling digest."""
    state = RunningFigures(digest=digest)
    for message in facts.messages:
        state.add_message(message)
    for turn in facts.turns:
        state.add_turn(turn)
    for evaluation in facts.evaluations:
        state.add_evaluation(evaluation)
    return state


def compute_metrics(*, facts: SessionFacts) -> SessionMetricsView:
    """Return the session's figures, counted anew."""
    return running_figures(facts=facts, digest="").view(frame=facts)


def evaluations_digest(*, evaluations: Iterable[EvaluationRow]) -> str:
    """Return a digest of the judgements that does not depend on their order.

    A sum of hashes: it grows by one addition when a judgement is added.
    """
    digest = ""
    for row in evaluations:
        digest = _added(digest, row)
    return digest


def _added(digest: str, row: EvaluationRow) -> str:
    read = [row.seq, row.slot, row.is_first, row.state, row.score, row.error]
    hashed = hashlib.sha256(json.dumps(read).encode("ascii")).hexdigest()
    return f"{(int(digest or '0', 16) + int(hashed, 16)) % _DIGEST_MODULUS:064x}"


def _evaluation(values: Iterable[Any]) -> EvaluationRow:
    seq, slot, is_first, state, score, error = values
    return EvaluationRow(
        seq=seq, slot=slot, is_first=is_first, state=state, score=score, error=error
    )


def _median(lengths: Mapping[int, int]) -> float | None:
    """Return the median of a histogram: the mean of the two in the middle."""
    count = sum(lengths.values())
    if not count:
        return None
    low, high = _nth(lengths, (count - 1) // 2), _nth(lengths, count // 2)
    return low if low == high else (low + high) / 2


def _nth(lengths: Mapping[int, int], rank: int) -> int:
    for length in sorted(lengths):
        rank -= lengths[length]
        if rank < 0:
            return length
    raise ValueError("fewer values than that")
