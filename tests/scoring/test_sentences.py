import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.scoring.sentences import (
    MAX_SENTENCE_WORDS,
    pair_up,
    split_clauses,
    split_sentences,
)


def sentences(text):
    return [stretch.of(text) for stretch in split_sentences(text=text)]


def clauses(text):
    (sentence,) = split_sentences(text=text)
    return [stretch.of(text) for stretch in split_clauses(text=text, sentence=sentence)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two. three four! Five?", ["One two.", "three four!", "Five?"]),
        ("We used e.g. node.js 1.5 here.", ["We used e.g. node.js 1.5 here."]),
        ("- first thing\n2. second thing", ["first thing", "second thing"]),
        ("Well… it worked.", ["Well…", "it worked."]),
        ("…\n\n?!", []),
    ],
)
def test_splits_where_a_reader_would(text, expected):
    assert sentences(text) == expected


def test_cuts_speech_without_full_stops_into_windows():
    text = " ".join(f"word{n}" for n in range(3 * MAX_SENTENCE_WORDS))

    found = sentences(text)

    assert len(found) > 2
    assert " ".join(found) == text


def test_clauses_part_what_one_sentence_joins():
    sentence = "I measured both, because the team was unsure, and fixed the query."

    assert clauses(sentence) == [
        "I measured both,",
        "because the team was unsure,",
        "and fixed the query.",
    ]


def test_a_clause_is_no_single_word():
    assert clauses("First, measure the query plans, locks.") == []


@given(st.text(max_size=300))
def test_stretches_lie_in_order_inside_the_text(text):
    found = split_sentences(text=text)

    assert all(0 <= s.start < s.end <= len(text) for s in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert len(pair_up(sentences=found)) == max(0, len(found) - 1)


@given(st.text(alphabet="ab ,;.()-\n", max_size=120))
def test_clauses_stay_inside_their_sentence(text):
    for sentence in split_sentences(text=text):
        for clause in split_clauses(text=text, sentence=sentence):
            assert sentence.start <= clause.start < clause.end <= sentence.end
