from interviewer.scoring.facets import find_facet
from interviewer.scoring.reading import read_answer

STORY = (
    "Orders were failing every night. I measured each step, I rewrote the import and "
    "I added an alert. As a result failures went from 30 to 4 a week. "
    "I learned to measure before I change anything."
)


def shown(text, facet):
    return find_facet(
        reading=read_answer(text=text, ignored=(), encoder=None), facet=facet
    )


def test_more_actions_of_ones_own_count_more():
    one = shown("I rewrote the import.", "action")
    three = shown(STORY, "action")

    assert one is not None
    assert three is not None
    assert 0 < one.credit < three.credit < 1


def test_what_others_did_or_one_would_do_is_no_action():
    assert shown("The team rewrote the import.", "action") is None
    assert shown("I would rewrite the import.", "action") is None


def test_a_result_with_a_figure_counts_fully():
    vague = shown("In the end it worked well for us.", "result")
    counted = shown(STORY, "result")

    assert counted is not None
    assert vague is None or vague.credit < counted.credit


def test_quotes_the_clause_that_shows_it():
    reading = read_answer(text=STORY, ignored=(), encoder=None)
    found = find_facet(reading=reading, facet="lesson")

    assert found is not None
    unit = reading.units[found.unit]
    assert STORY[unit.start : unit.end].startswith("I learned to measure")


def test_theory_without_a_case_shows_nothing():
    theory = "A healthy culture embraces diverse views and aligns stakeholders."

    assert shown(theory, "action") is None
    assert shown(theory, "result") is None
    assert shown(theory, "lesson") is None
