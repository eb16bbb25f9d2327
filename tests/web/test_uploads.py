"""Files on the set-up form: their text lands in the boxes, everything else stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from interviewer.reading.files import MAX_FILE_BYTES
from interviewer.web import rate_limits
from sessions_app.models import InterviewSession, PlanDraft, User
from tests.reading.files import empty_pdf, pdf_of, word_of
from tests.ui.page import Page
from tests.web.test_starting import CHOSEN, SETUP_PAGE


def file(content: bytes, name: str = "cv.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, **changed: Any) -> Any:
    return client.post(SETUP_PAGE, {**CHOSEN, "company": "Linden Pay", **changed})


def typed(response: Any) -> dict[str, str]:
    page = Page(response.content.decode())
    boxes = {
        e.attributes["name"]: e.text.removeprefix("\n") for e in page.all("textarea")
    }
    company = next(
        e for e in page.all("input") if e.attributes.get("name") == "company"
    )
    return {**boxes, "company": company.attributes.get("value", "")}


@pytest.mark.django_db
def test_the_text_of_both_files_is_shown_for_correction_and_nothing_starts() -> None:
    response = send(
        Client(),
        job_description_file=file(word_of("Requirements", bullets=("Caching",))),
        resume="replaced",
        resume_file=file(pdf_of("Owned the API"), "cv.docx"),
    )

    assert response.status_code == 200
    assert typed(response) == {
        "job_description": "Requirements\n- Caching",
        "resume": "Owned the API",
        "company": "Linden Pay",
    }
    assert "Read 3 words of the résumé" in response.content.decode()
    assert not InterviewSession.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (empty_pdf(), "No text was found"),
        (b"x" * (MAX_FILE_BYTES + 1), "larger than 5 MB"),
    ],
    ids=["empty", "scan", "huge"],
)
def test_a_file_that_gives_no_text_says_what_to_do_and_keeps_what_was_typed(
    content: bytes, sentence: str
) -> None:
    response = send(Client(), resume="Typed by hand", resume_file=file(content))

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert typed(response)["resume"] == "Typed by hand"
    assert typed(response)["company"] == "Linden Pay"


@pytest.mark.django_db
def test_asking_to_read_files_without_one_starts_nothing() -> None:
    response = send(Client(), fill="files")

    assert response.status_code == 400
    assert "Choose a file first" in response.content.decode()
    assert not InterviewSession.objects.exists()


def test_a_file_is_read_before_a_plan_is_made_too(alice: User) -> None:
    client = Client()
    client.force_login(alice)

    response = send(client, then="plan", resume_file=file(b"Owned the API", "cv.txt"))

    assert typed(response)["resume"] == "Owned the API"
    assert not PlanDraft.objects.exists()


def test_a_person_may_have_so_many_files_read_in_an_hour(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rate_limits, "_files", rate_limits.RateLimitItemPerHour(1, namespace="few")
    )
    client = Client()
    client.force_login(alice)

    first, second = (
        send(client, resume="Typed", resume_file=file(b"Owned the API"))
        for _ in range(2)
    )

    assert first.status_code == 200
    assert (second.status_code, typed(second)["resume"]) == (400, "Typed")
    assert "Many files" in second.content.decode()
