"""The question cards of a report: what was asked, answered and found.

Read from the journal in one pass; an answer belongs to the question whose number
it carries.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog

from sessions_app.models import Evaluation, Message, Turn
from sessions_app.services.figures import OBSERVED, is_substantial
from sessions_app.services.metrics import message_row
from sessions_app.services.report_types import AnswerView, QuestionCard, Verdict
from sessions_app.services.report_verdict import (
    as_percent,
    counting_evaluation,
    read_verdict,
)
from sessions_app.services.spans import Segment, Span, cut

log = structlog.get_logger(__name__)

ANSWER_SEPARATOR = "\n\n"
KIND_LABELS = {
    "technical": "Technical",
    "behavioural": "Behavioral",
    "system_design": "System design",
}
UNREADABLE = "The stored judgement of this answer could not be read."
OUTSTANDING = {
    Turn.State.PENDING: "Not judged yet. Reload the page in a moment.",
    Turn.State.FAILED: "Your answer is saved, but it has not been judged.",
    Turn.State.DONE: "This answer was not judged.",
}


@dataclasses.dataclass(slots=True)
class Talk:
    """Everything that was said about one topic of the plan."""

    question: Message
    probes: list[Message] = dataclasses.field(default_factory=list)
    answers: list[Message] = dataclasses.field(default_factory=list)
    labels: list[str] = dataclasses.field(default_factory=list)  # of the answers
    is_skipped: bool = False
    evaluations: list[Evaluation] = dataclasses.field(default_factory=list)

    @property
    def slot(self) -> int:
        return int(self.question.details["slot"])

    @property
    def counting(self) -> Evaluation | None:
        """Return the judgement that counts: the last with a score, or the last."""
        return counting_evaluation(evaluations=self.evaluations, slot=self.slot)

    @property
    def unaided(self) -> Evaluation | None:
        """Return the first judgement with a score that no follow-up had a part in."""
        first = (e for e in self.evaluations if e.is_first and e.state == OBSERVED)
        return next(first, None)


def question_cards(
    *,
    messages: Sequence[Message],
    evaluations: Iterable[Evaluation],
    turns: Iterable[Turn],
    plan: Mapping[str, Any],
) -> tuple[QuestionCard, ...]:
    """Return a card per question asked, in order; messages and evaluations by seq."""
    talks = _talks(messages)
    for evaluation in evaluations:
        if evaluation.slot in talks:
            talks[evaluation.slot].evaluations.append(evaluation)
    states = {turn.message_id: turn.state for turn in turns}
    slots = {slot["index"]: slot for slot in plan.get("slots", ())}
    return tuple(
        _card(no, talk, slots.get(talk.slot, {}), states)
        for no, talk in enumerate(talks.values(), start=1)
    )


def _talks(messages: Iterable[Message]) -> dict[int, Talk]:
    talks: dict[int, Talk] = {}
    asked: dict[int, Message] = {}
    attempts: Counter[int] = Counter()
    for message in messages:
        row, number = message_row(message=message), message.question_no or 0
        if row.is_question:
            asked[number] = message
            _note_question(message, talks)
        elif number in asked and (row.is_answer or row.is_skip):
            talk = talks[int(asked[number].details["slot"])]
            if row.is_skip:
                talk.is_skipped = True
                continue
            attempts[number] += 1
            talk.answers.append(message)
            talk.labels.append(_answer_label(asked[number], attempts[number]))
    return talks


def _note_question(message: Message, talks: dict[int, Talk]) -> None:
    slot = int(message.details["slot"])
    if message.kind == Message.Kind.QUESTION:
        talks[slot] = Talk(question=message)
    else:
        talks[slot].probes.append(message)


def _answer_label(asked: Message, attempt: int) -> str:
    label = "Answer"
    if asked.kind == Message.Kind.PROBE:
        label = f"After the follow-up: {words_asked(message=asked)}"
    return label if attempt == 1 else f"{label} (attempt {attempt})"


def words_asked(*, message: Message) -> str:
    """Return the question itself, without an acknowledgement before it."""
    return str(message.details.get("text") or message.content)


def _card(
    no: int,
    talk: Talk,
    slot: Mapping[str, str],
    turn_states: Mapping[uuid.UUID, str],
) -> QuestionCard:
    verdict, spans = _verdict(talk, prefix=f"question-{no}")
    outstanding = _outstanding(talk, turn_states)
    return QuestionCard(
        **{
            field.name: getattr(verdict, field.name)
            for field in dataclasses.fields(verdict)
            if field.name != "reason"
        },
        reason=outstanding or verdict.reason or _nothing_said(talk),
        no=no,
        slot=talk.slot,
        text=words_asked(message=talk.question),
        kind_label=KIND_LABELS.get(str(talk.question.details.get("type")), ""),
        topic=slot.get("label", ""),
        requirement=slot.get("requirement", ""),
        state_word=_state_word(talk),
        unaided_percent=as_percent(talk.unaided.score if talk.unaided else None),
        seconds=_seconds(talk.answers),
        answers=_answer_views(talk, spans),
        probes=tuple(words_asked(message=probe) for probe in talk.probes),
        is_pending=outstanding == OUTSTANDING[Turn.State.PENDING],
        judged_seq=_judged_seq(talk),
        own_rating=_own_rating(talk),
    )


def _verdict(talk: Talk, *, prefix: str) -> tuple[Verdict, tuple[Span, ...]]:
    evaluation = talk.counting
    if evaluation is None:
        return Verdict(), ()
    text = ANSWER_SEPARATOR.join(message.content for message in _judged(talk))
    try:
        return read_verdict(evaluation=evaluation, text=text, prefix=prefix)
    except (AttributeError, KeyError, TypeError, ValueError):
        # One unreadable judgement must not hide the others.
        log.exception("evaluation_unreadable", evaluation_id=str(evaluation.pk))
        return Verdict(reason=UNREADABLE), ()


def _judged(talk: Talk) -> list[Message]:
    """Return the answers that the judgement that counts is about."""
    seqs = set(talk.counting.message_seqs) if talk.counting else set()
    return [message for message in talk.answers if message.seq in seqs]


def _judged_seq(talk: Talk) -> int | None:
    counting = talk.counting
    return counting.message.seq if counting and counting.is_scored else None


def _own_rating(talk: Talk) -> int | None:
    """Return the mark for the answer that counts, or else the latest before it."""
    latest_first = [talk.counting, *reversed(talk.evaluations)]
    marks = (e.own_rating for e in latest_first if e and e.own_rating)
    return next(marks, None)


def _outstanding(talk: Talk, turn_states: Mapping[uuid.UUID, str]) -> str:
    """Say what is still owed for the last answer; empty when it has been judged."""
    if not talk.answers:
        return ""
    last = talk.answers[-1]
    if any(evaluation.message_id == last.pk for evaluation in talk.evaluations):
        return ""
    return OUTSTANDING[Turn.State(turn_states.get(last.pk, Turn.State.DONE))]


def _nothing_said(talk: Talk) -> str:
    if talk.answers:
        return ""
    if talk.is_skipped:
        return "You skipped this question."
    return "The interview ended before you answered."


def _state_word(talk: Talk) -> str:
    rows = [message_row(message=message) for message in talk.answers]
    if any(is_substantial(answer=row) for row in rows):
        return "Answered"
    if talk.is_skipped:
        return "Skipped"
    return "Answered, not scored" if rows else "Not answered"


def _answer_views(talk: Talk, spans: Sequence[Span]) -> tuple[AnswerView, ...]:
    """Cut each answer where the judged text's evidence falls into it."""
    offsets, position = {}, 0
    for message in _judged(talk):
        offsets[message.seq] = position
        position += len(message.content) + len(ANSWER_SEPARATOR)
    return tuple(
        AnswerView(
            seq=message.seq,
            label=label,
            segments=_marked(message.content, spans, offsets.get(message.seq)),
        )
        for message, label in zip(talk.answers, talk.labels, strict=True)
    )


def _marked(
    text: str, spans: Iterable[Span], offset: int | None
) -> tuple[Segment, ...]:
    here = () if offset is None else [span.moved(by=-offset) for span in spans]
    return cut(text=text, spans=here)


def _seconds(answers: Iterable[Message]) -> float | None:
    known = [m.details["seconds"] for m in answers if m.details.get("seconds")]
    return sum(known) if known else None
