"""Choose the questions of a plan and put them in order.

Greedy: the best candidate first, and after each choice the others are worth
less for repeating its skill or the requirement it serves. A little seeded noise
decides between near-equals.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

from interviewer.bank.model import ANY_FAMILY, LEVELS, BankQuestion
from interviewer.policy.relevance import Match, Relevance
from interviewer.reading.job import Requirement
from interviewer.reading.resume import Claim, claim_about

BEHAVIOURAL = "behavioural"
TARGET_DIFFICULTY = {"junior": -0.75, "mid": 0.0, "senior": 0.75, "staff": 1.5}

# Worth of a candidate; measured against each other on the shipped bank.
LEVEL_STEP = 0.35  # per level away from the wanted one
DIFFICULTY_STEP = 0.2  # per unit of difficulty away from the wanted one
RELEVANCE = 1.2
NOISE = 0.3
SAME_SKILL = 0.6
SAME_AREA = 0.15
SAME_REQUIREMENT = 0.5
MIN_SLOTS_FOR_RESUME = 3
MAX_INSERTED = 2  # questions that give way to what the job asks for


@dataclasses.dataclass(frozen=True, slots=True)
class Pick:
    """A chosen question, and what it was chosen for."""

    question: BankQuestion
    requirement: str = ""
    source: str = "base"  # base | jd | resume
    claim: str = ""  # of the résumé, that it is to verify


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    question: BankQuestion
    is_fresh: bool
    level_distance: int
    worth: float
    noise: float  # 0.0–1.0
    match: Match
    claim: float  # how much of its skill the résumé names
    claimed: Claim | None  # what says so

    @property
    def is_behavioural(self) -> bool:
        return self.question.type == BEHAVIOURAL

    @property
    def is_near(self) -> bool:
        return self.level_distance <= 1

    @property
    def is_claimed(self) -> bool:
        return self.claimed is not None and not self.is_behavioural


def select(
    *,
    questions: Sequence[BankQuestion],
    role: str,
    level: str,
    kind: str,
    count: int,
    warm_up: bool,
    requirements: Sequence[Requirement],
    claims: Sequence[Claim],
    seed: int,
    exclude: frozenset[str],
) -> tuple[Pick, ...]:
    """Return up to `count` different questions in the order of asking.

    With `warm_up` the first is an easy one, the rest goes from easy to hard.
    """
    pool = _candidates(
        [q for q in questions if _suits(q, role=role, kind=kind)],
        level=level,
        requirements=requirements,
        claims=claims,
        seed=seed,
        exclude=exclude,
    )
    opening = [_easiest(pool, kind=kind)] if warm_up and pool else []
    rest = [candidate for candidate in pool if candidate not in opening]
    chosen = _choose(rest, count=count - len(opening), kind=kind)
    chosen = _with_open_needs(chosen, rest)
    claimed = _claimed(chosen)
    return (
        *(Pick(candidate.question) for candidate in opening),
        *(_pick(candidate, claimed) for candidate in _ordered(chosen, kind=kind)),
    )


def _suits(question: BankQuestion, *, role: str, kind: str) -> bool:
    if not {role, ANY_FAMILY} & set(question.families):
        return False
    return kind == "mixed" or (kind == BEHAVIOURAL) == (question.type == BEHAVIOURAL)


def _candidates(
    questions: Sequence[BankQuestion],
    *,
    level: str,
    requirements: Sequence[Requirement],
    claims: Sequence[Claim],
    seed: int,
    exclude: frozenset[str],
) -> list[_Candidate]:
    relevance = Relevance(questions)
    matches = {q.id: relevance.best_line(q, requirements) for q in questions}
    top = max((match.weight for match in matches.values()), default=0.0) or 1.0
    claimed = frozenset(stem for claim in claims for stem in claim.stems)
    noise = random.Random(seed)
    return [
        _Candidate(
            question=question,
            is_fresh=question.id not in exclude,
            level_distance=_level_distance(question, level),
            worth=RELEVANCE * matches[question.id].weight / top
            - _misfit(question, level),
            noise=noise.random(),
            match=matches[question.id],
            claim=relevance.claim(question, claimed),
            claimed=claim_about(relevance.skills(question), claims),
        )
        for question in sorted(questions, key=lambda question: question.id)
    ]


def _level_distance(question: BankQuestion, level: str) -> int:
    return abs(LEVELS.index(question.level) - LEVELS.index(level))


def _misfit(question: BankQuestion, level: str) -> float:
    """Return how much worth a question loses for being too easy or too hard."""
    difficulty = abs(question.difficulty_b - TARGET_DIFFICULTY[level])
    return LEVEL_STEP * _level_distance(question, level) + DIFFICULTY_STEP * difficulty


def _easiest(pool: Sequence[_Candidate], *, kind: str) -> _Candidate:
    """Return an easy opening question, behavioural unless the kind is technical.

    Everybody can tell of their work; knowledge is asked for near the own level.
    """
    is_story = kind != "technical"

    def ease(candidate: _Candidate) -> tuple[bool, bool, bool, float]:
        return (
            candidate.is_behavioural == is_story,
            candidate.is_fresh,
            is_story or candidate.is_near,
            NOISE * candidate.noise - candidate.question.difficulty_b,
        )

    return max(pool, key=ease)


def _choose(pool: list[_Candidate], *, count: int, kind: str) -> list[_Candidate]:
    """Return the best candidates; one of them tests a skill the résumé names."""
    shares = {False: count, True: count}
    if kind == "mixed":
        shares = {False: count - round(count / 3), True: round(count / 3)}
    chosen: list[_Candidate] = []
    claims = [c for c in pool if c.is_claimed and c.is_fresh and c.is_near]
    if claims and count >= MIN_SLOTS_FOR_RESUME:
        chosen.append(max(claims, key=lambda c: (c.claim + NOISE * c.noise, c.worth)))
    while len(chosen) < count:
        left = [candidate for candidate in pool if candidate not in chosen]
        if not left:
            break
        taken = sum(candidate.is_behavioural for candidate in chosen)
        wanted = {
            True: taken < shares[True],
            False: len(chosen) - taken < shares[False],
        }
        fitting = [c for c in left if wanted[c.is_behavioural]] or left
        chosen.append(max(fitting, key=lambda c: _value(c, chosen)))
    return chosen


def _with_open_needs(
    chosen: list[_Candidate], pool: Sequence[_Candidate]
) -> list[_Candidate]:
    """Return the chosen, one or two replaced by what serves a need still open.

    Those that serve no need and check no claim give way, the last chosen first; what
    would leave no behavioral or no technical question stays.
    """
    chosen = list(chosen)
    for _ in range(MAX_INSERTED):
        served = {candidate.match.line for candidate in chosen}
        needed = [
            c
            for c in pool
            if c.match.line not in served and c.is_fresh and c.is_near and c.match.line
        ]
        kinds = [candidate.is_behavioural for candidate in chosen]
        idle = [
            c
            for c in chosen
            if not (c.match.line or c.is_claimed) and kinds.count(c.is_behavioural) > 1
        ]
        if not (needed and idle):
            break
        best = max(needed, key=lambda c: (c.match.weight, c.worth + NOISE * c.noise))
        chosen[chosen.index(idle[-1])] = best
    return chosen


def _value(
    candidate: _Candidate, chosen: Sequence[_Candidate]
) -> tuple[bool, bool, float]:
    """Return what a candidate is worth beside those already chosen."""
    return (
        candidate.is_fresh,
        candidate.is_near,
        candidate.worth
        + NOISE * candidate.noise
        - sum(_overlap(candidate, other) for other in chosen),
    )


def _overlap(one: _Candidate, other: _Candidate) -> float:
    loss = 0.0
    if set(one.question.skills) & set(other.question.skills):
        loss += SAME_SKILL
    elif _areas(one.question) & _areas(other.question):
        loss += SAME_AREA
    if one.match.line and one.match.line == other.match.line:
        loss += SAME_REQUIREMENT
    return loss


def _areas(question: BankQuestion) -> set[str]:
    return {skill.partition(".")[0] for skill in question.skills}


def _claimed(chosen: Sequence[_Candidate]) -> _Candidate | None:
    """Return the one chosen question that stands for the résumé."""
    claims = [candidate for candidate in chosen if candidate.is_claimed]
    if not claims or len(chosen) < MIN_SLOTS_FOR_RESUME:
        return None
    return max(claims, key=lambda c: (c.claim, c.noise))


def _pick(candidate: _Candidate, claimed: _Candidate | None) -> Pick:
    line = candidate.match.line
    if candidate is not claimed or candidate.claimed is None:
        return Pick(candidate.question, line, source="jd" if line else "base")
    claim = candidate.claimed.text
    return Pick(candidate.question, line, source="resume", claim=claim)


def _ordered(chosen: Sequence[_Candidate], *, kind: str) -> list[_Candidate]:
    """Return the chosen from easy to hard; mixed: two technical, one behavioural."""
    by_ease = sorted(chosen, key=lambda c: (c.question.difficulty_b, c.noise))
    if kind != "mixed":
        return by_ease
    technical = [c for c in by_ease if not c.is_behavioural]
    behavioural = [c for c in by_ease if c.is_behavioural]
    ordered: list[_Candidate] = []
    while technical or behavioural:
        turn = behavioural if len(ordered) % 3 == 2 else technical
        ordered.append((turn or technical or behavioural).pop(0))
    return ordered
