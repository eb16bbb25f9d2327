import pytest

from interviewer.agents.rewrite_check import invented

ANSWER = (
    "At Acme we cut the build from 40 to 12 minutes with Redis. I measured the query "
    "plan at p95, and Łukasz agreed in the end."
)


@pytest.mark.parametrize(
    "text",
    [
        "At Acme I cut the build from forty to twelve minutes. Then I measured it.",
        "However, I would measure first. Because writes must maintain it, I wait.",
        "One of us measured [your number] rows with [the tool you used]. No one left.",
        "I express ideas and go on to react when the rust on it shows.",
        "“Measure first,” I said; at p95 it was fine. Łukasz agreed.",
        "The API answers JSON.",
        "",
    ],
)
def test_what_the_person_said_may_be_said_in_other_words(text):
    assert invented(text=text, sources=[ANSWER]) == ()


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("It fell by 70%.", "70"),
        ("It took thirty seconds.", "thirty"),
        ("It was twice as fast.", "twice"),
        ("At p99 it was fine.", "p99"),
        ("We saved 2.5 million a year.", "2.5 million"),
        ("We used Kafka.", "Kafka"),
        ("We ran it on kubernetes.", "kubernetes"),
        ("I told Maria about it.", "Maria"),
        ("Google asked us to.", "Google"),
        ("It went live in March.", "March"),
        ("My friend said “Zalando does it”.", "Zalando"),
        ("Zoë helped me.", "Zoë"),
        ("We called it BuildBot.", "BuildBot"),
        ("עולם", "עולם"),
    ],
)
def test_a_number_name_or_technology_without_a_source_is_found(text, made_up):
    assert invented(text=text, sources=[ANSWER]) == (made_up,)


def test_the_resume_is_a_source_too():
    text = "At Linden Pay I ran 300 jobs on Kafka."

    assert invented(text=text, sources=[ANSWER]) == ("300", "Kafka", "Linden", "Pay")
    assert invented(text=text, sources=[ANSWER, "Linden Pay: 300 jobs, Kafka."]) == ()
