"""Short practice on chosen questions: a drill of one subject, a review of what is due.

No follow-ups and no clock; each question comes with the time to aim for.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from interviewer.bank.model import ANY_FAMILY, LEVELS, BankQuestion
from interviewer.policy import labels
from interviewer.policy.plan import LANGUAGE, MUST, Plan, Slot, UnableToPlan

DRILL_QUESTIONS = 5
DRILL_SECONDS = 60  # for each answer; suggested, never enforced
MODE = "practice"
DRILL = "drill"  # sources of slots
REVIEW = "review"
KIND = {True: "behavioural", False: "technical"}


def drill_questions(
    *,
    questions: Sequence[BankQuestion],
    competency: str,
    role: str,
    level: str,
    first: Sequence[str],
    lately: Collection[str],
    seed: int,
) -> tuple[BankQuestion, ...]:
    """Return up to five questions on this competency for this role and level.

    first: bank ids that come before all others, such as what is due
    lately: bank ids that give way to others
    Questions for other roles fill in where the role has too few of its own.
    """
    noise = random.Random(seed)
    rank = {bank_id: place for place, bank_id in enumerate(first)}

    def order(question: BankQuestion) -> tuple[int, bool, bool, int, float]:
        return (
            rank.get(question.id, len(rank)),
            not {role, ANY_FAMILY} & set(question.families),
            question.id in lately,
            abs(LEVELS.index(question.level) - LEVELS.index(level)),
            noise.random(),
        )

    fitting = [q for q in questions if labels.competency(q.skills) == competency]
    by_id = sorted(fitting, key=lambda question: question.id)
    return tuple(sorted(by_id, key=order)[:DRILL_QUESTIONS])


def drill_plan(
    *,
    questions: Sequence[BankQuestion],
    role: str,
    level: str,
    style: str,
    seed: int,
    source: str,
) -> Plan:
    """Return a plan that asks exactly these, in this order; raises UnableToPlan.

    source: what they were chosen for, drill or review
    """
    if not questions:
        raise UnableToPlan("The bank has no question for this.")
    return Plan(
        slots=tuple(_slot(q, index, source) for index, q in enumerate(questions)),
        minutes=None,
        kind=_kind(questions),
        role=role,
        level=level,
        style=style,
        mode=MODE,
        language=LANGUAGE,
        seed=seed,
    )


def is_drill(*, plan: Plan) -> bool:
    """Say whether this is a drill or a review, and no interview."""
    return plan.slots[0].source in (DRILL, REVIEW)


def introduction(*, plan: Plan) -> str:
    """Return how this drill or review goes, in a few words; empty for an interview."""
    if not is_drill(plan=plan):
        return ""
    kind = plan.slots[0].source
    count = len(plan.slots)
    questions = "1 question" if count == 1 else f"{count} questions"
    what = {DRILL: "This is a short drill", REVIEW: "This is a review of what is due"}
    return (
        f"{what[kind]}: {questions} without follow-ups. Aim for about {DRILL_SECONDS} "
        f"seconds each; nothing is cut off."
    )


def _kind(questions: Sequence[BankQuestion]) -> str:
    kinds = {question.type == KIND[True] for question in questions}
    return "mixed" if len(kinds) > 1 else KIND[kinds.pop()]


def _slot(question: BankQuestion, index: int, source: str) -> Slot:
    return Slot(
        index=index,
        bank_id=question.id,
        version=question.version,
        digest=question.digest,
        label=labels.topic(question.skills),
        question=question.question,
        competency=labels.competency(question.skills),
        phase="exploration",
        priority=MUST,
        max_probes=0,
        target_seconds=DRILL_SECONDS,
        difficulty=question.difficulty_b,
        level=question.level,
        type=question.type,
        requirement="",
        source=source,
    )
