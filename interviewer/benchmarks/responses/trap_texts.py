"""What is said in the traps: questions, answers and set-ups to combine."""

from __future__ import annotations

from random import Random

QUESTIONS = (
    "Tell me about a system that you made faster.",
    "How would you find the cause of a slow query?",
    "What is the cost of a look-up in your data structure?",
    "Describe a decision that you had to defend.",
    "How do you keep a release from breaking what works?",
    "When did you last change your mind about a design?",
    "How do you tell a flaky test from a real failure?",
    "What would you measure before you add a cache?",
    "How did you bring a new colleague into the team?",
    "Which trade-off would you make differently today?",
)
STARTS = (
    "In my last team we",
    "At first we",
    "Before the release I",
    "Together with operations we",
    "During the migration we",
    "After the outage I",
)
DEEDS = (
    "read the query plan and added an index on the orders table",
    "moved the report to a nightly job in Go",
    "cut the import from {number} minutes to {less}",
    "kept the old service running beside the new one for {number} days",
    "replaced the nested loop, which was O(n^2), with a hash map in O(n)",
    "did not deploy on Fridays and lost {number} tickets a month less",
    "measured {number} ms at the 95th percentile and {less} ms afterwards",
    "wrote {number} tests for the parser before touching it",
    "rolled back within {number} minutes because the error rate was above {less} %",
    "asked {less} customers what they would miss",
)
ENDINGS = (
    "That was worth it.",
    "It was not enough.",
    "I would do it again.",
    "My manager disagreed at first.",
    "We never found out why.",
    "The team of {less} people agreed.",
)
REQUESTS = (
    "Could you say that in other words?",
    "What do you mean by that?",
    "Do you mean on one machine or on several?",
    "Shall I go into the details of the database?",
)
WORDS = ("orders", "team", "index", "service", "report", "parser", "release", "tests")
OTHER_WORDS = (
    "invoices",
    "group",
    "view",
    "library",
    "letter",
    "lexer",
    "demo",
    "logs",
)

FIELDS = {
    "mode": ("practice", "interview"),
    "role": ("Backend engineer", "Data engineer", "Product manager"),
    "level": ("junior", "mid", "senior", "staff"),
    "job_description": (
        "We need somebody who knows PostgreSQL and queues.",
        "We need somebody who knows PostgreSQL and caches.",
        "",
    ),
    "resume": (
        "Five years of Python at a bank.",
        "Six years of Python at a bank.",
        "Five years of Python at a museum.",
    ),
    "model": ("openai:benchmark-model", "openai:benchmark-model-2"),
    "rubric_version": ("1", "2", "3"),
}

Message = dict[str, str]


def answer(random: Random, *, sentences: int) -> str:
    """Return an answer of this many sentences with figures of its own."""
    said = []
    for _ in range(sentences):
        text = f"{random.choice(STARTS)} {random.choice(DEEDS)}. "
        said.append(text + random.choice(ENDINGS))
    number = random.randrange(20, 1_000)
    return " ".join(said).format(number=number, less=number // 7)


def conversation(random: Random, *, exchanges: int) -> list[Message]:
    """Return questions and answers in turn; the last word is the candidate's."""
    said: list[Message] = []
    for _ in range(exchanges):
        said.append(by("interviewer", random.choice(QUESTIONS)))
        said.append(by("candidate", answer(random, sentences=random.randint(1, 3))))
    if random.random() < 0.2:  # a request about the question, instead of an answer
        said[-1] = by("candidate", random.choice(REQUESTS))
    return said


def context(random: Random) -> dict[str, str]:
    """Return a set-up of a person."""
    fields = {name: random.choice(values) for name, values in FIELDS.items()}
    return {"user": f"user-{random.randrange(10**6)}", **fields}


def by(role: str, content: str) -> Message:
    return {"role": role, "content": content}
