"""Suite G: does the score of a bank question move when it should, and only then.

Every case says how an answer is changed and within which bounds its score has to
stay. `measure` gives the share of the bank's questions that satisfy each case.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.benchmarks import perturbations as p
from interviewer.scoring import result
from interviewer.scoring.assess import assess
from interviewer.scoring.comparison import compare
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.result import Assessment

# Cases that hold for every question of the bank, with the encoder and without.
HARD_CASES = (
    "reference_is_strong",
    "nothing_is_gated",
    "echo_is_gated",
    "soup_earns_little",
    "fluent_wrong_is_low",
    "terse_right_is_high",
    "aliases_are_equal",
    "instructions_alone_are_gated",
    "verdicts_add_up",
)
OTHER_QUESTIONS = 3
EXACT = 1e-9


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """One question with the scorer, so that a case reads as a sentence."""

    question: BankQuestion
    others: Sequence[BankQuestion]  # of other skills
    encoder: Encoder | None
    rng: random.Random

    def assess(self, answer: str) -> Assessment:
        return assess(question=self.question, answer=answer, encoder=self.encoder)

    def score(self, answer: str) -> float:
        """Return the score, 0 where there is none."""
        return self.assess(answer).score or 0.0

    def is_unscored(self, answer: str) -> bool:
        return self.assess(answer).score is None

    def exemplars(self, *kinds: str) -> list[str]:
        return [e.text for e in self.question.exemplars if e.kind in kinds]

    def leaving_out(self, text: str) -> Trial:
        """Return the trial without a graded answer whose variants are judged.

        The answer itself is never compared with itself; its variants would be.
        """
        others = tuple(e for e in self.question.exemplars if e.text != text)
        question = dataclasses.replace(self.question, exemplars=others)
        return dataclasses.replace(self, question=question)

    @property
    def reference(self) -> str:
        return self.question.reference

    def changes(self, variants: Callable[[str], Sequence[str]]) -> Iterator[float]:
        """Yield by how much each variant of the good and middling answers moves."""
        for text in self.exemplars("strong", "terse_right", "middle"):
            trial = self.leaving_out(text)
            before = trial.score(text)
            for variant in variants(text):
                yield trial.score(variant) - before


Case = Callable[[Trial], Iterator[bool]]


def reference_is_strong(trial: Trial) -> Iterator[bool]:
    yield trial.score(trial.reference) >= 0.85


def nothing_is_gated(trial: Trial) -> Iterator[bool]:
    for text in (*p.NOTHING, *p.UNKNOWN):
        yield not trial.assess(text).gate.passed


def echo_is_gated(trial: Trial) -> Iterator[bool]:
    question = trial.question.question
    yield not trial.assess(question).gate.passed
    yield not trial.assess(f"So you are asking: {question}").gate.passed


def echo_earns_nothing(trial: Trial) -> Iterator[bool]:
    question = trial.question
    seen = compare(
        question=question, answer=question.question, encoder=trial.encoder
    ).coverages
    weights = [point.weight for point in question.points]
    credit = sum(w * c.credit for w, c in zip(weights, seen, strict=True))
    yield credit / sum(weights) <= 0.10


def other_answer_earns_little(trial: Trial) -> Iterator[bool]:
    for other in trial.others:
        for exemplar in other.exemplars:
            if exemplar.kind == "strong":
                yield trial.score(exemplar.text) <= 0.15


def soup_earns_little(trial: Trial) -> Iterator[bool]:
    limit = min(0.35, 0.40 * trial.score(trial.reference))
    for joint in (" ", ", ", ". "):
        yield trial.score(p.keyword_soup(trial.question, trial.rng, joint)) <= limit


def scrambled_earns_half(trial: Trial) -> Iterator[bool]:
    limit = 0.50 * trial.score(trial.reference)
    for _ in range(2):
        yield trial.score(p.shuffled_words(trial.reference, trial.rng)) <= limit


def negated_is_stated_wrongly(trial: Trial) -> Iterator[bool]:
    limit = 0.40 * trial.score(trial.reference)
    for turn in (p.negated, p.denied):
        verdict = trial.assess(turn(trial.reference))
        wrong = any(point.status == result.CONTRADICTED for point in verdict.points)
        yield (verdict.score or 0.0) <= limit and wrong


def fluent_wrong_is_low(trial: Trial) -> Iterator[bool]:
    for text in trial.exemplars("fluent_wrong"):
        yield trial.score(text) <= 0.40


def terse_right_is_high(trial: Trial) -> Iterator[bool]:
    for text in trial.exemplars("terse_right"):
        yield trial.score(text) >= 0.70


def better_scores_higher(trial: Trial) -> Iterator[bool]:
    for better, worse in (("strong", "middle"), ("middle", "weak"), ("weak", "off")):
        for high in trial.exemplars(better):
            for low in trial.exemplars(worse):
                yield trial.score(high) > trial.score(low) or trial.is_unscored(low)


def padding_changes_little(trial: Trial) -> Iterator[bool]:
    def variants(text: str) -> Sequence[str]:
        return p.padded(text, trial.rng), p.padded(text, trial.rng, before=True)

    for change in trial.changes(variants):
        yield -0.10 <= change <= 0.05


def repeating_changes_nothing(trial: Trial) -> Iterator[bool]:
    for change in trial.changes(lambda text: [f"{text} {text}"]):
        yield abs(change) <= 0.02


def reordering_changes_little(trial: Trial) -> Iterator[bool]:
    for change in trial.changes(lambda text: [p.reordered(text, trial.rng)]):
        yield abs(change) <= 0.05


def typos_cost_little(trial: Trial) -> Iterator[bool]:
    for change in trial.changes(lambda text: [p.misspelt(text, trial.rng)]):
        yield change >= -0.10


def aliases_are_equal(trial: Trial) -> Iterator[bool]:
    for text in trial.exemplars("strong"):
        alone = trial.leaving_out(text)
        before = alone.score(text)
        for variant in p.with_other_alias(trial.question, text):
            yield abs(alone.score(variant) - before) <= 0.10


def markers_change_nothing(trial: Trial) -> Iterator[bool]:
    def variants(text: str) -> Sequence[str]:
        marked = [marker.format(text) for marker in p.MARKERS]
        return [*marked, p.hesitant(text, trial.rng)]

    for change in trial.changes(variants):
        yield abs(change) <= 0.03


def instructions_never_help(trial: Trial) -> Iterator[bool]:
    def variants(text: str) -> Sequence[str]:
        return [f"{text} {instruction}" for instruction in p.INSTRUCTIONS]

    for change in trial.changes(variants):
        yield change <= EXACT


def instructions_alone_are_gated(trial: Trial) -> Iterator[bool]:
    for instruction in p.INSTRUCTIONS:
        yield not trial.assess(instruction).gate.passed


def adding_a_point_raises(trial: Trial) -> Iterator[bool]:
    for text in trial.exemplars("middle", "weak"):
        alone = trial.leaving_out(text)
        verdict = alone.assess(text)
        for point in verdict.points:
            if point.status == result.MISSING:
                more = f"{text} {point.text[0].upper()}{point.text[1:]}."
                gain = alone.score(more) - (verdict.score or 0.0)
                yield gain >= _share(trial.question, point.id) / 2


def deleting_a_point_lowers(trial: Trial) -> Iterator[bool]:
    for text in trial.exemplars("strong"):
        alone = trial.leaving_out(text)
        verdict = alone.assess(text)
        for point in verdict.points:
            if point.status == result.HIT and point.evidence:
                span = point.evidence.start, point.evidence.end
                loss = (verdict.score or 0.0) - alone.score(p.without_span(text, *span))
                yield loss >= _share(trial.question, point.id) / 2


def _share(question: BankQuestion, point_id: str) -> float:
    """Return the point's share of the overall score."""
    point = question.point(point_id)
    of_criterion = sum(
        other.weight for other in question.points if other.criterion == point.criterion
    )
    criterion = question.criteria[point.criterion] / sum(question.criteria.values())
    return criterion * point.weight / of_criterion


def verdicts_add_up(trial: Trial) -> Iterator[bool]:
    for text in (trial.reference, *(e.text for e in trial.question.exemplars)):
        verdict = trial.assess(text)
        yield verdict == trial.assess(text)
        yield _adds_up(verdict)
        spans = [p.evidence for p in verdict.points]
        spans += [part.evidence for part in verdict.star]
        yield all(text[s.start : s.end] == s.quote for s in spans if s is not None)


def _adds_up(verdict: Assessment) -> bool:
    total = sum(point.contribution for point in verdict.points)
    total += sum(points_of_100 for _, points_of_100 in verdict.adjustments)
    return abs(total - 100 * (verdict.score or 0.0)) <= EXACT


CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        reference_is_strong,
        nothing_is_gated,
        echo_is_gated,
        echo_earns_nothing,
        other_answer_earns_little,
        soup_earns_little,
        scrambled_earns_half,
        negated_is_stated_wrongly,
        fluent_wrong_is_low,
        terse_right_is_high,
        better_scores_higher,
        padding_changes_little,
        repeating_changes_nothing,
        reordering_changes_little,
        typos_cost_little,
        aliases_are_equal,
        markers_change_nothing,
        instructions_never_help,
        instructions_alone_are_gated,
        adding_a_point_raises,
        deleting_a_point_lowers,
        verdicts_add_up,
    )
}


@dataclasses.dataclass(frozen=True, slots=True)
class CaseRate:
    """How many of a case's trials stay within its bounds, and which do not."""

    trials: int
    passed: int
    failing: tuple[str, ...]  # question ids

    @property
    def rate(self) -> float:
        return self.passed / self.trials if self.trials else 1.0


def measure(
    *, case: Case, questions: Sequence[BankQuestion], encoder: Encoder | None
) -> CaseRate:
    """Return how many trials of one case pass over these questions."""
    trials = passed = 0
    failing: list[str] = []
    for question in questions:
        outcomes = list(case(_trial(question, questions, encoder)))
        trials += len(outcomes)
        passed += sum(outcomes)
        if not all(outcomes):
            failing.append(question.id)
    return CaseRate(trials, passed, tuple(failing))


def _trial(
    question: BankQuestion, questions: Sequence[BankQuestion], encoder: Encoder | None
) -> Trial:
    rng = random.Random(question.id)
    areas = _areas(question)
    strangers = [other for other in questions if not areas & _areas(other)]
    others = p.pick(strangers, OTHER_QUESTIONS, rng)
    return Trial(question, others, encoder, rng)


def _areas(question: BankQuestion) -> set[str]:
    """Return the skills' first words: databases.indexing belongs to databases."""
    return {skill.partition(".")[0] for skill in question.skills}
