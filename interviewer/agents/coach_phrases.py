"""The coach's stock of sentences."""

from __future__ import annotations

from interviewer.scoring import result

STAR_GAPS = {
    "situation": "Nothing on the situation: where, when and what was at stake.",
    "action": "Nothing on what you did personally.",
    "result": "Nothing on how it ended.",
}
STAR_ADVICE = {
    "situation": "Open with a sentence on where and when it was and why it mattered.",
    "action": "Say in the first person what you did, step by step.",
    "result": "End with what changed, with a number if you have one.",
}
STAR_BLANKS = {
    "situation": "[where and when it was, and what was at stake]",
    "action": "[what you did yourself, step by step]",
    "result": "[what changed in the end, with your number]",
}
STAR_PRACTICE = {
    "situation": "opening each story with its situation",
    "action": "telling what you did yourself",
    "result": "ending each story with its result",
}
NOT_JUDGED = {
    result.INSUFFICIENT: "There was too little on the question to judge.",
    result.UNSCOREABLE: "The answer could not be judged.",
    result.DECLINED: "You chose not to answer this question.",
    result.NOT_KNOWN: "You said that you do not know this yet.",
}
NEXT_TIME = {
    result.INSUFFICIENT: "Give three or four full sentences that address the question.",
    result.UNSCOREABLE: "Answer the question itself, in your own words.",
    result.DECLINED: "Prepare an answer that you are comfortable giving, or skip it.",
    result.NOT_KNOWN: "Say what you would try first, even when you do not know.",
}
MOVE_ON = "Nothing here needs work; spend your time on another topic."
NOTHING_STANDS_OUT = (
    "No gap stands out; try the next level or a more challenging style."
)
NOTHING_JUDGED = (
    "Answer one question in four or more full sentences, so that there is something"
    " to judge."
)
