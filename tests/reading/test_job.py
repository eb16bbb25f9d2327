"""What is read of a job description, and what is not taken for a requirement."""

import pytest

from interviewer.reading.job import read_job


def texts(pasted):
    return [line.text for line in read_job(pasted).requirements]


def test_reads_bullets_sentences_and_lists_as_requirements():
    pasted = (
        "• Redis caching\n– Kafka. Terraform on AWS; Go\nSkills: SQL, gRPC, and Rust."
    )

    assert texts(pasted) == [
        "Redis caching",
        "Kafka",
        "Terraform on AWS",
        "Go",
        "SQL",
        "gRPC",
        "Rust",
    ]


@pytest.mark.parametrize("pasted", ["", "  \n\n ", "We are a great team.", "\x00 !?"])
def test_finds_no_requirement_in_nothing(pasted):
    assert texts(pasted) == []


def test_shortens_a_line_without_an_end():
    (line,) = texts("caching " * 100)

    assert len(line) <= 165
    assert line.endswith(" …")


ADVERTISEMENT = """Senior Backend Engineer

About us
We are a fintech with a nice office.
- Great people

Requirements
• 5+ years of Python
• Redis and Kafka

Nice to have:
* Terraform

What we offer
- Thirty days of vacation
"""


def test_benefits_and_the_company_are_no_requirements():
    job = read_job(ADVERTISEMENT)

    assert [(r.text, r.is_optional) for r in job.requirements] == [
        ("5+ years of Python", False),
        ("Redis and Kafka", False),
        ("Terraform", True),
    ]
    assert all(ADVERTISEMENT[r.start :].startswith(r.text) for r in job.requirements)


def test_a_heading_is_told_from_a_requirement_that_begins_like_one():
    assert texts("Experience\n- Kafka\n- Experience with caching") == [
        "Kafka",
        "Experience with caching",
    ]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Junior developer\n5 years of fun", "junior"),
        ("Principal engineer", "staff"),
        ("Backend engineer\nYou bring about four years with Go", "mid"),
        ("At least seven to ten years of experience", "senior"),
        ("You will work with senior engineers and many others in a large team", ""),
    ],
)
def test_reads_the_level_from_title_or_years(text, level):
    assert read_job(text).level == level
