"""From a candidate's answer to a stored judgement, by way of assessor and coach."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.agents import assessor, coach
from interviewer.bank.model import BankQuestion
from interviewer.policy.progress import Progress
from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.result import Assessment
from sessions_app.models import Evaluation
from sessions_app.services.turns import NewEvaluation


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """What the answers to a question are worth so far, and what to say about it."""

    assessment: Assessment
    evaluation: NewEvaluation


def judge_answer(
    *, question: BankQuestion, progress: Progress, text: str, seq: int
) -> Judgement:
    """Return the judgement on this answer, together with those before it.

    An answer that the gate stops is judged alone, so that its reason is its own;
    what was said before it keeps its standing. Takes tens of milliseconds of CPU.
    """
    # Without points there is nothing to compare the answer with.
    encoder = load_encoder() if question.points else None
    gate = assessor.check_reply(
        question=question, earlier=progress.answers, reply=text, encoder=encoder
    )
    answers, seqs = [text], [seq]
    if gate.passed:
        answers, seqs = [*progress.answers, text], [*progress.answer_seqs, seq]
    assessment = assessor.judge(question=question, answers=answers, encoder=encoder)
    return Judgement(
        assessment=dataclasses.replace(assessment, gate=gate),
        evaluation=_evaluation(
            question=question,
            assessment=assessment,
            answers=answers,
            seqs=seqs,
            slot=progress.slot_index,
            is_first=not progress.is_probe and not progress.answers,
        ),
    )


def judge_text(*, question: BankQuestion, text: str, slot: int = 0) -> Evaluation:
    """Return the judgement, unsaved, on a text that is nobody's message.

    Takes tens of milliseconds of CPU.
    """
    encoder = load_encoder() if question.points else None
    judged = _evaluation(
        question=question,
        assessment=assessor.judge(question=question, answers=[text], encoder=encoder),
        answers=[text],
        seqs=[],
        slot=slot,
        is_first=False,
    )
    return Evaluation(**dataclasses.asdict(judged))


def _evaluation(
    *,
    question: BankQuestion,
    assessment: Assessment,
    answers: Sequence[str],
    seqs: Sequence[int],
    slot: int,
    is_first: bool,
) -> NewEvaluation:
    text = assessor.join_answers(answers)
    feedback = coach.feedback(question=question, assessment=assessment, answer=text)
    outline = coach.outline(question=question, assessment=assessment, answer=text)
    return NewEvaluation(
        engine=" · ".join(f"{name} {version}" for name, version in assessment.versions)
        or "built-in rules",
        slot=slot,
        is_first=is_first,
        message_seqs=list(seqs),
        text=text,
        state=assessment.state,
        score=assessment.score,
        error=assessment.error,
        confidence=assessment.confidence,
        result=assessment.to_dict(),
        feedback=feedback.to_dict(),
        outline=[line.to_dict() for line in outline],
    )
