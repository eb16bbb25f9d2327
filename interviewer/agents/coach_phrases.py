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
NO_RUBRIC = (
    "This is your own question: there is no rubric to judge the answer by, so it has no"
    " score."
)
CHECK_IT_YOURSELF = (
    "Read your answer once more: does it answer the question in its first sentence, and"
    " does it give an example with its result?"
)
MOVE_ON = "Nothing here needs work; spend your time on another topic."
NOTHING_STANDS_OUT = (
    "No gap stands out; try the next level or a more challenging style."
)
NOTHING_JUDGED = (
    "Answer one question in four or more full sentences, so that there is something"
    " to judge."
)

# Words of the talk about an ended interview.
STAR_MISSING = {
    "situation": "the situation, where and when it was",
    "action": "what you did yourself",
    "result": "the result, with a number if there is one",
}
DRILLS = {
    "situation": "Tell one story's situation in a single sentence: where, when, what"
    " was at stake. Do it for three different stories.",
    "action": "Take one story and write five sentences that begin with “I” and a verb.",
    "result": "Write the last sentence of three stories; each names what changed, and"
    " by how much.",
    "wrong": "Write down the statement, look it up in its documentation, and say the"
    " corrected version aloud twice.",
    "must": "Set a timer to two minutes and answer again, giving each missing point one"
    " sentence of its own.",
    "criterion": "Answer one question again and spend half of the time on this part"
    " alone.",
}
CAN_EXPLAIN = (
    "I can explain a score from the points it rests on, outline a stronger answer, say"
    " what to practice, or compare two questions."
)
REFUSALS = {
    "rescoring": (
        "I cannot change a score; it rests on the points and quotes in the report. A"
        " talk with the coach never moves it.",
        "The score stays as it was stored, whatever is said here. What I can do is show"
        " the words it rests on.",
        "No request here alters a score. If a quote looks misread, compare it with its"
        " point in the report.",
    ),
    "hiring": (
        "I cannot say whether you would be hired: this is a practice estimate over a"
        " few questions, not a hiring decision.",
        "Nothing stored here tells a hiring chance. It tells which points your answers"
        " covered.",
        "That depends on people and jobs that I know nothing about. The stored evidence"
        " is about your answers only.",
    ),
    "people": (
        "I know nothing about other people's interviews; I speak about your answers"
        " only.",
        "There is no comparison with others here: each answer is compared with its"
        " question's points.",
        "Other people's results are not part of what I can see, and no ranking exists.",
    ),
    "person": (
        "I judge answers, not people. What is stored is which points were covered.",
        "No answer tells that about a person; it tells what was said and what was"
        " missing.",
        "The evidence is about a few answers, so I can speak of those and not of you.",
    ),
    "unclear": (
        "I can only speak about what is stored of this interview.",
        "I did not find a request in this that the stored evidence answers.",
        "That is outside of what this interview's evidence can tell.",
    ),
}
NOTHING_SCORED = (
    "No answer of this interview was scored, so there is no score to explain.",
    "Nothing was scored in this interview: there was too little to judge.",
)
ALL_SAID = (
    "That is all that is stored on this; the report shows every point with its quote.",
    "Nothing further is stored on this than was said above.",
    "I have no more evidence on this than the answers above show.",
)
