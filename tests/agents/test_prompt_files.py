import hashlib

import pytest

from interviewer.agents import prompt_files
from interviewer.agents.fencing import CANARY
from interviewer.agents.prompt_files import DIRECTORY, load_prompt

NAMES = sorted(path.stem for path in DIRECTORY.glob("*.md"))


def test_every_part_has_its_prompt():
    assert set(NAMES) == {
        "assessor",
        "coach",
        "interviewer",
        "question_clarify",
        "question_wording",
        "rewriter",
        "summarizer",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_carries_the_canary_and_calls_the_rest_data(name):
    text = load_prompt(name).text

    assert CANARY in text
    assert "between" in text
    assert len(load_prompt(name).version) == 12


def test_another_text_has_another_version(tmp_path, monkeypatch):
    monkeypatch.setattr(prompt_files, "DIRECTORY", tmp_path)
    (tmp_path / "new.md").write_text("Ask.\n")

    prompt = load_prompt.__wrapped__("new")

    assert prompt.text == "Ask."
    assert prompt.version == hashlib.sha256(b"Ask.").hexdigest()[:12]
