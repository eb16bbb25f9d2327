"""The fitted numbers of the scorer, with where they come from.

VERSION changes with any of them. `bin/bench scoring --data PATH` prints what
they achieve; docs/scoring.md says how they were chosen.
"""

from __future__ import annotations

import dataclasses

VERSION = "2026.2"


@dataclasses.dataclass(frozen=True, slots=True)
class Mix:
    """How words and vectors become the coverage of a point."""

    word_share: float  # what all words of a wording prove by themselves
    vector_share: float  # what full similarity proves by itself
    cosine_floor: float  # similarity of unrelated texts
    cosine_ceiling: float  # similarity of close paraphrases
    partial_from: float  # support at which a point starts to count
    hit_from: float  # support from which a point is fully covered


WITH_ENCODER = Mix(
    word_share=0.75,
    vector_share=0.65,
    cosine_floor=0.15,
    cosine_ceiling=0.95,
    partial_from=0.15,
    hit_from=0.75,
)
WORDS_ONLY = Mix(
    word_share=1.0,
    vector_share=0.0,
    cosine_floor=0.0,
    cosine_ceiling=1.0,
    partial_from=0.15,
    hit_from=0.70,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Topic:
    """How much a sentence has to do with the question before its words count."""

    start: float  # relevance from which support starts to stand
    full: float  # relevance from which all of it stands
    floor: float  # the share that stands anyway


# Relevance is the share of known words, plus the nearest cosine with an encoder.
TECHNICAL_TOPIC = Topic(start=0.40, full=0.80, floor=0.0)
TOLD_TOPIC = Topic(start=0.25, full=0.60, floor=0.4)
TECHNICAL_TOPIC_WORDS_ONLY = Topic(start=0.05, full=0.40, floor=0.0)
TOLD_TOPIC_WORDS_ONLY = Topic(start=0.0, full=0.25, floor=0.4)

# Share of a wording's words that must be said before their negation turns it around.
NEGATION_RECALL = 0.6
PARTIAL_CREDIT_FROM = 0.15  # less than this is chance and counts nothing
HIT_CREDIT_FROM = 0.75  # credited coverage from which a point is a "hit"

LOOSE_ALIAS = 0.8  # all words of an alias, but not in order
FULL_CONTENT = 1.5  # weight of words below which a loose match proves less
PART_OF_POINT = 0.8  # a clause of a point's text proves less than the whole

# prose.py: (no doubt, full doubt). All but 1 % of natural answers have an order above
# −.02 and a soup sum below 1.55; shuffled references stay below −.11, and soups of
# all aliases above 1.75.
MIN_ORDERED_WORDS = 15
ORDER_RAMP = (-0.02, -0.12)
ORDER_CHANCE_RAMP = (2.2, 1.7)
SMALL_WORDS_RAMP = (0.28, 0.36)  # notes without small words have no order
MIN_KEY_WORDS = 12
SOUP_RAMP = (1.55, 1.75)
SOUP_SATURATION_RAMP = (0.6, 0.75)
DOUBTFUL_SHARE = 0.3  # of the score that is left at full doubt

# gate.py
MIN_CONTENT_WORDS = 3
MAX_FURTHER_WORDS = 15  # beside "I don't know"
MAX_ECHO_SHARE = 0.8
ALL_ECHO_SHARE = 0.99  # where the feature model decides …
MIN_COPIED_SHARE = 0.6  # … of the question's content words
MAX_TOKEN_SHARE = 0.4
MIN_COUNTED_WORDS = 6
MIN_PLAUSIBILITY = -3.2
OFF_TOPIC_SHARE = 0.12
OFF_TOPIC_COSINE = 0.3
FAR_OFF_TOPIC_COSINE = 0.15  # where the feature model decides …
MIN_OFF_TOPIC_WORDS = 6  # … and so many content words are said

# facets.py: credit for one, two, … things told that show it; a figure in a result
# counts like the most.
FULL_FACETS_FROM = 0.3  # mean coverage by words; below it the form proves less
FACET_CREDIT = {
    "action": (0.35, 0.6, 0.75, 0.85),
    "result": (0.5, 0.7, 0.85),
    "lesson": (0.85,),
}

# assess.py and confidence.py
# Covering 40 % of a criterion is worth 60 of 100, from there on each point counts
# less. Fitted on half of the natural answers' questions, checked on the other half.
CURVE_KNEE = (0.4, 0.6)
MIN_JUDGED_WORDS = 12  # content words, unless a point is hit …
MIN_TOLD_PARTS = 2  # … or so many parts of a case are told
LOW_CONFIDENCE = 0.35
MAX_STRUCTURE_WITH_GAP = 0.6  # band 3
FULL_STRUCTURE_FROM = 0.25  # mean coverage; below it a case is about something else
NEARNESS_RAMP = (0.1, 0.5)  # overlap with the nearest graded answer
UNKNOWN_AGREEMENT = 0.5  # without an encoder nobody agrees or disagrees
# About 80 % of the natural answers' grades lie within this band around the score.
ERROR_AT_FULL_CONFIDENCE = 0.12
ERROR_AT_NO_CONFIDENCE = 0.40
BANDS = 5

# standing.py: the feature model decides alone where the rubric is only a model answer.
# Where it lists wordings, the score goes this far from the points to the model …
MODEL_SHARE = 0.15
FULL_MODEL_FROM = 0.4  # … once the points alone are worth so much

# graded_answers.py: variances of what graders and scorer differ by, fitted on Mohler
# with ten graded answers per question and on SAF.
QUESTION_VARIANCE = 0.012  # shared by all answers to a question
ANSWER_VARIANCE = 0.06  # shared by answers that are alike
SLOPE_VARIANCE = 0.05  # of stretching the scale around its middle
GRADE_VARIANCE = 0.015  # of a single grade
GRADED_SHARE = 0.5  # of it that counts where the rubric lists wordings
HALF_KNOWN_FROM = 10  # graded answers
ERROR_KNOWN_BY_GRADED = 0.3
