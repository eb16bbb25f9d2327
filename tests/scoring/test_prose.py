import random

from interviewer.scoring.comparison import compare
from interviewer.scoring.letters import plausibility
from interviewer.scoring.prose import keyword_doubt, scrambled_doubt
from interviewer.scoring.word_order import order_evidence
from tests.scoring.samples import GOOD, INDEX


def compared(answer):
    return compare(question=INDEX, answer=answer, encoder=None)


def test_a_natural_answer_raises_no_doubt():
    for answer in (GOOD, INDEX.reference):
        assert scrambled_doubt(comparison=compared(answer)) == 0
        assert keyword_doubt(comparison=compared(answer)) == 0


def test_shuffled_words_are_noticed():
    words = INDEX.reference.split()
    random.Random(1).shuffle(words)

    assert scrambled_doubt(comparison=compared(" ".join(words))) > 0.8


def test_filler_does_not_hide_shuffled_words():
    words = INDEX.reference.split()
    random.Random(1).shuffle(words)
    filler = " That is a good thing to talk about and there is a lot to say here." * 4

    assert scrambled_doubt(comparison=compared(" ".join(words) + "." + filler)) > 0.8


def test_english_order_beats_chance():
    sentence = "every insert has to update the index so you pay for it"
    order, above_chance = order_evidence(sentences=[sentence.split()])

    assert order > 0
    assert above_chance > 1


def test_words_look_like_words():
    assert plausibility(words=["maintain", "queries"]) > -3
    assert plausibility(words=["sdkfj", "qwpoe", "zmxnc"]) < -3.2
    assert plausibility(words=["ok", "12"]) is None
