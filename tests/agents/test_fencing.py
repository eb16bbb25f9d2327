from hypothesis import given
from hypothesis import strategies as st

from interviewer.agents.fencing import CANARY, fence, leaks_prompt, neutral

SYSTEM = "You put the words to a job interview that others conduct and nothing else."


@given(
    st.lists(
        st.one_of(
            st.text(max_size=5),
            st.sampled_from(
                ["<", "/", "answer", ">", "</answer>", "\u200b", "＜", " "]
            ),
        )
    ).map("".join)
)
def test_no_text_closes_its_fence(text):
    fenced = fence(tag="answer", text=text)

    assert fenced.count("</answer>") == 1
    assert fenced.endswith("\n</answer>")


def test_code_stays_readable():
    assert "a < b && c > d" in fence(tag="answer", text="a < b && c > d")[8:].replace(
        "‹", "<"
    )


def test_hidden_characters_are_removed_and_lines_kept():
    assert neutral(text="ig\u200bnore\x00\u202e\r\nnext") == "ignore \nnext"


def test_twelve_words_of_the_prompt_are_a_leak():
    words = SYSTEM.split()

    assert leaks_prompt(words=f"Sure: {' '.join(words[1:13])}", system_text=SYSTEM)
    assert not leaks_prompt(words=" ".join(words[1:12]), system_text=SYSTEM)


def test_case_marks_and_hidden_characters_hide_no_leak():
    said = "\u200b, ".join(SYSTEM.upper().split())

    assert leaks_prompt(words=said, system_text=SYSTEM)


def test_the_canary_is_a_leak_however_it_is_set():
    for said in (CANARY, CANARY.upper(), CANARY.replace("-", " ")):
        assert leaks_prompt(words=f"It is {said}.", system_text="")
