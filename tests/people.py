"""People and their interviews, as rows: alice owns things, bob must see none of them.

An interview is told step by step, as its journal would record it:

    session = make_session(user=alice)
    ask(session)
    said = answer(session, "We cut the build time in half.")
    judge(said, score=0.7, quotes={"result": "cut the build time in half"})
    finish(session)
"""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction

from sessions_app.models import Evaluation, InterviewSession, Message, Turn, User
from sessions_app.services.figures import EvaluationRow, TurnRow
from sessions_app.services.journal import NewMessage, append_message
from sessions_app.services.metrics import evaluation_row
from sessions_app.services.running import RunningFigures

START = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)
SECONDS_PER_MESSAGE = 30
TOPICS = ("Indexing", "Disagreement", "Deployment", "Caching", "Testing", "Planning")


@pytest.fixture
def alice(db: None) -> User:
    return make_user(email="alice@example.org", name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user(email="bob@example.org", name="Bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user(email="charlie@example.org", name="Charlie", is_staff=True)


def make_user(*, email: str, **fields: Any) -> User:
    return User.objects.create_user(email, **fields)


def make_session(*, user: User, slots: int = 3, **fields: Any) -> InterviewSession:
    """Create a running interview; nothing has been said."""
    values = {
        "role": "backend",
        "role_title": "Backend engineer",
        "level": "mid",
        "kind": "mixed",
        "style": "formal",
        "mode": "interview",
        "plan": {"slots": [make_slot(index) for index in range(slots)]},
        "versions": {"engine": "embedded 1"},
        "question_count": slots,
        "created_at": START,
        "last_activity_at": START,
    }
    session = InterviewSession(user=user, **{**values, **fields})
    if session.state == InterviewSession.State.DRAFT:
        session.start(now=session.created_at)
    session.save(force_insert=True)
    return session


def make_slot(index: int) -> dict[str, Any]:
    topic = TOPICS[index] if index < len(TOPICS) else f"Topic {index}"
    return {
        "index": index,
        "label": topic,
        "competency": ("Databases", "Collaboration")[index % 2],
        "type": ("technical", "behavioural")[index % 2],
        "requirement": "",
    }


def say(
    session: InterviewSession, *, role: str, kind: str, content: str, **fields: Any
) -> Message:
    """Append a message to the journal, thirty seconds after the one before it."""
    seconds = SECONDS_PER_MESSAGE * (session.message_count + 1)
    origin = "person" if role == "candidate" else "embedded"
    message = NewMessage(role=role, kind=kind, content=content, origin=origin, **fields)
    with transaction.atomic():
        return append_message(
            session=session,
            message=message,
            now=START + datetime.timedelta(seconds=seconds),
        )


def ask(
    session: InterviewSession,
    *,
    slot: int | None = None,
    text: str = "",
    **details: Any,
) -> Message:
    """Ask the question of this slot, or of the next one."""
    asked = session.messages.filter(kind="question").count()
    slot = asked if slot is None else slot
    planned = make_slot(slot)
    return say(
        session,
        role="interviewer",
        kind="question",
        content=text or f"What do you know about {planned['label'].lower()}?",
        question_no=_questions_asked(session) + 1,
        details={
            "slot": slot,
            "reason": "It is next in the plan.",
            "type": planned["type"],
            "bank_id": f"bank.{slot}",
            "competency": f"skills.{slot}",
            "difficulty": 0.5,
            **details,
        },
    )


def probe(session: InterviewSession, *, text: str = "Why that?") -> Message:
    """Ask a follow-up to the open question."""
    question = session.messages.filter(kind="question").order_by("-seq").first()
    return say(
        session,
        role="interviewer",
        kind="probe",
        content=text,
        question_no=_questions_asked(session) + 1,
        details={
            "slot": question.details["slot"],
            "probe": {"kind": "missing", "target": "result"},
            "reason": "The result was missing.",
        },
    )


def reask(session: InterviewSession, *, text: str = "Please answer it.") -> Message:
    """Ask the open question again."""
    number = _questions_asked(session)
    details = {"slot": _open_slot(session), "reason": "The answer was too short."}
    return say(
        session,
        role="interviewer",
        kind="reask",
        content=text,
        question_no=number,
        details=details,
    )


def answer(
    session: InterviewSession,
    text: str = "I measured it first and then changed the index.",
    *,
    question_no: int | None = None,
    turn: str = Turn.State.DONE,
    **details: Any,
) -> Message:
    """Answer the open question, or the one with this number."""
    message = say(
        session,
        role="candidate",
        kind="answer",
        content=text,
        question_no=question_no or _questions_asked(session),
        details={"seconds": 20.0, "cut_by_timer": False, **details},
    )
    _open_turn(message, turn)
    return message


def skip(session: InterviewSession) -> Message:
    """Skip the open question."""
    message = say(
        session,
        role="candidate",
        kind="skip",
        content="",
        question_no=_questions_asked(session),
        details={"seconds": 5.0},
    )
    _open_turn(message, Turn.State.DONE)
    return message


def finish(session: InterviewSession) -> Message:
    """Close the interview with the interviewer's last words."""
    closing = say(
        session, role="interviewer", kind="closing", content="Thank you. That was all."
    )
    session.finish(now=closing.created_at)
    session.revision += 1
    session.save()
    return closing


def judge(
    message: Message,
    *,
    score: float | None = 0.7,
    state: str | None = None,
    quotes: dict[str, str] | None = None,
    missing: tuple[str, ...] = (),
    with_answers: tuple[Message, ...] = (),
    is_first: bool | None = None,
    reason: str = "",
) -> Evaluation:
    """Store a judgement on this answer, together with those before it.

    quotes: point id → words of the answers that prove it
    """
    answers = [*with_answers, message]
    text = "\n\n".join(row.content for row in answers)
    state = state or ("insufficient" if score is None else "observed")
    points = [_point(name, text, quote) for name, quote in (quotes or {}).items()]
    points += [_point(name, text, None) for name in missing]
    question = message.session.messages.filter(
        question_no=message.question_no, kind__in=("question", "probe")
    ).get()
    evaluation = Evaluation.objects.create(
        user_id=message.user_id,
        session=message.session,
        message=message,
        engine="rules 1",
        slot=question.details["slot"],
        is_first=not with_answers if is_first is None else is_first,
        message_seqs=[row.seq for row in answers],
        text=text,
        state=state,
        score=score,
        error=None if score is None else 0.1,
        confidence=0.8,
        result={
            "state": state,
            "gate": {"outcome": "passed", "reason": reason, "ignored": []},
            "score": score,
            "criteria": _criteria(score),
            "points": points,
            "star": [],
            "adjustments": [["No number was given.", -2.0]],
        },
        feedback={
            "items": [
                *(_item("keep", name, quote) for name, quote in (quotes or {}).items()),
                *(_item("change", name, "") for name in missing),
            ],
            "next_anchor": "Explains and measures." if score else "",
        },
        outline=[{"mark": "add", "text": "[your number]"}],
        created_at=message.created_at,
    )
    _count(message.session, evaluation_row(evaluation=evaluation))
    return evaluation


def make_answered_session(
    *, user: User, answers: int = 3, is_finished: bool = True, **fields: Any
) -> InterviewSession:
    """Create an interview in which each question was answered and judged."""
    session = make_session(user=user, slots=answers, **fields)
    say(session, role="interviewer", kind="opening", content="Welcome.")
    for number in range(answers):
        ask(session)
        said = answer(session, f"Answer {number}: I measured it and it got faster.")
        judge(said, score=0.7, quotes={"result": "it got faster"})
    if is_finished:
        finish(session)
    return session


def _questions_asked(session: InterviewSession) -> int:
    return session.messages.filter(kind__in=("question", "probe")).count()


def _open_slot(session: InterviewSession) -> int:
    question = session.messages.filter(kind="question").order_by("-seq").first()
    return question.details["slot"]


def _open_turn(message: Message, state: str) -> None:
    is_done = state == Turn.State.DONE
    Turn.objects.create(
        user_id=message.user_id,
        session=message.session,
        message=message,
        state=state,
        received_at=message.created_at,
        first_words_ms=100 if is_done else None,
        completed_ms=400 if is_done else None,
    )
    if is_done:
        _count(message.session, TurnRow(first_words_ms=100, completed_ms=400))


def _count(session: InterviewSession, row: TurnRow | EvaluationRow) -> None:
    """Count it in the running figures, as the commit of a turn does."""
    figures = RunningFigures.from_dict(session.running_figures)
    if isinstance(row, TurnRow):
        figures.add_turn(row)
    else:
        figures.add_evaluation(row)
    session.running_figures = figures.to_dict()
    session.save(update_fields=["running_figures"])


def _point(name: str, text: str, quote: str | None) -> dict[str, Any]:
    evidence = None
    if quote is not None:
        start = text.find(quote)  # -1, a span that proves nothing, if it is not there
        evidence = {
            "start": start,
            "end": start + len(quote),
            "quote": quote,
            "kind": "supports",
            "target": name,
        }
    return {
        "id": name,
        "criterion": "knowledge",
        "text": f"says something on {name}",
        "weight": 2.0,
        "must_have": True,
        "status": "hit" if evidence else "missing",
        "coverage": 0.9 if evidence else 0.1,
        "threshold": 0.6,
        "contribution": 40.0 if evidence else 0.0,
        "evidence": evidence,
    }


def _criteria(score: float | None) -> list[dict[str, Any]]:
    state = "insufficient" if score is None else "observed"
    return [
        {"name": name, "weight": weight, "state": state, "score": score}
        for name, weight in (("knowledge", 3.0), ("judgement", 1.0))
    ]


def _item(kind: str, source: str, quote: str) -> dict[str, str]:
    return {
        "kind": kind,
        "quote": quote,
        "criterion": "knowledge",
        "gap": "" if quote else f"Nothing on {source}.",
        "advice": f"Say one sentence on {source}.",
        "source": source,
    }
