"""Follow-up wordings for when the rubric has none left that fits.

Several per purpose, and unlike each other, because a session never hears the
same question twice.
"""

from __future__ import annotations

ACTION = (
    "What did you do yourself?",
    "Which part of that was your own work?",
    "Take me through the steps that you personally took.",
    "Where exactly did you step in?",
)
RESULT = (
    "How did it turn out?",
    "What changed in the end?",
    "What came of that, for you and for the others?",
    "Which effect could you see afterwards?",
)
SITUATION = (
    "What was the situation at that point?",
    "Who was involved, and what was at stake?",
    "What had happened before you got involved?",
    "How did all of this begin?",
)
NUMBERS = (
    "Can you put a number or an example on that?",
    "How large was it, roughly?",
    "Which figures did you look at, before and after?",
    "What would somebody watching have noticed?",
)
CLAIM = (
    "You said “{claim}”. How did you find that out?",
    "What makes you say “{claim}”?",
    "“{claim}”: compared with what?",
)
DEPTH = (
    "Why that rather than the alternative?",
    "What would you do differently today?",
    "Which option did you turn down, and what was your reason?",
    "What was the hardest decision for you there?",
    "Which part of it would you defend if a colleague doubted it?",
)
TRADE_OFF = (
    "When would you choose the opposite?",
    "What do you give up with that approach?",
    "Under which conditions would it stop working?",
    "How would you convince a colleague who prefers another way?",
    "What would you check first if it failed in production?",
)
EXPAND = (
    "What else belongs to a full answer here?",
    "Which part have you not mentioned yet?",
    "What would you add if you had to explain it to a new colleague?",
    "What happens next, step by step?",
    "Which consideration still seems open to you?",
)
ANOTHER_CASE = (
    "It may also come from study, a side project or volunteering: does anything there"
    " come close?",
    "Think of a smaller case, even an everyday one: what comes to mind?",
    "What have you seen a colleague do in such a situation, and what did you think?",
    "If it happened tomorrow, what would be your first step?",
)
