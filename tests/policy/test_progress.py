import pytest

from interviewer.policy.next_action import Action
from interviewer.policy.progress import JournalEntry, fold
from interviewer.scoring import result
from tests.factories import Journal, make_plan

PLAN = make_plan()


@pytest.fixture
def journal():
    return Journal(PLAN)


def ask(journal, slot=0, text="How does caching work?"):
    journal.interviewer(Action("question", slot, text))


def probe(journal, text="What happens next?", target="maintain"):
    journal.interviewer(
        Action("probe", 0, text, probe_kind="expand", target=target, reason="A gap.")
    )


def test_stands_before_the_first_question_at_the_start():
    progress = fold(plan=PLAN, entries=[])

    assert progress.slot_index == -1
    assert progress.question_no == 0
    assert progress.remaining_slots == tuple(range(len(PLAN.slots)))


def test_an_opening_asks_nothing(journal):
    journal.interviewer(Action("opening", -1, "Hello."))

    assert journal.progress == fold(plan=PLAN, entries=[])


def test_a_question_opens_its_slot(journal):
    ask(journal, slot=2)

    progress = journal.progress
    assert (progress.slot_index, progress.question_no) == (2, 1)
    assert progress.open_question == "How does caching work?"
    assert progress.asked == ("How does caching work?",)
    assert progress.asked_slots == (2,)
    assert 2 not in progress.remaining_slots


def test_answers_to_question_and_probe_belong_together(journal):
    ask(journal)
    journal.candidate("answer", "It keeps copies.")
    probe(journal)
    journal.candidate("answer", "They expire.")

    progress = journal.progress
    assert progress.answers == ("It keeps copies.", "They expire.")
    assert progress.answer_seqs == (2, 4)
    assert progress.answered_slots == (0,)
    assert (progress.question_no, progress.probes_used) == (2, 1)
    assert progress.is_probe
    assert progress.probed == ("maintain",)


@pytest.mark.parametrize("gate", [result.EMPTY, result.ECHO, result.OFF_TOPIC])
def test_a_gated_answer_is_no_answer(journal, gate):
    ask(journal)
    journal.candidate("answer", "asdf", gate=gate)

    assert journal.progress.answers == ()
    assert journal.progress.answered_slots == ()


def test_counts_not_knowing(journal):
    ask(journal)
    journal.candidate("answer", "No idea.", gate=result.DONT_KNOW)

    assert journal.progress.dont_knows == 1


def test_the_next_question_starts_afresh_but_remembers_what_was_asked(journal):
    ask(journal)
    journal.candidate("answer", "It keeps copies.")
    probe(journal)
    journal.interviewer(Action("hint", 0, "Think of time."))
    ask(journal, slot=1, text="How do queues work?")

    progress = journal.progress
    assert (progress.probes_used, progress.hints_used, progress.answers) == (0, 0, ())
    assert not progress.is_probe
    assert len(progress.asked) == 4
    assert progress.answered_slots == (0,)


def test_skipping_a_question_skips_its_slot(journal):
    ask(journal)
    journal.candidate("skip")

    assert journal.progress.skipped_slots == (0,)


def test_skipping_a_probe_keeps_the_answer(journal):
    ask(journal)
    journal.candidate("answer", "It keeps copies.")
    probe(journal)
    journal.candidate("skip")

    assert journal.progress.skipped_slots == ()
    assert journal.progress.answered_slots == (0,)


def test_asking_again_leaves_the_question_open(journal):
    ask(journal)
    journal.interviewer(Action("reask", 0, "How does caching work?"))

    progress = journal.progress
    assert (progress.reasks_used, progress.angles_used) == (1, 0)
    assert progress.open_question == "How does caching work?"
    assert progress.question_no == 1


def test_another_angle_replaces_the_open_question(journal):
    ask(journal)
    journal.interviewer(
        Action("reask", 0, "What would you try?", probe_kind="other_angle", target="x")
    )

    progress = journal.progress
    assert (progress.reasks_used, progress.angles_used) == (1, 1)
    assert progress.open_question == "What would you try?"
    assert progress.probes_used == 0


def test_repeats_and_notices_change_nothing(journal):
    ask(journal)
    before = journal.progress
    journal.candidate("repeat")
    journal.interviewer(Action("repeat", 0, "How does caching work?"))
    journal.interviewer(Action("notice", 0, "Two minutes left."))

    assert journal.progress == before


def test_closing_ends_the_interview(journal):
    ask(journal)
    journal.interviewer(Action("closing", 0, ""))

    assert journal.progress.is_closed


def test_the_order_of_rows_does_not_matter(journal):
    ask(journal)
    journal.candidate("answer", "It keeps copies.")
    probe(journal)

    assert fold(plan=PLAN, entries=reversed(journal.entries)) == journal.progress


def test_reads_the_message_when_no_decided_text_was_kept():
    entry = JournalEntry(
        1, "interviewer", "question", "Thank you. Why?", 1, {"slot": 0}
    )

    assert fold(plan=PLAN, entries=[entry]).open_question == "Thank you. Why?"
