import pytest

from interviewer.policy import labels


@pytest.mark.parametrize(
    ("skills", "topic", "competency"),
    [
        (["databases.indexing"], "Indexing", "Databases"),
        (["api.rate-limiting", "databases.locks"], "Rate limiting", "API"),
        (["web.css_grid"], "CSS grid", "Web"),
        (["teamwork"], "Teamwork", "Teamwork"),
        ([], "General", "General"),
    ],
)
def test_names_the_first_skill_for_people(skills, topic, competency):
    assert labels.topic(skills) == topic
    assert labels.competency(skills) == competency
