import json

import pytest

from interviewer.benchmarks.cross_validated import with_graded, with_training_answers
from interviewer.benchmarks.graded_data import question_for, read_suite
from interviewer.benchmarks.scoring import run
from interviewer.benchmarks.suite import SuiteOptions, UnableToRun
from interviewer.scoring.encoder import load_encoder

ROW = {
    "suite": "made_up",
    "question_id": "q1",
    "question": "Why does bread rise?",
    "reference": [
        "The oven is hot and dries the dough.",
        "Yeast eats sugar and gives off gas. The gas stretches the dough",
    ],
    "answer": "The yeast eats the sugar, gives off gas and that stretches the dough.",
    "score": 1.0,
    "label": "correct",
}


def test_reads_the_rows_of_a_suite(tmp_path):
    (tmp_path / "made_up.jsonl").write_text(json.dumps(ROW), encoding="utf-8")

    assert read_suite(folder=tmp_path, suite="made_up") == [ROW]


def test_an_answer_is_held_against_the_model_answer_that_it_resembles_most():
    question = question_for(row=ROW, encoder=load_encoder())

    assert question.reference == ROW["reference"][1]
    assert [point.text for point in question.points] == [
        "Yeast eats sugar",
        "and gives off gas.",
        "The gas stretches the dough",
    ]


def test_given_points_take_the_place_of_clauses():
    points = [{"text": "yeast gives off gas", "weight": 2}]
    question = question_for(row={**ROW, "rubric_points": points}, encoder=None)

    assert [(p.text, p.weight) for p in question.points] == [
        ("yeast gives off gas", 2.0)
    ]


def test_no_answer_is_among_its_own_graded_ones():
    rows = [{**ROW, "answer": f"answer {n}", "score": n / 9} for n in range(9)]
    drawn = list(with_graded(rows, 4, 2))

    assert len(drawn) == 2 * (9 - 4)
    for row in drawn:
        assert len(row["exemplars"]) == 4
        assert row["answer"] not in [e["answer"] for e in row["exemplars"]]


def test_new_answers_get_the_graded_ones_of_the_training_split():
    rows = [{**ROW, "split": "train"}, {**ROW, "answer": "new", "split": "new_answers"}]
    (row,) = with_training_answers(rows)

    assert row["answer"] == "new"
    assert row["exemplars"] == [{"answer": ROW["answer"], "score": 1.0}]


def test_says_what_is_missing():
    with pytest.raises(UnableToRun, match="--data"):
        run(options=SuiteOptions())


def test_says_where_the_data_should_be(tmp_path):
    with pytest.raises(UnableToRun, match="mohler"):
        run(options=SuiteOptions(data=tmp_path))
