"""Every page in its main states: whole, labelled, and free of inline code."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from tests.ui import samples
from tests.ui.page import render

TEMPLATES = settings.BASE_DIR / "templates"
ACCOUNT_PAGES = sorted(
    f"account/{file.name}" for file in (TEMPLATES / "account").glob("*.html")
)
# These are allauth's own; they inherit our layout and elements.
FOREIGN_PAGES = ["account/verification_sent.html", "account/reauthenticate.html"]
PRINTED = [(name, "/?print=1") for name in ("report", "report-unrated")]


def every_page():
    shown = [(name, "/") for name in samples.pages()]
    return [pytest.param(*page, id=" ".join(page)) for page in [*shown, *PRINTED]]


def page_named(name, path="/"):
    template, context = samples.pages()[name]
    return render(template, context, path=path)


def account_page(template):
    return render(template, samples.account_contexts())


def assert_is_sound(page):
    assert page.is_balanced
    assert page.all("html")[0].attributes["lang"]
    assert page.all("title")[0].text.strip().removeprefix("–").strip()
    assert [heading.text.strip() != "" for heading in page.all("h1")] == [True]
    assert page.unlabelled_fields == []
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert_refers_to_what_exists(page)
    assert_has_no_inline_code(page)
    assert_has_one_primary_action(page)


def assert_refers_to_what_exists(page):
    known = set(page.ids)
    for element in page.elements:
        named = " ".join(
            element.attributes.get(name, "")
            for name in ("aria-labelledby", "aria-describedby", "for", "form")
        )
        assert set(named.split()) <= known, element
        target = element.attributes.get("href", "")
        if element.tag == "a" and target.startswith("#"):
            assert target[1:] in known, element
    for button in page.all("button"):
        assert button.text.strip() or button.attributes.get("aria-label"), button


def assert_has_no_inline_code(page):
    assert page.all("style") == []
    assert all("src" in script.attributes for script in page.all("script"))
    for element in page.elements:
        assert "style" not in element.attributes, element
        assert not any(name.startswith("on") for name in element.attributes), element
        assert "javascript:" not in element.attributes.get("href", "")


def assert_has_one_primary_action(page):
    primary = [
        element
        for element in page.elements
        if element.has_class("button-primary")
        and not (element.within("dialog") or element.within("template"))
    ]
    assert len(primary) <= 1, primary


@pytest.mark.parametrize(("name", "path"), every_page())
def test_page_is_sound(name, path):
    assert_is_sound(page_named(name, path))


@pytest.mark.parametrize("template", [*ACCOUNT_PAGES, *FOREIGN_PAGES])
def test_account_page_is_sound(template):
    assert_is_sound(account_page(template))


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_error_page_needs_no_context(name):
    assert "Interviewer" in get_template(f"{name}.html").render()


@pytest.mark.parametrize("name", list(samples.pages()))
def test_static_files_of_a_page_exist(name):
    linked = set(re.findall(r'/static/([^"]+)', page_named(name).html))

    assert {path for path in linked if finders.find(path) is None} == set()


def test_modules_import_what_exists():
    scripts = settings.BASE_DIR / "static" / "js"

    for script in scripts.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', script.read_text()):
            assert (scripts / name).exists(), f"{script.name} imports {name}"


def test_a_page_with_errors_says_so_first():
    page = page_named("setup-errors")
    summary = next(e for e in page.elements if e.attributes.get("role") == "alert")

    assert page.all("title")[0].text.startswith("Error:")
    assert "autofocus" in summary.attributes
    assert "Role" in summary.text


def test_room_has_the_names_that_people_are_told():
    page = page_named("room")
    buttons = {button.text.strip() for button in page.all("button")}
    log = next(e for e in page.elements if e.attributes.get("role") == "log")

    assert {
        "Send answer",
        "End interview",
        "Skip question",
        "Repeat question",
        "Get a hint",
        "Pause",
    } <= buttons
    assert log.attributes["aria-labelledby"] == "transcript-heading"
    assert "Transcript" in [heading.text for heading in page.all("h2")]


def test_room_gives_no_hint_or_feedback_in_interview_mode():
    page = page_named("room-silent")

    assert "Get a hint" not in page.html
    assert "Feedback" not in page.html


def test_typed_text_comes_back_with_the_error():
    page = page_named("room-refused")
    field = page.all("textarea")[0]

    assert "a shard of its own and" in field.text
    assert field.attributes["aria-invalid"] == "true"
    assert "answer-error" in field.attributes["aria-describedby"]


def test_candidate_text_is_escaped_everywhere():
    script = "<script>alert(1)</script>"
    message = samples.message(3, "candidate", "answer", script)
    quoted = samples.Segment(script, (samples.mark("question-1", 1),))
    answer = samples.AnswerView(seq=3, label=script, segments=(quoted,))
    report = samples.report(
        questions=(samples.scored_question(1, answers=(answer,)),),
        transcript=(message,),
    )

    page = render(
        "sessions/report.html",
        {"session": samples.ended_session(), "report": report},
    )

    assert "<script>alert" not in page.html
    assert page.html.count("&lt;script&gt;alert") == 3


def test_a_point_links_to_its_words_and_back():
    page = page_named("report")
    links = [link for link in page.all("a") if link.has_class("evidence-link")]
    to_point = [a for a in links if a.attributes["href"] == "#question-1-point-p1"]
    to_words = [a for a in links if a.attributes["href"] == "#question-1-evidence-1"]

    assert to_point[0].attributes["id"] == "question-1-evidence-1"
    assert to_point[0].attributes["aria-label"] == "Evidence 1 for Reasoning"
    assert [link.within("tr") for link in to_words] == [True]


def test_chart_and_table_say_the_same_numbers():
    page = page_named("report")
    chart = next(
        e
        for e in page.elements
        if e.attributes.get("aria-labelledby") == "criteria-chart"
    )
    table = page.all("table")[0]

    for text in ("Reasoning", "84 ± 6", "Not enough evidence"):
        assert text in chart.text
        assert text in table.text


def test_print_view_opens_everything():
    page = page_named("report", "/?print=1")

    assert all("open" in details.attributes for details in page.all("details"))
