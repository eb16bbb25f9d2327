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
