"""The coach of an ended interview: it answers from stored evidence and nothing else.

It quotes, explains and offers a drill. It changes no score, praises nobody, and says
what it cannot know. The same request is answered with something else the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from interviewer.agents import coach_asking as asking
from interviewer.agents import coach_phrases as phrases
from interviewer.agents import coach_replies as replies
from interviewer.agents.coach_answer import (
    Citation,
    CoachAnswer,
    Part,
    put_together,
)
from interviewer.agents.coach_asking import Asked, read_asked
from interviewer.agents.coach_evidence import InterviewEvidence, QuestionEvidence
from interviewer.agents.coach_overview import (
    compare,
    mistakes,
    overall,
    practice,
    strengths,
)

__all__ = ["Citation", "CoachAnswer", "answer"]

_Replies = Iterator[CoachAnswer]


def answer(
    *, asked: str, evidence: InterviewEvidence, earlier: Sequence[str] = ()
) -> CoachAnswer:
    """Return the coach's answer; `earlier` are its answers in this talk so far."""
    request = read_asked(asked=asked, evidence=evidence, earlier=earlier)
    for reply in _replies(request, evidence):
        # Also what was said with an opening before it.
        if reply.text and not any(reply.text in text for text in earlier):
            return reply
    return _all_said(request, evidence, len(earlier))


def _replies(request: Asked, evidence: InterviewEvidence) -> _Replies:
    if request.subject in phrases.REFUSALS:
        yield from _refusal(request.subject, evidence)
    elif request.unknown and not request.numbers:
        yield from _no_such_question(request.unknown[0], evidence)
    elif not evidence.scored and not request.numbers:
        for sentence in phrases.NOTHING_SCORED:
            yield put_together([Part(sentence), Part(phrases.NOTHING_JUDGED)])
    else:
        yield from _SUBJECTS[request.subject](request, evidence)


def _about_a_question(
    tell: Callable[[QuestionEvidence, str], _Replies],
) -> Callable[[Asked, InterviewEvidence], _Replies]:
    """Return replies about the question meant, then about the next-weakest ones."""

    def about(request: Asked, evidence: InterviewEvidence) -> _Replies:
        for question, opening in _meant(request, evidence):
            yield from tell(question, opening)

    return about


def _meant(
    request: Asked, evidence: InterviewEvidence
) -> Iterator[tuple[QuestionEvidence, str]]:
    named = [evidence.question(number) for number in request.numbers]
    if named:
        yield from ((question, "") for question in named if question)
        return
    carried = evidence.question(request.carried or 0)
    if carried:
        yield carried, ""
    for rank, question in enumerate(q for q in evidence.scored if q != carried):
        which = "weakest scored" if rank == 0 and not carried else "next-weakest"
        yield question, f"You named no question, so I take your {which} one."


def _refusal(subject: str, evidence: InterviewEvidence) -> _Replies:
    weakest = evidence.scored[:1]
    for sentence in phrases.REFUSALS[subject]:
        offer = [Part(phrases.CAN_EXPLAIN)]
        offer += [
            Part(f"Try: “Why this score for question {q.number}?”") for q in weakest
        ]
        yield put_together([Part(sentence), *offer])


def _no_such_question(number: int, evidence: InterviewEvidence) -> _Replies:
    asked = [f"{q.number} ({q.label})" for q in evidence.questions]
    known = f"There are: {', '.join(asked)}." if asked else "None was asked."
    yield put_together([Part(f"There was no question {number}."), Part(known)])
    yield put_together([Part(f"Number {number} was not asked."), Part(known)])


def _all_said(request: Asked, evidence: InterviewEvidence, count: int) -> CoachAnswer:
    """Return that nothing is left to say, and another question to look at."""
    others = [q for q in evidence.scored if q.number not in request.numbers]
    sentence = phrases.ALL_SAID[count % len(phrases.ALL_SAID)]
    parts = [Part(sentence)]
    if others:
        other = others[count % len(others)]
        parts.append(Part(f"You could ask about {replies.spoken_of(other)}."))
    return put_together(parts)


_SUBJECTS: dict[str, Callable[[Asked, InterviewEvidence], _Replies]] = {
    asking.SCORE: _about_a_question(replies.why_this_score),
    asking.STRONGER: _about_a_question(replies.stronger_answer),
    asking.PRACTICE: practice,
    asking.STRENGTHS: strengths,
    asking.COMPARE: compare,
    asking.MISTAKE: mistakes,
    asking.OVERALL: overall,
}
