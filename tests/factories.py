"""Plain values for tests: give the fields that matter, the rest is ordinary."""

from __future__ import annotations

import dataclasses

from interviewer.agents.engine import TurnContext
from interviewer.bank.loader import Bank
from interviewer.bank.model import BankQuestion, Exemplar, FollowUp, Point
from interviewer.policy.next_action import Action
from interviewer.policy.plan import Plan, build_plan
from interviewer.policy.progress import JournalEntry, Progress, fold
from interviewer.scoring import result
from interviewer.scoring.result import (
    Assessment,
    CriterionResult,
    Evidence,
    GateOutcome,
    PointResult,
    StarPart,
)

TECHNICAL_POINTS = (
    Point(
        id="maintain",
        criterion="knowledge",
        weight=3.0,
        text="every write must also update the index",
        must_have=True,
        aliases=("index maintenance", "write amplification"),
        contradicts=("indexes only affect reads",),
        probe="What happens inside the database on an insert here?",
    ),
    Point(
        id="space",
        criterion="knowledge",
        weight=1.0,
        text="the index takes disk and cache space or adds locking",
        probe="What other costs does it have?",
    ),
    Point(
        id="measure",
        criterion="judgement",
        weight=3.0,
        text="decide from query plans and usage statistics",
        must_have=True,
        aliases=("explain analyze",),
        probe="How would you find out whether it earns its keep?",
    ),
)
BEHAVIOURAL_POINTS = (
    Point(
        id="own_action",
        criterion="action",
        weight=3.0,
        text="says what they personally did about the disagreement",
        must_have=True,
        probe="What was your own contribution?",
    ),
    Point(
        id="listened",
        criterion="action",
        weight=1.0,
        text="can state the other side's reasons",
        probe="What was the best argument of the others?",
    ),
    Point(
        id="result",
        criterion="outcome",
        weight=3.0,
        text="tells how it ended with a concrete effect",
        must_have=True,
        probe="What came out of it?",
    ),
)
TECHNICAL_FOLLOWUPS = (
    FollowUp("missing:measure", "How would you learn whether it is worth keeping?"),
    FollowUp("contradicted:maintain", "Walk me through an insert into that table."),
    FollowUp("depth", "When would you keep it although writes got slower?"),
)
BEHAVIOURAL_FOLLOWUPS = (
    FollowUp("missing:action", "What did you do yourself?"),
    FollowUp("missing:result", "How did it turn out?"),
    FollowUp("vague", "Can you put a number or an example on that?"),
)


def make_question(
    *,
    id: str = "db.index.write-cost",
    type: str = "technical",
    question: str | None = None,
    points: tuple[Point, ...] | None = None,
    followups: tuple[FollowUp, ...] | None = None,
    families: tuple[str, ...] = ("backend",),
    skills: tuple[str, ...] = ("databases.indexing",),
    level: str = "mid",
    difficulty_b: float = 0.0,
) -> BankQuestion:
    """Return a technical or behavioural question with a small rubric."""
    is_behavioural = type == "behavioural"
    if points is None:
        points = BEHAVIOURAL_POINTS if is_behavioural else TECHNICAL_POINTS
    if followups is None:
        followups = BEHAVIOURAL_FOLLOWUPS if is_behavioural else TECHNICAL_FOLLOWUPS
    if question is None:
        question = _QUESTION_TEXTS[is_behavioural]
    return BankQuestion(
        id=id,
        version=1,
        licence="project",
        type=type,
        families=families,
        skills=skills,
        level=level,
        difficulty_b=difficulty_b,
        time_limit_s=120,
        question=question,
        reference="A reference answer.",
        criteria={point.criterion: 1.0 for point in points},
        points=points,
        anchors={band: f"Behavior of band {band}." for band in range(1, 6)},
        exemplars=(Exemplar("strong", 0.95, "A strong answer.", "all points"),),
        followups=followups,
        star_required=("situation", "action", "result") if is_behavioural else (),
    )


_QUESTION_TEXTS = {
    False: "Adding an index made a busy table slower. Why can that happen?",
    True: "Tell me about a disagreement in your team. What did you do?",
}

SUBJECTS = "indexing caching queues search billing routing alerts backups login media"


def make_bank(*, technical: int = 12, behavioural: int = 8) -> Bank:
    """Return a bank with questions of every level, each on a subject of its own."""
    subjects = SUBJECTS.split()
    levels = ("junior", "mid", "senior", "staff")
    questions = [
        make_question(
            id=f"backend.{subjects[n % 10]}.{n:02}",
            question=f"How does {subjects[n % 10]} number {n} work, and why that way?",
            skills=(f"{subjects[n % 10]}.part{n}",),
            level=levels[n % 4],
            difficulty_b=-0.75 + 0.75 * (n % 4),
        )
        for n in range(technical)
    ] + [
        make_question(
            id=f"behav.{subjects[n % 10]}.{n:02}",
            type="behavioural",
            question=f"Tell me of case {n} with {subjects[n % 10]}. What did you do?",
            families=("any",),
            skills=(f"people{n % 5}.case{n}",),
            level=levels[n % 4],
            difficulty_b=-1.5 + 0.75 * (n % 4),
        )
        for n in range(behavioural)
    ]
    return Bank(tuple(sorted(questions, key=lambda question: question.id)))


def make_plan(
    *,
    bank: Bank | None = None,
    role: str = "backend",
    level: str = "mid",
    kind: str = "mixed",
    minutes: int | None = 20,
    job_description: str = "",
    resume: str = "",
    style: str = "formal",
    mode: str = "interview",
    seed: int = 1,
    exclude: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan for an ordinary set-up."""
    return build_plan(
        bank=bank or make_bank(),
        role=role,
        level=level,
        kind=kind,
        minutes=minutes,
        job_description=job_description,
        resume=resume,
        style=style,
        mode=mode,
        seed=seed,
        exclude=exclude,
    )


def make_point_result(
    point: Point, *, status: str = result.HIT, evidence: Evidence | None = None
) -> PointResult:
    """Return the verdict on one point."""
    coverage = {result.HIT: 1.0, result.PARTIAL: 0.5}.get(status, 0.0)
    return PointResult(
        id=point.id,
        criterion=point.criterion,
        text=point.text,
        weight=point.weight,
        must_have=point.must_have,
        status=status,
        coverage=coverage,
        threshold=0.6,
        contribution=10 * point.weight * coverage,
        evidence=evidence,
    )


def make_assessment(
    question: BankQuestion,
    *,
    missing: tuple[str, ...] = (),
    partial: tuple[str, ...] = (),
    contradicted: tuple[str, ...] = (),
    missing_parts: tuple[str, ...] = (),
    evidence: dict[str, Evidence] | None = None,
    score: float = 0.7,
    confidence: float = 0.8,
) -> Assessment:
    """Return a verdict in which every point not named is hit."""
    statuses = {
        **dict.fromkeys(missing, result.MISSING),
        **dict.fromkeys(partial, result.PARTIAL),
        **dict.fromkeys(contradicted, result.CONTRADICTED),
    }
    return Assessment(
        state=result.OBSERVED,
        gate=GateOutcome(result.PASSED),
        score=score,
        error=0.1,
        band=max(1, -int(-score * 5 // 1)),
        confidence=confidence,
        criteria=tuple(
            CriterionResult(name, weight, result.OBSERVED, score)
            for name, weight in question.criteria.items()
        ),
        points=tuple(
            make_point_result(
                point,
                status=statuses.get(point.id, result.HIT),
                evidence=(evidence or {}).get(point.id),
            )
            for point in question.points
        ),
        star=tuple(
            StarPart(part, required=True, found=part not in missing_parts)
            for part in question.star_required
        ),
        versions=(("scorer", "1"),),
    )


def make_gated(outcome: str, *, reason: str = "That was too short.") -> Assessment:
    """Return the verdict on an answer that the gate stopped."""
    states = {result.REFUSAL: result.DECLINED, result.DONT_KNOW: result.NOT_KNOWN}
    return Assessment(
        state=states.get(outcome, result.UNSCOREABLE),
        gate=GateOutcome(outcome, reason),
    )


def make_evidence(answer: str, quote: str, *, target: str = "") -> Evidence:
    """Return the span of this quote in the answer."""
    start = answer.index(quote)
    return Evidence(start, start + len(quote), quote, "supports", target)


@dataclasses.dataclass
class Journal:
    """The journal of one interview, growing as the two sides speak."""

    plan: Plan
    entries: list[JournalEntry] = dataclasses.field(default_factory=list)

    @property
    def progress(self) -> Progress:
        return fold(plan=self.plan, entries=self.entries)

    def interviewer(self, action: Action) -> None:
        """Record an action as the orchestrator does."""
        progress = self.progress
        is_new = action.kind in ("question", "probe", "invite", "reply")
        self._add(
            role="coach" if action.kind == "hint" else "interviewer",
            kind=action.kind,
            content=action.text,
            question_no=progress.question_no + is_new,
            details=action.details(),
        )

    def candidate(self, kind: str, content: str = "", *, gate: str = "") -> None:
        """Record what the candidate sent."""
        self._add(
            role="candidate",
            kind=kind,
            content=content,
            question_no=self.progress.question_no,
            details={"gate": gate} if gate else {},
        )

    def _add(self, **values: object) -> None:
        self.entries.append(JournalEntry(seq=len(self.entries) + 1, **values))  # type: ignore[arg-type]


def make_context(**changes):
    values = {
        "role_title": "Backend engineer",
        "level": "mid",
        "company": "",
        "style": "formal",
        "mode": "interview",
        "language": "en",
        "candidate_name": "Alice",
        "minutes": 20,
        "question_count": 7,
        "question_no_in_plan": 2,
        "last_answer": "",
        "acknowledge": False,
        "seed": 1,
    }
    return TurnContext(**{**values, **changes})
