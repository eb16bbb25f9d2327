"""The coach and the report tell a candidate what points and anchors say."""

import re

from interviewer.bank import load_bank

THIRD_PERSON = re.compile(r"\b(they|their|theirs|themselves|the candidate)\b", re.I)
# Read by a person: these speak of somebody else, or of things.
OF_OTHERS = {
    "spoke with the sponsor and users to learn what they actually wanted",
    "ranked the tasks by their value or risk and named what was essential",
    "learned what the others cared about and why they did it the old way",
    "Convinced some people; their interests or the extent of the change is missing.",
    "Learned their interests, made it easy to try, showed evidence, and names who"
    " changed.",
    "names the people it was for and the trouble they had before",
    "tells how their work went afterwards, by a visible sign",
    "Heard both, reached a concrete agreement, and their work visibly improved.",
}


def test_what_a_candidate_did_is_told_to_the_candidate():
    told = [question for question in load_bank().questions if question.star_required]
    texts = {point.text for question in told for point in question.points}
    texts |= {anchor for question in told for anchor in question.anchors.values()}

    assert {text for text in texts if THIRD_PERSON.search(text)} == OF_OTHERS
