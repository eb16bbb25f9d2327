import pytest

from interviewer.scoring.words import content_words, find_words


def stems(text):
    return [word.stem for word in content_words(text=text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("updating indexes", "updated the index"),
        ("k8s config", "Kubernetes configuration"),
        ("we wrote it", "they write it"),
        ("optimise the behaviour", "optimize the behavior"),
        ("three retries", "3 retries"),
        ("the user's cafe\u0301", "user café"),
        ("in\u200bdex", "index"),
    ],
)
def test_variants_of_a_word_share_their_stem(one, other):
    assert stems(one) == stems(other)


def test_words_keep_their_places_in_the_text():
    text = "  Don’t re-read p95 — it's 12.5% in C++."

    words = find_words(text=text)

    assert [text[word.start : word.end] for word in words] == [
        "Don’t", "re", "read", "p95", "it's", "12.5%", "in", "C++",
    ]  # fmt: skip


def test_small_words_carry_no_content_and_common_ones_little():
    weights = {word.lower: word.weight for word in find_words(text="the system locks")}

    assert weights["the"] == 0
    assert 0 < weights["system"] < weights["locks"]


def test_marks_alone_are_no_words():
    assert find_words(text="\u200b\u200b … ?! — 🙂") == ()
