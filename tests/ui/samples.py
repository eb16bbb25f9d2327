"""Pages with made-up contexts: what each template must be able to show."""

from __future__ import annotations

import datetime
from types import SimpleNamespace as Value
from typing import Any

from django import forms
from django.core.paginator import Paginator

SESSION_ID = "01920000-0000-7000-8000-000000000001"
NOW = datetime.datetime(2026, 3, 4, 10, 42, tzinfo=datetime.UTC)

QUESTION = (
    "Your sessions table grows by two million rows a day. How would you shard it, "
    "and what would make you regret that choice a year later?"
)
ANSWER = (
    "I would start from the access pattern. Nearly every read is by one user and "
    "recent, so I would hash on the user id and keep a month hot. I would regret it "
    "if reporting across users became the main load."
)


class SampleSetupForm(forms.Form):
    role = forms.ChoiceField(
        choices=[("backend", "Backend engineer"), ("product", "Product manager")]
    )
    role_title = forms.CharField(
        label="Job title", required=False, help_text="As in the advertisement."
    )
    level = forms.ChoiceField(
        choices=[
            ("junior", "Junior"),
            ("mid", "Mid-level"),
            ("senior", "Senior"),
            ("staff", "Staff"),
        ],
        widget=forms.RadioSelect,
        initial="mid",
    )
    kind = forms.ChoiceField(
        label="Questions",
        choices=[("mixed", "Mixed"), ("technical", "Technical")],
        widget=forms.RadioSelect,
        initial="mixed",
    )
    minutes = forms.ChoiceField(
        label="Length",
        choices=[
            ("15", "15 minutes"),
            ("30", "30 minutes"),
            ("45", "45 minutes"),
            ("0", "No time limit"),
        ],
        widget=forms.RadioSelect,
        initial="15",
    )
    mode = forms.ChoiceField(
        choices=[
            ("practice", "Practice: feedback after each answer, hints on request"),
            ("interview", "Interview: no feedback until the end, as in real life"),
        ],
        widget=forms.RadioSelect,
        initial="practice",
    )
    company = forms.CharField(required=False)
    job_description = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paste the advertisement. Questions are chosen to fit it.",
    )
    resume = forms.CharField(
        label="Résumé",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    style = forms.ChoiceField(
        choices=[("formal", "Formal"), ("casual", "Casual")],
        widget=forms.RadioSelect,
        initial="formal",
    )


class SampleFilters(forms.Form):
    role = forms.ChoiceField(
        required=False, choices=[("", "All roles"), ("backend", "Backend engineer")]
    )
    state = forms.ChoiceField(
        required=False, choices=[("", "All states"), ("finished", "Finished")]
    )
    mode = forms.ChoiceField(
        required=False, choices=[("", "All modes"), ("practice", "Practice")]
    )


def message(seq: int, role: str, kind: str, content: str, **more: Any) -> Value:
    labels = {"interviewer": "Interviewer", "candidate": "You", "coach": "Coach"}
    values = {
        "is_question": kind in ("question", "probe"),
        "is_latest": False,
        "origin_label": "built-in interviewer",
    } | more
    return Value(
        seq=seq,
        role=role,
        role_label=labels[role],
        kind=kind,
        content=content,
        created_at=NOW + datetime.timedelta(minutes=seq),
        **values,
    )


def session(**changes: Any) -> Value:
    values = {
        "id": SESSION_ID,
        "role": "backend",
        "role_title": "Backend engineer, payments",
        "role_label": "Backend engineer",
        "level": "mid",
        "get_level_display": "Mid-level",
        "mode": "practice",
        "get_mode_display": "Practice",
        "style": "formal",
        "language": "en",
        "state": "in_progress",
        "state_label": "In progress",
        "is_finished": False,
        "is_ended": False,
        "ends_at": NOW + datetime.timedelta(minutes=30),
        "minutes": 30,
        "created_at": NOW,
        "answered_count": 3,
        "question_count": 8,
        "minutes_spent": 22,
        "score_label": "68 ± 7",
    }
    return Value(**values | changes)


FEEDBACK = {
    "score_word": "Solid",
    "band": 4,
    "items": [
        {
            "kind": "keep",
            "quote": "Nearly every read is by one user and recent",
            "criterion": "Reasoning",
            "gap": "",
            "advice": "You began with the access pattern. Keep opening that way.",
        },
        {
            "kind": "change",
            "quote": "I would regret it if reporting across users became the main load",
            "criterion": "Depth",
            "gap": "How data moves between shards is missing.",
            "advice": "Say how you would move a shard without stopping writes.",
        },
    ],
    "criteria": [
        {"name": "Reasoning", "score_word": "Strong", "percent": 84},
        {"name": "Depth", "score_word": "Developing", "percent": 52},
        {"name": "Trade-offs", "score_word": "Not enough evidence", "percent": None},
    ],
    "reason": "",
    "provenance": "Built-in rules, scorer 1, rubric 3f2a",
}


def room(**changes: Any) -> Value:
    values = {
        "messages": [
            message(
                1,
                "interviewer",
                "opening",
                "Good morning. We have 30 minutes and about eight questions. Thinking "
                "time is fine, and you can ask me to repeat a question.",
            ),
            message(2, "interviewer", "question", QUESTION),
            message(3, "candidate", "answer", ANSWER),
            message(
                4,
                "interviewer",
                "probe",
                "You said you would hash on the user id. Suppose one customer holds a "
                "third of all users. What changes?",
                is_latest=True,
            ),
        ],
        "question_no": 3,
        "progress_label": "Question 3 of 8",
        "topic": "Data modelling",
        "time_left_label": "24:10 left",
        "seconds_left": 1450,
        "client_message_id": "01920000-0000-7000-8000-0000000000aa",
        "draft_text": "",
        "error": "",
        "notice": "",
        "can_pause": True,
        "can_hint": True,
        "pending_turn": None,
        "feedback": FEEDBACK,
        "time_is_up": False,
        "max_length": 6000,
    }
    return Value(**values | changes)


def point(no: int, *, status: str, word: str, text: str, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": f"p{no}",
        "anchor": f"q1-point-{no}",
        "text": text,
        "status": status,
        "status_word": word,
        "weight": 3,
        "must_have": no == 1,
        "contribution": 24.0 if status == "hit" else 0.0,
        "coverage_percent": 81,
        "threshold_percent": 62,
        "evidence_n": no if status != "missing" else None,
    }
    return values | more


def mark(n: int, kind: str = "supports") -> dict[str, Any]:
    return {"n": n, "kind": kind, "target_id": f"q1-point-{n}", "label": "Reasoning"}


SEGMENTS = [
    {"text": "I would start from the access pattern. ", "marks": []},
    {"text": "Nearly every read is by one user", "marks": [mark(1)]},
    {"text": " and recent, so I would hash", "marks": [mark(1), mark(2)]},
    {"text": " on the user id and keep a month hot. ", "marks": []},
    {"text": "I would never need to move it.", "marks": [mark(3, "contradicts")]},
]
POINTS = [
    point(1, status="hit", word="Covered", text="Chooses the key from how it is read"),
    point(2, status="partial", word="Partly", text="Names what hashing costs"),
    point(3, status="contradicted", word="Against", text="Plans how shards move"),
    point(4, status="missing", word="Missing", text="Keeps queries on one shard"),
]


def scored_question(no: int, **changes: Any) -> dict[str, Any]:
    prefix = f"q{no}-"
    rename = {"q1-": prefix}
    points = [p | {"anchor": p["anchor"].replace("q1-", prefix)} for p in POINTS]
    segments = [
        s
        | {
            "marks": [
                m | {"target_id": m["target_id"].replace("q1-", rename["q1-"])}
                for m in s["marks"]
            ]
        }
        for s in SEGMENTS
    ]
    values: dict[str, Any] = {
        "no": no,
        "text": QUESTION,
        "kind_label": "Technical",
        "topic": "Data modelling",
        "state_word": "Answered",
        "percent": 68,
        "error": 9,
        "seconds": 125.0,
        "word": "Solid",
        "reason": "",
        "answers": [
            {"seq": 3, "label": "Answer", "segments": segments},
            {
                "seq": 5,
                "label": "After the follow-up: What changes for a large customer?",
                "segments": [{"text": "It gets a shard of its own.", "marks": []}],
            },
        ],
        "points": points,
        "star": [
            {"part": "Situation", "found": True, "required": True, "evidence_n": 1},
            {"part": "Result", "found": False, "required": True, "evidence_n": None},
        ],
        "adjustments": [{"reason": "One wrong statement", "points": -6.0}],
        "outline": [
            {"kind": "said", "text": "Nearly every read is by one user"},
            {"kind": "add", "text": "Say how a shard moves while writes go on"},
        ],
        "feedback": FEEDBACK["items"],
        "next_band": "Names the cost of the choice and a way back from it.",
        "probes": ["Suppose one customer holds a third of all users. What changes?"],
        "provenance": "Built-in rules, scorer 1, rubric 3f2a",
    }
    return values | changes


def unscored_question(no: int) -> dict[str, Any]:
    return scored_question(
        no,
        topic="Working with others",
        state_word="Skipped",
        percent=None,
        error=None,
        seconds=None,
        word="Not enough evidence",
        reason="You skipped this question. It does not count against you.",
        answers=[],
        points=[],
        star=[],
        adjustments=[],
        outline=[],
        feedback=[],
        next_band="",
        probes=[],
    )


def report(**changes: Any) -> Value:
    item = {"quote": "Nearly every read is by one user", "anchor": "q1-evidence-1"}
    values = {
        "is_on_demand": False,
        "summary": {
            "score": 68,
            "error": 7,
            "word": "Solid",
            "sentence": "Your answers cover most of what was asked; depth varies.",
            "answers_scored": 5,
            "answers_total": 6,
        },
        "keep": [item | {"advice": "Open with the access pattern.", "criterion": "Reasoning"}],
        "change": [item | {"advice": "Say how data moves.", "criterion": "Depth"}],
        "criteria": [
            {"name": "Reasoning", "percent": 84, "error": 6, "word": "Strong", "evidence_count": 7},
            {"name": "Depth", "percent": 52, "error": 11, "word": "Developing", "evidence_count": 4},
            {"name": "Trade-offs", "percent": 31, "error": 14, "word": "Needs work", "evidence_count": 2},
            {
                "name": "Results",
                "percent": None,
                "error": None,
                "word": "Not enough evidence",
                "evidence_count": 0,
            },
        ],
        "questions": [scored_question(1), scored_question(2, percent=41), unscored_question(3)],
        "next_step": {
            "text": "Practise naming the cost of a choice: it was missing in three answers.",
            "url": "/interviews/new/",
            "label": "Start another interview",
        },
        "transcript": room().messages,
        "metrics": [("Words per answer, mean", "84"), ("Thinking time, mean", "1 min 12 s")],
        "setup": [("Role", "Backend engineer, payments"), ("Level", "Mid-level")],
        "disclaimer": "A practice estimate, not a hiring decision.",
    }
    return Value(**values | changes)


def page_of_sessions(count: int = 3) -> Any:
    rows = [
        session(),
        session(state="finished", state_label="Finished", is_finished=True),
        session(state="abandoned", state_label="Abandoned", score_label=""),
    ]
    rows += [session(state="finished", state_label="Finished") for _ in range(40)]
    return Paginator(rows[:count], 10).get_page(1)


def person(**changes: Any) -> Value:
    values = {"is_authenticated": True, "is_guest": False, "email": "alice@example.org"}
    return Value(**values | changes)


LANDING_SAMPLE = {
    "question": "Tell me about a piece of work you are proud of.",
    "segments": [
        {"text": "Our deploys took an hour, ", "marks": [mark(1)]},
        {"text": "so I split the test suite and cached the builds. ", "marks": [mark(2)]},
        {"text": "It was a good project overall.", "marks": []},
    ],
    "points": POINTS,
    "score_word": "Developing",
}
SIGNED_IN = {"user": person()}
ANONYMOUS = {"user": person(is_authenticated=False)}


def pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return name → (template, context) for every page and its main states."""
    ended = session(state="finished", is_finished=True, is_ended=True)
    in_room = {"session": session(), **SIGNED_IN}
    return {
        "landing": (
            "interview/landing.html",
            {"unfinished": None, "recent": [], "sample": LANDING_SAMPLE, **ANONYMOUS},
        ),
        "home": (
            "interview/landing.html",
            {
                "unfinished": session(),
                "recent": [session(state="finished", state_label="Finished")] * 2,
                "sample": LANDING_SAMPLE,
                **SIGNED_IN,
            },
        ),
        "setup": ("interview/setup.html", {"form": SampleSetupForm(), **ANONYMOUS}),
        "setup-errors": (
            "interview/setup.html",
            {"form": SampleSetupForm({"role": "backend"}), **ANONYMOUS},
        ),
        "room": ("interview/room.html", {**in_room, "room": room()}),
        "room-first": (
            "interview/room.html",
            {**in_room, "room": room(messages=room().messages[:2], feedback=None)},
        ),
        "room-error": (
            "interview/room.html",
            {
                **in_room,
                "room": room(
                    draft_text="I would give that customer a shard of its own and",
                    error="Your answer has 7,210 characters; 6,000 are the limit.",
                    notice="The built-in interviewer continues.",
                    time_is_up=True,
                    seconds_left=0,
                    time_left_label="0:00 left",
                ),
            },
        ),
        "room-pending": (
            "interview/room.html",
            {**in_room, "room": room(pending_turn=Value(stream_url="/nothing/"))},
        ),
        "room-paused": (
            "interview/room.html",
            {**SIGNED_IN, "session": session(state="paused"), "room": room(can_pause=False)},
        ),
        "room-finished": (
            "interview/room.html",
            {
                **SIGNED_IN,
                "session": ended,
                "room": room(can_pause=False, time_left_label="", seconds_left=None),
            },
        ),
        "room-interview": (
            "interview/room.html",
            {
                **SIGNED_IN,
                "session": session(mode="interview"),
                "room": room(can_hint=False, feedback=None),
            },
        ),
        "skip": (
            "interview/skip.html",
            {**in_room, "question_no": 3, "client_message_id": "x", "text": "Half a"},
        ),
        "end": ("interview/end.html", in_room),
        "delete": ("sessions/delete.html", in_room),
        "list": (
            "sessions/list.html",
            {"page": page_of_sessions(25), "filters": SampleFilters(), **SIGNED_IN},
        ),
        "list-empty": (
            "sessions/list.html",
            {"page": page_of_sessions(0), "filters": SampleFilters(), **SIGNED_IN},
        ),
        "report": ("sessions/report.html", {"session": ended, "report": report(), **SIGNED_IN}),
        "report-empty": (
            "sessions/report.html",
            {
                "session": ended,
                **SIGNED_IN,
                "report": report(
                    is_on_demand=True,
                    summary=report().summary | {"score": None, "error": None, "word": "Not enough evidence", "answers_scored": 0},
                    keep=[],
                    change=[],
                    criteria=[],
                    questions=[unscored_question(1)],
                ),
            },
        ),
        "400": ("400.html", {}),
        "403": ("403.html", {}),
        "403-csrf": ("403_csrf.html", {}),
        "404": ("404.html", {}),
        "500": ("500.html", {}),
    }
