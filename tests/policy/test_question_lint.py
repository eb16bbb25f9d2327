import pytest

from interviewer.policy.question_lint import lint

KNOWN = "How would you find out why a page that lists orders got slow?"


def kinds(text, others=()):
    return [remark.kind for remark in lint(text=text, others=others)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How do you cache, and why do you evict?", "double"),
        ("What is a lock? When is it taken?", "double"),
        ("Don't you think tests are worth it?", "leading"),
        ("You wrote tests, right?", "leading"),
        ("Are you married, or engaged?", "private"),
        ("Which church do you go to?", "private"),
        (f"How {'very ' * 40}long is this?", "long"),
        ("My favorite subject is caching.", "no_question"),
        ("How would you find why a page that lists orders got slow?", "known"),
    ],
)
def test_says_what_is_wrong_and_why(text, kind):
    remarks = lint(text=text, others=[KNOWN])

    assert [remark.kind for remark in remarks] == [kind]
    assert remarks[0].sentence.endswith((".", "”"))
    assert remarks[0].is_refused == (kind == "private")


@pytest.mark.parametrize(
    "text",
    [
        "How do you decide what to cache?",
        "Tell me about a time when a release went wrong and what you did.",
        "Describe a race condition that you found",
        "What do reads and writes cost here?",
    ],
)
def test_has_nothing_to_say_about_a_plain_question(text):
    assert kinds(text, [KNOWN]) == []
