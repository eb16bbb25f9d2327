"""The embedded interviewer's stock of sentences, by style.

Neutral throughout: nothing here praises, judges or sums up an answer.
"""

from __future__ import annotations

from collections.abc import Mapping

Variants = tuple[str, ...]
ByStyle = Mapping[str, Variants]

ACKNOWLEDGEMENT: ByStyle = {
    "formal": ("Thank you.", "Understood.", "I have noted that."),
    "casual": ("Thanks.", "All right.", "Got it."),
    "technical": ("Understood.", "Noted.", "Thank you."),
    "challenging": ("Understood.", "Noted.", "I hear you."),
}
NEXT_TOPIC: ByStyle = {
    "formal": ("Let us turn to the next question.", "Here is the next question.", ""),
    "casual": ("Let's try something else.", "On to the next one.", ""),
    "technical": ("Next topic.", "", ""),
    "challenging": ("Next.", "Let us move on.", ""),
}
FIRST_TOPIC: ByStyle = {
    "formal": ("Let us begin.", "Here is the first question."),
    "casual": ("Let's start.", "Here's the first one."),
    "technical": ("Let us begin.", "First question."),
    "challenging": ("Let us start.", "First question."),
}
STAY_WITH_IT: ByStyle = {
    "formal": ("I would like to stay with this for a moment.", "", ""),
    "casual": ("Let's stay with that for a second.", "", ""),
    "technical": ("One step further.", "", ""),
    "challenging": ("I want to press on that.", "Let me push on this.", ""),
}
ONCE_MORE: ByStyle = {
    "formal": ("Of course, here it is again.", "Certainly."),
    "casual": ("Sure, here it is again.", "Sure thing."),
    "technical": ("Here it is again.", "Once more."),
    "challenging": ("Here it is again.", "Once more."),
}
NO_HINTS: ByStyle = {
    "formal": ("There are no hints in this mode; please take the time you need.",),
    "casual": ("No hints in this mode, but take your time.",),
    "technical": ("There are no hints in this mode; take your time.",),
    "challenging": ("There are no hints in this mode.",),
}
PLEASE_TRY_AGAIN: ByStyle = {
    "formal": ("Please take the same question once more, in your own words.",),
    "casual": ("Have another go at the same question, in your own words.",),
    "technical": ("Please answer the same question once more, in your own words.",),
    "challenging": ("Answer the same question once more, in your own words.",),
}
CLOSING: ByStyle = {
    "formal": (
        "That brings us to the end of the interview. Thank you for your time.",
        "We have reached the end. Thank you for taking the time today.",
    ),
    "casual": (
        "That's it from my side. Thanks for your time today.",
        "And that's the end of it. Thanks for talking with me.",
    ),
    "technical": (
        "That was the last topic. Thank you for your time.",
        "We are at the end. Thank you for your time today.",
    ),
    "challenging": (
        "We are done. Thank you for your time.",
        "That is the end of the interview. Thank you for staying with it.",
    ),
}
NEXT_STEP = "Your report is being prepared."

GREETING = {"formal": "Good day", "casual": "Hi", "technical": "Hello"}
DEFAULT_GREETING = "Hello"

LEVELS = {"junior": "junior", "mid": "mid-level", "senior": "senior", "staff": "staff"}
