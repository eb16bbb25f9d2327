"""Pages with made-up contexts: what each template must be able to show."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from types import SimpleNamespace
from typing import Any

from django import forms

from interviewer.bank.loader import load_bank
from interviewer.orchestrator.rewriting import Stronger
from interviewer.policy import plan_edits
from interviewer.policy.next_practice import Suggestion
from interviewer.web.about import bands, scoring_facts
from interviewer.web.forms import QUICK_QUESTIONS, SetupForm
from interviewer.web.home import SampleForm
from interviewer.web.lab import LabForm
from interviewer.web.plan_page import plan_page
from interviewer.web.planning import OwnQuestionForm
from interviewer.web.room import PendingTurn, Room
from interviewer.web.samples import SAMPLE_SETUP
from sessions_app.forms import SessionFilterForm
from sessions_app.models import InterviewSession, PlanDraft, PlannedInterview, User
from sessions_app.services.attempt_changes import AttemptChanges, compare_attempts
from sessions_app.services.attempts import Attempt
from sessions_app.services.feedback import CriterionView, FeedbackView
from sessions_app.services.kept_sessions import SessionInfo, SessionPage
from sessions_app.services.report_types import (
    Adjustment,
    AnswerView,
    BandView,
    ConfidenceView,
    CriterionScore,
    CriterionShare,
    CriterionSummary,
    Explanation,
    FeedbackItem,
    InquiryCriterion,
    InquiryView,
    NeedRow,
    NextStep,
    OutlineView,
    PointView,
    QuestionCard,
    Receipt,
    ReplyTimes,
    Report,
    StarView,
    StepView,
    Summary,
    Verdict,
)
from sessions_app.services.self_calibration import (
    MIN_RATINGS,
    Calibration,
    RatedAnswer,
    describe,
)
from sessions_app.services.sessions import Setup
from sessions_app.services.spans import Mark, Segment
from sessions_app.services.transcript import MessageView
from tests.factories import make_plan

NOW = datetime.datetime(2026, 3, 4, 10, 42, tzinfo=datetime.UTC)
SESSION_ID = uuid.UUID("01920000-0000-7000-8000-000000000001")
CLIENT_ID = uuid.UUID("01920000-0000-7000-8000-0000000000aa")

QUESTION = (
    "Your sessions table grows by two million rows a day. How would you shard it, "
    "and what would make you regret that choice a year later?"
)
PROBE = (
    "You said you would hash on the user id. Suppose one customer holds a third of "
    "all users. What changes?"
)
ANSWER = (
    "I would start from the access pattern. Nearly every read is by one user and "
    "recent, so I would hash on the user id and keep a month hot. I would regret it "
    "if reporting across users became the main load."
)
ITEMS = (
    FeedbackItem(
        kind="keep",
        quote="Nearly every read is by one user",
        criterion="reasoning",
        gap="",
        advice="Keep this sentence; it serves this point: names the access pattern.",
        anchor="question-1-evidence-1",
    ),
    FeedbackItem(
        kind="change",
        quote="",
        criterion="trade_offs",
        gap="Nothing on this point: how data moves between shards.",
        advice="Say how you would move a shard while writes go on.",
        anchor="question-1",
    ),
)


def alice() -> User:
    return User(email="alice@example.org")


def session(**changes: Any) -> InterviewSession:
    values: dict[str, Any] = {
        "id": SESSION_ID,
        "role": "backend",
        "role_title": "Backend engineer, payments",
        "company": "Linden Pay",
        "level": "mid",
        "kind": "mixed",
        "mode": "practice",
        "style": "formal",
        "state": "in_progress",
        "minutes": 30,
        "created_at": NOW,
        "started_at": NOW,
        "ends_at": NOW + datetime.timedelta(minutes=30),
        "answered_count": 3,
        "question_count": 8,
        "score": 68.4,
        "score_error": 7.1,
    }
    return InterviewSession(**values | changes)


def ended_session() -> InterviewSession:
    return session(state="finished", finished_at=NOW)


def message(
    seq: int, role: str, kind: str, content: str, **changes: Any
) -> MessageView:
    labels = {"interviewer": "Interviewer", "candidate": "You", "coach": "Coach"}
    values: dict[str, Any] = {
        "seq": seq,
        "role": role,
        "role_label": labels[role],
        "kind": kind,
        "content": content,
        "created_at": NOW + datetime.timedelta(minutes=seq),
        "is_question": kind in ("question", "probe"),
        "origin_label": "built-in interviewer",
        "shows_origin": False,
        "notice": "",
        "is_latest": seq == 5,
    }
    return MessageView(**values | changes)


MESSAGES = (
    message(
        1,
        "interviewer",
        "opening",
        "Good morning. We have 30 minutes and about eight questions. Thinking time is "
        "fine, and you can ask me to repeat a question.",
    ),
    message(2, "interviewer", "question", QUESTION),
    message(3, "candidate", "answer", ANSWER),
    message(
        4, "coach", "hint", "Start with how the table is read.\n\nThen name a key."
    ),
    message(5, "interviewer", "probe", PROBE),
)

OF_A_MODEL = {"shows_origin": True, "origin_label": "language model"}
WITH_A_MODEL = (
    message(1, "interviewer", "opening", "Good morning.", shows_origin=True),
    message(2, "interviewer", "question", QUESTION, **OF_A_MODEL),
    message(3, "candidate", "answer", ANSWER),
    message(
        4,
        "interviewer",
        "clarify",
        "What would you split the table by?",
        **OF_A_MODEL | {"origin_label": "language model, reused"},
    ),
    message(
        5,
        "interviewer",
        "probe",
        PROBE,
        shows_origin=True,
        notice="The language model did not answer in time; "
        "the built-in interviewer continues.",
    ),
)

COACHING = (
    message(6, "interviewer", "closing", "Thank you. That was the last question."),
    message(7, "candidate", "ask", "Why this score?"),
    message(
        8,
        "coach",
        "coaching",
        "Question 2 (Indexing) has 46 ± 10 of 100: developing. Covered: every write "
        "updates the index: “each insert touches every index”. Missing: the query plan."
        "\n– Add: how you would measure it",
    ),
)
FEEDBACK = FeedbackView(
    score_word="Solid",
    band=4,
    items=[dataclasses.asdict(item) for item in ITEMS],
    criteria=[
        CriterionView(name="reasoning", score_word="Strong", percent=84),
        CriterionView(name="depth", score_word="Developing", percent=52),
        CriterionView(
            name="trade_offs", score_word="Not enough evidence", percent=None
        ),
    ],
    is_open=False,
    reason="",
    provenance="built-in rules, scorer 1",
    posture="polish",
    next_band="Names the cost of the choice and a way back from it.",
    own_rating=4,
    asks_rating=False,
    answer_seq=3,
    slot=0,
    session_id=SESSION_ID,
)
UNRATED = dataclasses.replace(FEEDBACK, own_rating=None, asks_rating=True)


def room(**changes: Any) -> Room:
    values: dict[str, Any] = {
        "messages": MESSAGES,
        "question_no": 3,
        "progress_label": "Question 3 of 8",
        "topic": "Data modelling",
        "time_left_label": "24:10 left",
        "seconds_left": 1450,
        "client_message_id": CLIENT_ID,
        "draft_text": "",
        "unsent_answer": "",
        "quick_questions": QUICK_QUESTIONS,
        "error": "",
        "can_pause": True,
        "can_hint": True,
        "other_mode": "interview",
        "pending_turn": None,
        "feedback": FEEDBACK,
        "time_is_up": False,
        "max_length": 6000,
    }
    return Room(**values | changes)


def mark(scope: str, n: int, kind: str = "supports") -> Mark:
    return Mark(n=n, kind=kind, target_id=f"{scope}-point-p{n}", label="Reasoning")


def segments(scope: str) -> tuple[Segment, ...]:
    both = (mark(scope, 1), mark(scope, 2))
    return (
        Segment("I would start from the access pattern. "),
        Segment("Nearly every read is by one user", (mark(scope, 1),)),
        Segment(" and recent, so I would hash", both),
        Segment(" on the user id and keep a month hot. "),
        Segment("I would never need to move it.", (mark(scope, 3, "contradicts"),)),
    )


def point(scope: str, n: int, status: str, word: str, text: str) -> PointView:
    is_found = status != "missing"
    return PointView(
        id=f"p{n}",
        anchor=f"{scope}-point-p{n}",
        text=text,
        criterion="reasoning",
        status=status,
        status_word=word,
        weight=3.0,
        must_have=n == 1,
        contribution=24.0 if status == "hit" else 0.0,
        coverage_percent=81 if is_found else 22,
        threshold_percent=62,
        evidence_n=n if is_found else None,
    )


def scored_question(no: int, **changes: Any) -> QuestionCard:
    scope = f"question-{no}"
    values: dict[str, Any] = {
        "no": no,
        "slot": no - 1,
        "text": QUESTION,
        "kind_label": "Technical",
        "topic": "Data modelling",
        "requirement": "keep PostgreSQL fast",
        "state_word": "Answered",
        "percent": 68,
        "error": 9,
        "unaided_percent": 61,
        "seconds": 125.0,
        "word": "Solid",
        "criteria": (
            CriterionScore(name="reasoning", score=0.84, error=0.1, evidence_count=2),
        ),
        "answers": (
            AnswerView(seq=3, label="Answer", segments=segments(scope)),
            AnswerView(
                seq=5,
                label=f"After the follow-up: {PROBE}",
                segments=(Segment("It gets a shard of its own.\n\nThe rest stays."),),
            ),
        ),
        "points": points(scope),
        "star": (
            StarView(
                part="result",
                anchor=f"{scope}-star-result",
                found=False,
                required=True,
                evidence_n=None,
            ),
        ),
        "adjustments": (Adjustment(reason="One wrong statement", points=-6.0),),
        "outline": (
            OutlineView(kind="said", text="Nearly every read is by one user"),
            OutlineView(kind="add", text="Say how a shard moves while writes go on"),
        ),
        "feedback": ITEMS if no == 1 else (),
        "posture": "fix",
        "next_band": "Names the cost of the choice and a way back from it.",
        "explanation": explanation(scope),
        "provenance_tag": "Built-in rules coverage-1",
        "judged_seq": 10 * no,
        "own_rating": 3 if no == 1 else None,
        "probes": (PROBE,),
        "provenance": "Judged by built-in rules, scorer 1",
        "is_pending": False,
    }
    return QuestionCard(**values | changes)


def points(scope: str) -> tuple[PointView, ...]:
    return (
        point(scope, 1, "hit", "Covered", "Chooses the key from how it is read"),
        point(scope, 2, "partial", "Partly covered", "Names what hashing costs"),
        point(scope, 3, "contradicted", "Stated wrongly", "Plans how shards move"),
        point(scope, 4, "missing", "Missing", "Keeps queries on one shard"),
    )


def explanation(scope: str) -> Explanation:
    return Explanation(
        criteria=(
            CriterionShare(
                name="reasoning",
                weight=3.0,
                percent=84,
                adds=72.0,
                points=points(scope),
            ),
        ),
        adjustments=(Adjustment(reason="One wrong statement", points=-6.0),),
        total=66.0,
        formula="reasoning 3/3 × 72.0 = 72.0; other steps −6.0; score 66.0",
        confidence=62,
        confidence_parts=(
            ConfidenceView(name="How clearly it stands", weight=0.4, value=0.62),
        ),
        band=BandView(number=4, word="Solid", anchor="Explains and measures."),
        next_band=BandView(number=5, word="Strong", anchor="Also offers a way back."),
        step=StepView(text="keeps queries on one shard", gain=12, reaches=5),
    )


def skipped_question(no: int) -> QuestionCard:
    return QuestionCard(
        no=no,
        slot=no - 1,
        text="Tell me about a disagreement with a colleague.",
        kind_label="Behavioral",
        topic="Working with others",
        requirement="",
        state_word="Skipped",
        reason="You skipped this question.",
        unaided_percent=None,
        seconds=None,
        answers=(),
        probes=(),
        is_pending=False,
    )


CRITERIA = (
    CriterionSummary(
        name="Reasoning", percent=84, error=6, word="Strong", evidence_count=7
    ),
    CriterionSummary(
        name="Depth", percent=52, error=11, word="Developing", evidence_count=4
    ),
    CriterionSummary(
        name="Trade offs", percent=31, error=14, word="Needs work", evidence_count=2
    ),
    CriterionSummary(
        name="Structure",
        percent=None,
        error=None,
        word="Not enough evidence",
        evidence_count=0,
    ),
)
SUMMARY = Summary(
    score=68,
    error=7,
    word="Solid",
    is_changed=False,
    original=68,
    sentence="The score is the mean over 2 of 3 answered questions.",
    answers_scored=2,
    answers_total=3,
)


RECEIPT = Receipt(
    no_model="",
    rows=(
        ("Replies by engine", "Built-in 2, Language model 9, Reused 1"),
        ("Calls made", "19 (2 failed)"),
        ("Calls avoided", "2 (equal request 1, already under way 1)"),
        ("Calls not made", "1"),
        ("Tokens in", "48,210, partly estimated"),
        ("Tokens in, read from the provider's cache", "31,744"),
        ("Tokens out", "3,902"),
        ("Cost", "0.0128 (0.0004 saved)"),
    ),
    troubles=(
        (
            "After questions 2, 5",
            "The language model did not answer in time; "
            "the built-in interviewer continued.",
        ),
    ),
    times=tuple(
        ReplyTimes(
            engine=engine,
            replies=replies,
            first_words_p50="0.61 s",
            first_words_p95="1.24 s",
            complete_p50="1.90 s",
            complete_p95="3.02 s",
        )
        for engine, replies in (("Built-in", 2), ("Language model", 9), ("Reused", 1))
    ),
)


def report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "is_on_demand": False,
        "is_complete": True,
        "asks_rating": False,
        "setup": (("Role", "Backend engineer, payments"), ("Level", "Mid-level")),
        "summary": SUMMARY,
        "judged_by": "Built-in rules coverage-1",
        "keep": ITEMS[:1],
        "change": ITEMS[1:],
        "criteria": CRITERIA,
        "questions": (
            scored_question(1),
            scored_question(2, percent=41, word="Developing"),
            skipped_question(3),
        ),
        "needs": (
            NeedRow(
                text="keep PostgreSQL fast: schema changes without downtime",
                state="Solid",
                is_scored=True,
                percent=72,
                error=8,
                questions=(1,),
                quote="customer 4,711 had a hundred times more rows",
            ),
            NeedRow(
                text="Terraform", state="Not asked in this interview", is_scored=False
            ),
        ),
        "inquiries": InquiryView(
            asked=("How do you decide what to shard next?",),
            score=4,
            sentence="4 of 5 points. This score is no part of the overall one.",
            criteria=(
                InquiryCriterion(text="Names the role", points=2, is_shown=True),
                InquiryCriterion(text="Is open", points=1, is_shown=False),
            ),
            stronger=("What would success look like after six months?",),
        ),
        "next_step": NextStep(
            text="Practise one more answer about data modelling.",
            url="/interviews/new/",
            label="Practise again",
        ),
        "transcript": MESSAGES,
        "metrics": (("Words per answer, mean", "84"), ("Thinking time", "1 min 12 s")),
        "receipt": RECEIPT,
        "disclaimer": "A practice estimate, not a hiring decision.",
    }
    return Report(**values | changes)


def empty_report() -> Report:
    none = dataclasses.replace(
        SUMMARY, score=None, error=None, word="Not enough evidence", answers_scored=0
    )
    return report(
        is_on_demand=True,
        summary=none,
        keep=(),
        change=(),
        criteria=(),
        questions=(skipped_question(1),),
        receipt=Receipt(
            no_model="No language model took part: 0 calls were made.",
            rows=(("Replies by engine", "Built-in 3"),),
            troubles=(),
            times=(),
        ),
    )


def row(**changes: Any) -> SessionInfo:
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "revision": 20,
        "role_title": "Backend engineer, payments",
        "role_label": "Backend engineer",
        "company": "Example Ltd",
        "level": "mid",
        "level_label": "Mid-level",
        "mode": "practice",
        "mode_label": "Practice",
        "state": "finished",
        "state_label": "Finished",
        "is_ended": True,
        "created_at": NOW,
        "last_activity_at": NOW,
        "ends_at": None,
        "paused_at": None,
        "message_count": 18,
        "answered_count": 6,
        "skipped_count": 0,
        "question_count": 8,
        "minutes_spent": 22,
        "score_label": "68 ± 7",
        "is_score_changed": False,
        "original_label": "68",
    }
    return SessionInfo(**values | changes)


def page_of_rows(count: int) -> SessionPage:
    unfinished = row(
        state="in_progress", state_label="In progress", is_ended=False, score_label="–"
    )
    rows = [unfinished, row(score_label="Not enough evidence")]
    rows.append(row(role_title="Donaudampfschifffahrt" * 5))
    rows += [row() for _ in range(count)]
    has_more = count > len(rows[:10])
    return SessionPage(
        sessions=tuple(rows[: min(count, 10)]),
        newer=uuid.uuid4() if has_more else None,
        older=uuid.uuid4() if has_more else None,
    )


SAMPLE_FORM = SampleForm({"sample_answer": ANSWER})

NEXT = {
    "suggestion": Suggestion(
        kind="drill",
        title="Drill Databases",
        reason="It is your weakest subject so far: 41 of 100 over 3 answers.",
        competency="Databases",
    ),
    "planned": PlannedInterview(held_on=NOW.date(), company="Acme"),
    "countdown": "in 9 days",
    "due_count": 0,
}

Pages = dict[str, tuple[str, dict[str, Any]]]


def pages() -> Pages:
    """Return name → (template, context) for every page and its main states."""
    return {
        **_front_pages(),
        **_room_pages(),
        **_past_pages(),
        **_score_pages(),
        **_error_pages(),
    }


def plan_context(**typed: str) -> dict[str, Any]:
    """Return a plan with a need, a claim, a pinned topic and an odd question."""
    setup = Setup(**{**SAMPLE_SETUP, "minutes": 15})
    plan = make_plan(
        bank=load_bank(),
        minutes=15,
        job_description=setup.job_description,
        resume=setup.resume,
    )
    plan = plan_edits.pin(plan=plan, index=1, is_pinned=True)
    plan = plan_edits.add_own(plan=plan, text="Don't you think tests are worth it?")
    draft = PlanDraft(
        setup=dataclasses.asdict(setup), plan=plan.to_dict(), created_at=NOW
    )
    form = OwnQuestionForm(typed or None, plan=plan)
    return {"page": plan_page(draft=draft, plan=plan), "form": form}


def _front_pages() -> Pages:
    shown = {
        "sample": attempt("sample", ANSWER),
        "sample_question": "A page that lists orders got slow. How do you find out?",
        "form": SAMPLE_FORM,
    }
    faulty = SetupForm({"role": "nobody", "company": "x" * 200})
    return {
        "landing": ("interview/landing.html", {"recent": [], **shown}),
        "home": (
            "interview/landing.html",
            {
                "user": alice(),
                "unfinished": session(),
                "recent": [ended_session(), session(score=None)],
                **NEXT,
                **shown,
            },
        ),
        "home-nothing-open": (
            "interview/landing.html",
            {"user": alice(), "recent": [ended_session()], **NEXT, **shown},
        ),
        "setup": ("interview/setup.html", {"form": SetupForm()}),
        "setup-sample": (
            "interview/setup.html",
            {"form": SetupForm.filled_with_sample()},
        ),
        "setup-errors": ("interview/setup.html", {"form": faulty}),
        "setup-read": (
            "interview/setup.html",
            {
                "form": SetupForm({"role": "backend", "resume": "Owned the API"}),
                "has_plan": True,
                "notes": [
                    "Read 3 words of the résumé from “cv.pdf”. Check them below."
                ],
            },
        ),
        "plan": ("interview/plan.html", plan_context()),
        "plan-refused": (
            "interview/plan.html",
            plan_context(question="Are you married?"),
        ),
    }


def attempt(scope: str, text: str, **changes: Any) -> Attempt:
    scored = scored_question(1)
    verdict = Verdict(
        **{
            field.name: getattr(scored, field.name)
            for field in dataclasses.fields(Verdict)
        }
        | {"points": points(scope), "explanation": explanation(scope)}
        | changes
    )
    return Attempt(
        id=uuid.uuid4(),
        label="4 March 2026, 10:42, first answer",
        text=text,
        segments=segments(scope),
        verdict=verdict,
        quotes={"p1": "Nearly every read is by one user"},
        seconds=125.0,
        own_rating=4,
    )


def changes() -> AttemptChanges:
    before = attempt("stored", ANSWER)
    fewer = (
        *points("lab")[:2],
        *(
            dataclasses.replace(p, status="missing", status_word="Missing")
            for p in points("lab")[2:]
        ),
    )
    after = attempt("lab", f"{ANSWER} It measures.", percent=74, points=fewer)
    return compare_attempts(first=before, second=after)


def rated(count: int) -> Calibration:
    answers = tuple(
        RatedAnswer(
            session_id=SESSION_ID,
            slot=0,
            topic="Data modelling",
            answered_at=NOW,
            rating=1 + n % 5,
            percent=35 + n,
            error=12,
            word="Developing",
        )
        for n in range(count)
    )
    sentence = describe(differences=[answer.difference for answer in answers])
    return Calibration(
        answers=answers, sentence=sentence, missing=max(0, MIN_RATINGS - count)
    )


class LabSample(LabForm):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data, stored=ANSWER)


def _score_pages() -> Pages:
    shown = changes()
    asked = SimpleNamespace(
        text=QUESTION, topic="Data modelling", slot=0, counting=shown.first
    )
    bench = {"asked": asked, "stored": shown.first, "session": ended_session()}
    other = {"asked": asked, "session": ended_session()}
    contexts: dict[str, tuple[str, dict[str, Any]]] = {
        "lab": ("interview/lab.html", {**bench, "form": LabSample()}),
        "lab-changed": (
            "interview/lab.html",
            {
                **bench,
                "form": LabSample({"text": ANSWER}),
                "changes": shown,
                "stronger": Stronger(text=f"{ANSWER} [your number]", model="a model"),
            },
        ),
        "lab-refused": (
            "interview/lab.html",
            {
                **bench,
                "form": LabSample({"text": ""}),
                "refusal": "Wait a moment.",
                "stronger": Stronger(refusal="It added what you did not say: 70."),
                "may_rewrite": True,
            },
        ),
        "compare": (
            "sessions/compare.html",
            {
                **other,
                "attempts": (shown.first, shown.second),
                "changes": dataclasses.replace(
                    shown, first=dataclasses.replace(shown.first, id=uuid.uuid4())
                ),
            },
        ),
        "compare-one": (
            "sessions/compare.html",
            {**other, "attempts": (shown.first,), "changes": None},
        ),
        "progress": ("sessions/progress.html", {"calibration": rated(12)}),
        "progress-few": ("sessions/progress.html", {"calibration": rated(2)}),
        "about-scoring": (
            "interview/about_scoring.html",
            {"facts": scoring_facts(), "bands": bands()},
        ),
    }
    return {
        name: (template, {"user": alice(), **context})
        for name, (template, context) in contexts.items()
    }


def _room_pages() -> Pages:
    contexts: dict[str, tuple[InterviewSession, Room]] = {
        "room": (session(), room()),
        "room-model": (session(), room(messages=WITH_A_MODEL)),
        "room-first": (session(), room(messages=MESSAGES[:2], feedback=None)),
        "room-unrated": (session(), room(feedback=UNRATED)),
        "room-untimed": (
            session(minutes=None, ends_at=None),
            room(seconds_left=None, time_left_label=""),
        ),
        "room-refused": (
            session(),
            room(
                draft_text="I would give that customer a shard of its own and",
                error="Your text has 7210 characters; 6000 are the limit.",
            ),
        ),
        "room-late": (
            session(),
            room(time_is_up=True, seconds_left=0, time_left_label="0:00 left"),
        ),
        "room-writing": (
            session(),
            room(pending_turn=PendingTurn(stream_url="/", has_failed=False)),
        ),
        "room-failed": (
            session(),
            room(pending_turn=PendingTurn(stream_url="/", has_failed=True)),
        ),
        "room-paused": (
            session(state="paused", paused_at=NOW),
            room(can_pause=False),
        ),
        "room-ended": (
            ended_session(),
            room(
                can_pause=False,
                other_mode="",
                time_left_label="",
                seconds_left=None,
            ),
        ),
        "room-coach": (
            ended_session(),
            room(
                messages=(*MESSAGES, *COACHING),
                can_pause=False,
                other_mode="",
                time_left_label="",
                seconds_left=None,
            ),
        ),
        "room-coach-refused": (
            ended_session(),
            room(
                can_pause=False,
                other_mode="",
                time_left_label="",
                seconds_left=None,
                unsent_answer=ANSWER,
                error="This interview has ended. Your report is ready.",
            ),
        ),
        "room-coach-failed": (
            ended_session(),
            room(
                can_pause=False,
                other_mode="",
                time_left_label="",
                seconds_left=None,
                pending_turn=PendingTurn(stream_url="/", has_failed=True),
            ),
        ),
        "room-long-words": (
            session(role_title="Donaudampfschifffahrt" * 5),
            room(
                topic="Donaudampfschifffahrt" * 3,
                messages=(message(1, "candidate", "answer", "x" * 400),),
            ),
        ),
        "room-silent": (
            session(mode="interview"),
            room(can_hint=False, feedback=None, other_mode="practice"),
        ),
    }
    return {
        name: (
            "interview/room.html",
            {"user": alice(), "session": of_session, "room": of_room},
        )
        for name, (of_session, of_room) in contexts.items()
    }


def _past_pages() -> Pages:
    filters = SessionFilterForm({"mode": "practice"})
    asked = {"question_no": 3, "client_message_id": CLIENT_ID}
    kept = {
        "heading": "You are signed out",
        "message": "Your earlier answers are saved. Sign in again to go on.",
        "url": "/accounts/login/",
        "label": "Sign in",
        "typed": [("text", "What you typed", "Half an answer")],
    }
    contexts: dict[str, tuple[str, dict[str, Any]]] = {
        "skip": ("interview/skip.html", {"session": session(), "text": "", **asked}),
        "skip-text": (
            "interview/skip.html",
            {"session": session(), "text": "Half an answer", **asked},
        ),
        "end": ("interview/end.html", {"session": session()}),
        "end-typed": ("interview/end.html", {"session": session(), "text": ANSWER}),
        "reset": ("interview/reset.html", {"session": session()}),
        "reset-typed": ("interview/reset.html", {"session": session(), "text": ANSWER}),
        "kept-text": ("interview/kept_text.html", kept),
        "delete": ("sessions/delete.html", {"session": session()}),
        "list": ("sessions/list.html", {"page": page_of_rows(25), "filters": filters}),
        "list-empty": (
            "sessions/list.html",
            {"page": page_of_rows(0), "filters": filters},
        ),
        "report": (
            "sessions/report.html",
            {"session": row(), "report": report()},
        ),
        "report-unrated": (
            "sessions/report.html",
            {"session": row(), "report": report(asks_rating=True)},
        ),
        "report-empty": (
            "sessions/report.html",
            {"session": row(), "report": empty_report()},
        ),
    }
    return {
        name: (template, {"user": alice(), **context})
        for name, (template, context) in contexts.items()
    }


def _error_pages() -> Pages:
    names = ("400", "403", "404", "500")
    locked = {"address": "a.very.long.address@example.org", "minutes": 30}
    return {
        **{f"error-{name}": (f"{name}.html", {}) for name in names},
        "locked": ("account/locked.html", locked),
        "locked-nobody": ("account/locked.html", {"address": "", "minutes": 1}),
    }


class OneField(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="As you signed up with.")


def account_contexts() -> dict[str, Any]:
    """Return what allauth's own views give their templates, in short."""
    return {
        "form": OneField({"email": "nobody"}),
        "signup_url": "/accounts/signup/",
        "login_url": "/accounts/login/",
        "email": "alice@example.org",
        "user": SimpleNamespace(is_authenticated=False),
    }
