from hypothesis import given
from hypothesis import strategies as st

from sessions_app.services.spans import Mark, Span, cut, is_verified


def span(start, end, n=1):
    return Span(start, end, Mark(n=n, kind="supports", target_id=f"t{n}", label="x"))


texts = st.text(max_size=40)
spans = st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=8).map(
    lambda pairs: [span(*sorted(p), n=n) for n, p in enumerate(pairs, start=1)]
)


@given(texts, spans)
def test_the_segments_are_the_text(text, spans):
    assert "".join(s.text for s in cut(text=text, spans=spans)) == text


@given(texts, spans)
def test_each_character_has_the_marks_of_the_spans_over_it(text, spans):
    segments = cut(text=text, spans=spans)

    marks = [{m.n for m in s.marks} for s in segments for _ in s.text]

    assert marks == [
        {s.mark.n for s in spans if s.start <= i < s.end} for i in range(len(text))
    ]


def test_overlapping_spans_share_a_segment():
    segments = cut(text="abcdef", spans=[span(0, 4, n=1), span(2, 6, n=2)])

    assert [(s.text, [m.n for m in s.marks]) for s in segments] == [
        ("ab", [1]),
        ("cd", [1, 2]),
        ("ef", [2]),
    ]


def test_an_empty_text_has_no_segments():
    assert cut(text="", spans=[span(0, 3)]) == ()


def test_verifies_offsets_in_characters():
    text = "naïve 🙂 plan"

    assert is_verified(text=text, evidence={"start": 8, "end": 12, "quote": "plan"})


def test_a_quote_from_elsewhere_is_not_verified():
    evidence = {"start": 0, "end": 4, "quote": "that"}

    assert not is_verified(text="this and that", evidence=evidence)


def test_broken_offsets_are_not_verified():
    for start, end in [(None, 4), (-4, 0), (3, 3), (0, 99), ("0", "4")]:
        evidence = {"start": start, "end": end, "quote": "this"}
        assert not is_verified(text="this", evidence=evidence)
