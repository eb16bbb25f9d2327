"""Answers written by people who had not seen the rubrics come out in order."""

import pytest

from interviewer.benchmarks.answers import (
    correlation,
    judge_all,
    natural_answers,
    ordered_share,
)
from interviewer.scoring.encoder import load_encoder

EVERY = 3  # a third of the answers is enough to notice a broken scorer


@pytest.fixture(scope="module", params=["encoder", "words"])
def judged(request):
    encoder = load_encoder() if request.param == "encoder" else None
    assert (encoder is not None) == (request.param == "encoder")
    questions = sorted({answer.question.id for answer in natural_answers()})[::EVERY]
    sample = [a for a in natural_answers() if a.question.id in questions]
    return judge_all(sample, encoder=encoder)


def test_every_question_of_the_bank_has_strong_and_weak_natural_answers():
    grades = {}
    for answer in natural_answers():
        grades.setdefault(answer.question.id, []).append(answer.grade)

    assert all(max(row) >= 0.8 and min(row) <= 0.3 for row in grades.values())


def test_scores_follow_the_grades(judged):
    assert correlation(judged) > 0.7


def test_strong_answers_beat_weak_ones(judged):
    assert ordered_share(judged) > 0.9
