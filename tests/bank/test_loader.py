from pathlib import Path

import pytest

from interviewer.bank import ANY_FAMILY, FAMILIES, BankError, BankQuestion, load_bank

SOUND = Path(__file__).parent / "sound"


def load_text(tmp_path: Path, text: str, *, name: str = "made.yaml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return load_bank(directory=tmp_path)


def sound_text() -> str:
    return (SOUND / "sound.yaml").read_text(encoding="utf-8")


def test_reads_every_document_sorted_by_id():
    bank = load_bank(directory=SOUND)

    assert [q.id for q in bank.questions] == ["test.behav.help", "test.cache.expiry"]


def test_types_each_field_by_its_name():
    question = load_bank(directory=SOUND).get("test.cache.expiry")

    assert question.version == 3
    assert question.difficulty_b == 0.0
    assert question.criteria == {"reason": 1.0, "choice": 2.0}
    assert question.point("stale").must_have is True
    assert question.point("tolerance").must_have is False
    assert question.anchors[5] == "With a number."
    assert question.exemplars[1].score == 0.8


def test_keeps_words_that_yaml_would_take_for_truth_values():
    question = load_bank(directory=SOUND).get("test.cache.expiry")

    assert question.common_errors == ("no", "on")


def test_reads_the_required_star_parts():
    question = load_bank(directory=SOUND).get("test.behav.help")

    assert question.star_required == ("situation", "action", "result")


def test_a_question_survives_the_round_trip_through_plain_values():
    for question in load_bank().questions:
        copy = BankQuestion.from_dict(question.to_dict())

        assert copy == question
        assert copy.digest == question.digest


def test_an_unknown_id_is_a_key_error():
    with pytest.raises(KeyError):
        load_bank(directory=SOUND).get("test.nothing")


def test_offers_only_families_with_questions_of_their_own():
    bank = load_bank(directory=SOUND)

    assert [family.id for family in bank.families] == ["backend"]


def test_the_shipped_bank_is_read_once():
    assert load_bank() is load_bank()


def test_the_shipped_bank_serves_every_family_at_several_levels():
    bank = load_bank()

    assert bank.families == FAMILIES
    for family in FAMILIES:
        own = [q for q in bank.questions if family.id in q.families]
        assert len(own) >= 6, family.id
        assert len({q.level for q in own}) >= 3, family.id


def test_the_shipped_bank_has_enough_behavioural_questions_for_any_role():
    shared = [q for q in load_bank().questions if ANY_FAMILY in q.families]

    assert sum(q.type == "behavioural" for q in shared) >= 10


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("level: junior", "levle: junior", "document 2: level: is missing"),
        ("common_errors:", "comon_errors:", "document 1: comon_errors: is not a field"),
        ("version: 3", "version: three", "document 1: version: expected a whole"),
        ("0.8,", "good,", "document 1: exemplars[2].score: expected a number"),
        ("0.8,", ".nan,", "document 1: exemplars[2].score: expected a number"),
        ("0.8,", "nan,", "document 1: exemplars[2].score: expected a finite number"),
        ("must_have: true", "must_have: yes", "points[1].must_have: expected true"),
        ("skills: [caching]", "skills: caching", "document 1: skills: expected a list"),
        ("old prices]", "'']", "points[1].aliases[2]: expected some text"),
        ("{reason: 1, choice: 2}", "[reason]", "criteria: expected a mapping"),
        ("choice: 2}", "choice: much}", "criteria.choice: expected a number"),
        ("1: Nothing.", "one: Nothing.", "anchors: expected a whole number"),
        ("version: 3", "id: again", "document 1: id: is given twice, again in line 2"),
        ("criteria: {", "criteria: {{", "made.yaml: document 1: "),
        ("id: test.behav.help", "- id", "made.yaml: document 2: "),
    ],
)
def test_an_error_names_file_document_and_field(tmp_path, old, new, complaint):
    text = sound_text()
    assert old in text

    with pytest.raises(BankError) as caught:
        load_text(tmp_path, text.replace(old, new, 1))

    assert str(caught.value).startswith("made.yaml: document ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize("text", ["just words", "- a\n- list", "---\n"])
def test_a_document_that_is_no_question_is_an_error(tmp_path, text):
    with pytest.raises(BankError, match="document 1: question: expected a mapping"):
        load_text(tmp_path, text)


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path):
    (tmp_path / "made.yaml").write_bytes(b"id: \xff\xfe")

    with pytest.raises(BankError, match=r"made\.yaml"):
        load_bank(directory=tmp_path)


def test_an_empty_file_holds_no_question(tmp_path):
    assert load_text(tmp_path, "").questions == ()


def test_other_files_in_the_directory_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("not: [yaml")

    assert len(load_text(tmp_path, sound_text()).questions) == 2
