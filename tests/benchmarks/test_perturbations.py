import random

from interviewer.benchmarks import perturbations as p

TEXT = "Every write must update the index. I would look at the query plans first."


def rng():
    return random.Random(4)


def test_negation_turns_every_sentence():
    assert p.negated(TEXT).count("not") == 2
    assert p.denied(TEXT).count("It is not true that") == 2


def test_padding_adds_a_hundred_words_and_nothing_else():
    padded = p.padded(TEXT, rng())

    assert padded.startswith(TEXT)
    assert len(padded.split()) - len(TEXT.split()) >= p.FILLER_WORDS


def test_shuffling_and_reordering_keep_the_words():
    for variant in (p.shuffled_words(TEXT, rng()), p.reordered(TEXT, rng())):
        assert sorted(variant.split()) == sorted(TEXT.split())


def test_a_typo_changes_one_word_in_twenty():
    before, after = (TEXT * 4).split(), p.misspelt(TEXT * 4, rng()).split()

    changed = sum(a != b for a, b in zip(before, after, strict=True))
    assert 1 <= changed <= len(before) / 10


def test_a_sentence_is_taken_out_whole():
    start = TEXT.index("query")

    assert (
        p.without_span(TEXT, start, start + 5) == "Every write must update the index."
    )
