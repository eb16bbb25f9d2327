"""The plan of an interview: which topics, in which order, with how much time.

A plan may be seen and changed before the start; it is frozen with the session. Equal
inputs give equal plans; the seed alone makes two interviews differ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from interviewer.bank.loader import Bank
from interviewer.bank.model import BankQuestion
from interviewer.policy import labels, timing
from interviewer.policy.selection import Pick, select
from interviewer.reading.job import Requirement, read_job
from interviewer.reading.resume import read_resume

KINDS = ("mixed", "technical", "behavioural")
STYLES = ("formal", "casual", "technical", "challenging")
MODES = ("interview", "practice", "skill_assessment")
LANGUAGE = "en"

DEEP_DIVE = "deep_dive"
MUST = "must"
IF_TIME = "if_time"
MAX_PROBES = {MUST: 2, IF_TIME: 1}
MIN_MUST_SHARE = 0.5
MAX_REQUIREMENTS = 20  # of a description that a plan keeps account of


class UnableToPlan(Exception):
    """The bank has no question for this role and kind of interview."""


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """One topic of the plan, with the question that opens it."""

    index: int
    bank_id: str
    version: int
    digest: str
    label: str
    question: str
    competency: str
    phase: str  # warm_up | exploration | deep_dive
    priority: str  # must | if_time
    max_probes: int
    target_seconds: int  # follow-ups included
    difficulty: float
    level: str
    type: str
    requirement: str  # the line of the job description that it serves, or empty
    source: str  # base | jd | resume | user | drill | review
    claim: str = ""  # of the résumé, that it is to verify
    is_pinned: bool = False  # by the person: asked even when time is short

    @property
    def is_must(self) -> bool:
        return self.is_pinned or self.priority == MUST


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """The ordered topics of an interview and the set-up they were chosen for."""

    slots: tuple[Slot, ...]
    minutes: int | None  # None: no limit
    kind: str
    role: str
    level: str
    style: str
    mode: str
    language: str
    seed: int
    requirements: tuple[str, ...] = ()  # of the job description, served or not
    is_edited: bool = False  # by the person: asked in exactly this order

    @property
    def seconds(self) -> int:
        """Return the time that all topics and the closing take."""
        topics = sum(slot.target_seconds for slot in self.slots)
        return topics + timing.CLOSING_RESERVE_SECONDS

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values from which `from_dict` makes an equal plan."""
        values = dataclasses.asdict(self)
        values["slots"] = list(values["slots"])
        values["requirements"] = list(values["requirements"])
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """Return the plan that `to_dict` described; raises KeyError or TypeError."""
        slots = tuple(Slot(**slot) for slot in values["slots"])
        requirements = tuple(values.get("requirements", ()))
        return cls(**{**values, "slots": slots, "requirements": requirements})


def build_plan(
    *,
    bank: Bank,
    role: str,
    level: str,
    kind: str,
    minutes: int | None,
    job_description: str,
    resume: str,
    style: str,
    mode: str,
    seed: int,
    exclude: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan for this set-up; raises UnableToPlan.

    It is shorter than the time allows when the bank has too few questions.
    """
    requirements = read_job(job_description).requirements
    picks = select(
        questions=bank.questions,
        role=role,
        level=level,
        kind=kind,
        count=timing.question_count(minutes),
        warm_up=timing.has_warm_up(minutes),
        requirements=requirements,
        claims=read_resume(resume),
        seed=seed,
        exclude=exclude,
    )
    if not picks:
        raise UnableToPlan(f"No {kind} question for the role {role!r} in the bank.")
    return Plan(
        slots=_slots(picks, minutes=minutes),
        minutes=minutes,
        kind=kind,
        role=role,
        level=level,
        style=style,
        mode=mode,
        language=LANGUAGE,
        seed=seed,
        requirements=_most_wanted(requirements, picks),
    )


def _most_wanted(
    requirements: Sequence[Requirement], picks: Sequence[Pick]
) -> tuple[str, ...]:
    """Return what the report will account for: all that is asked, and what fits."""
    served = {pick.requirement for pick in picks}
    firm_first = sorted(
        requirements, key=lambda r: (r.text not in served, r.is_optional)
    )
    kept = {r.text for r in firm_first[:MAX_REQUIREMENTS]}
    in_order = (r.text for r in requirements if r.text in kept)
    return tuple(dict.fromkeys(in_order))


def _slots(picks: Sequence[Pick], *, minutes: int | None) -> tuple[Slot, ...]:
    sizes = timing.phase_sizes(slots=len(picks), warm_up=timing.has_warm_up(minutes))
    phases = [phase for phase, size in sizes.items() for _ in range(size)]
    seconds = (
        timing.phase_seconds(minutes=minutes, sizes=sizes)
        if minutes is not None
        else {}
    )
    least_must = sizes["warm_up"] + round(len(picks) * MIN_MUST_SHARE)
    return tuple(
        _slot(
            pick,
            index=index,
            phase=phase,
            is_must=index < least_must or bool(pick.requirement),
            target_seconds=seconds.get(phase, pick.question.time_limit_s),
        )
        for index, (pick, phase) in enumerate(zip(picks, phases, strict=True))
    )


def _slot(
    pick: Pick, *, index: int, phase: str, is_must: bool, target_seconds: int
) -> Slot:
    question: BankQuestion = pick.question
    priority = MUST if is_must else IF_TIME
    return Slot(
        index=index,
        bank_id=question.id,
        version=question.version,
        digest=question.digest,
        label=labels.topic(question.skills),
        question=question.question,
        competency=labels.competency(question.skills),
        phase=phase,
        priority=priority,
        max_probes=0 if phase == "warm_up" else MAX_PROBES[priority],
        target_seconds=target_seconds,
        difficulty=question.difficulty_b,
        level=question.level,
        type=question.type,
        requirement=pick.requirement,
        source=pick.source,
        claim=pick.claim,
    )
