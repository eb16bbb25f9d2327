import json

import pytest

from interviewer.benchmarks.graded_data import as_question, judge_rows, read_suite
from interviewer.benchmarks.scoring import run
from interviewer.benchmarks.suite import SuiteOptions, UnableToRun

ROW = {
    "suite": "made_up",
    "question_id": "q1",
    "question": "Why does bread rise?",
    "reference": [
        "Yeast eats sugar and gives off gas. The gas stretches the dough",
        "Gas from yeast is caught in the dough",
    ],
    "answer": "The yeast eats the sugar, gives off gas and that stretches the dough.",
    "score": 1.0,
    "label": "correct",
}
WRONG = {**ROW, "answer": "Because the oven pulls it upwards.", "score": 0.0}


def test_reads_the_rows_of_a_suite_without_blank_ones(tmp_path):
    rows = [ROW, {**ROW, "answer": "No submission.", "blank": True}]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "made_up.jsonl").write_text(lines, encoding="utf-8")

    assert read_suite(folder=tmp_path, suite="made_up") == [ROW]


def test_the_clauses_of_each_model_answer_become_points():
    points = as_question(ROW).points

    assert [point.id for point in points] == ["0.0", "0.1", "0.2", "1.0"]
    assert points[2].text == "The gas stretches the dough."


def test_an_answer_is_held_against_the_model_answer_that_it_fits_best():
    good, wrong = judge_rows(rows=[ROW, WRONG], encoder=None)

    assert good.coverage > 0.9
    assert wrong.coverage < 0.2
    assert good.recall > wrong.recall


def test_says_what_is_missing():
    with pytest.raises(UnableToRun, match="--data"):
        run(options=SuiteOptions())


def test_says_where_the_data_should_be(tmp_path):
    with pytest.raises(UnableToRun, match="mohler"):
        run(options=SuiteOptions(data=tmp_path))
