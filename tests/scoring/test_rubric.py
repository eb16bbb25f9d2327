import dataclasses

from interviewer.scoring import phrases, rubric
from interviewer.scoring.rubric import prepare
from tests.scoring.samples import INDEX


class CountingEncoder:
    name = "counting"

    def __init__(self, encoder):
        self.encoder = encoder
        self.calls = 0

    def encode(self, texts):
        self.calls += 1
        return self.encoder.encode(texts)


def test_is_prepared_once_per_question_and_encoder(monkeypatch):
    from interviewer.scoring.encoder import load_encoder

    monkeypatch.setattr(rubric, "_kept", type(rubric._kept)())
    encoder = CountingEncoder(load_encoder())

    first = prepare(question=INDEX, encoder=encoder)
    calls = encoder.calls
    again = prepare(question=INDEX, encoder=encoder)
    by_words = prepare(question=INDEX, encoder=None)

    assert first is again
    assert encoder.calls == calls
    assert by_words is not first


def test_a_changed_question_is_prepared_anew():
    changed = dataclasses.replace(INDEX, question="Why are writes slower now?")

    assert prepare(question=changed, encoder=None) is not prepare(
        question=INDEX, encoder=None
    )


def test_keeps_a_bounded_number_of_rubrics(monkeypatch):
    monkeypatch.setattr(rubric, "_kept", type(rubric._kept)())
    monkeypatch.setattr(rubric, "KEPT_RUBRICS", 2)

    for number in range(4):
        prepare(question=dataclasses.replace(INDEX, version=number), encoder=None)

    assert len(rubric._kept) == 2


def test_the_model_answer_lends_each_point_its_words():
    table = prepare(question=INDEX, encoder=None).table

    lent = {table.phrases[row].point for row in table.rows(phrases.REFERENCE)}
    assert lent == set(range(len(INDEX.points)))
