from interviewer.policy.relevance import Relevance
from interviewer.reading.job import read_job, telling_stems
from tests.factories import make_question

INDEXING = make_question()
CACHING = make_question(
    id="cache",
    question="How would you keep a cached product page fresh?",
    points=(),
    skills=("web.caching",),
)
CONFLICT = make_question(
    id="behav.conflict", type="behavioural", skills=("collaboration.conflict",)
)


def best_line(question, text):
    relevance = Relevance([INDEXING, CACHING, CONFLICT])
    return relevance.best_line(question, read_job(text).requirements).line


def test_a_line_that_names_the_skill_is_served():
    assert best_line(CACHING, "Billing\nExperience with caching") == (
        "Experience with caching"
    )


def test_a_line_that_shares_words_with_the_question_is_served():
    assert best_line(CACHING, "You keep our product page fresh") == (
        "You keep our product page fresh"
    )


def test_one_word_in_common_with_the_rubric_is_not_enough():
    assert best_line(INDEXING, "Disk encryption") == ""


def test_three_words_in_common_with_the_rubric_are_enough():
    assert best_line(INDEXING, "Read query plans and statistics") != ""


def test_a_story_is_served_by_its_skill_alone():
    assert (
        best_line(CONFLICT, "Resolves conflicts calmly") == "Resolves conflicts calmly"
    )
    assert best_line(CONFLICT, "Tell the team about disagreement") == ""


def test_a_skill_that_all_questions_share_tells_none_apart():
    twins = [
        make_question(
            id=f"web{n}", question=f"Why {n}?", points=(), skills=(f"web.x{n}",)
        )
        for n in range(6)
    ]
    relevance = Relevance(twins)

    assert relevance.best_line(twins[0], read_job("Web").requirements).line == ""
    assert relevance.claim(twins[0], telling_stems("I know the web")) == 0
    assert relevance.claim(twins[0], telling_stems("I know x0")) > 0
