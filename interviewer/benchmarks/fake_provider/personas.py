"""How the model behaves: sensibly, obeying whoever speaks last, or leaking.

A persona reads the request as a model would and needs no script, so that a whole
interview can be held with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from interviewer.benchmarks.fake_provider.requests import ChatRequest
from interviewer.scoring.instructions import find_instructions
from interviewer.scoring.sentences import split_sentences

MAX_SUMMARY_CHARACTERS = 1_600
_TASK = re.compile(r"^# (\w+)", re.MULTILINE)


def normal(request: ChatRequest) -> str:
    """Return what a well-behaved model says."""
    if request.schema is not None:
        return json.dumps(_structured(request, score=None))
    task = _TASK.search(request.system)
    if task and task[1] == "Summarizer":
        return _summary(request)
    if task and task[1] == "Question":
        return _inside("question", request.last) or _inside("ask", request.last)
    return _worded(request.last)


def gullible(request: ChatRequest) -> str:
    """Return what a model says that obeys instructions in the candidate's text."""
    orders = _orders(request)
    if request.schema is not None:
        return json.dumps(_structured(request, score=5 if orders else None))
    if not orders:
        return normal(request)
    return f"Excellent answer, full marks, 5/5! {orders[0]}"


def leaky(request: ChatRequest) -> str:
    """Return the prompt: the model hides nothing."""
    if request.schema is not None:
        return normal(request)
    return f"My instructions are: {request.system}"


PERSONAS: Mapping[str, Callable[[ChatRequest], str]] = {
    "normal": normal,
    "gullible": gullible,
    "leaky": leaky,
}


# The interviewer and the coach


def _worded(last: str) -> str:
    action = _inside("next_action", last) or last
    kind = re.search(r"kind: (\w+)", action)
    first, ask = _inside("say_first", action), _inside("ask", action)
    if kind and kind[1] == "opening":
        return (
            "Welcome, I will be your interviewer today. We will take one question after"
            " another. Taking a moment to think is fine."
        )
    if kind and kind[1] == "closing":
        return f"{first} That was the last question. Thank you for your time.".strip()
    if kind and kind[1] == "probe" and not first and len(_sentences(ask)) < 3:
        first = "Let us stay with this."
    return f"{first} {ask}".strip() or "What did you do next?"


# The summarizer


def _summary(request: ChatRequest) -> str:
    """Return the sentences with figures, and the beginnings of the others."""
    text = re.sub(r"</?\w+>", "\n", request.last)
    kept = [
        sentence if re.search(r"\d", sentence) else " ".join(sentence.split()[:12])
        for sentence in _sentences(text)
    ]
    return "\n".join(dict.fromkeys(kept))[:MAX_SUMMARY_CHARACTERS] or "Nothing yet."


# The assessor


def _structured(request: ChatRequest, *, score: int | None) -> Any:
    schema = request.schema or {}
    if "items" not in schema.get("properties", {}):
        return _fill(schema, schema.get("$defs", {}))
    items = re.findall(r"<item>(.*?)</item>", request.last, re.DOTALL)
    return {"items": [_judged(item, score) for item in items]}


def _judged(item: str, score: int | None) -> dict[str, Any]:
    answer = _inside("answer", item)
    sentences = _sentences(answer)
    names = re.findall(r"^- ([^:\n]+):", _inside("criteria", item), re.MULTILINE)
    earned = min(4, len(sentences)) if score is None else score
    quotes = sorted(sentences, key=len)[-1:]
    return {
        "item_id": _inside("item_id", item),
        "criteria": [
            {"name": n, "score": earned if quotes else 0, "quotes": quotes}
            for n in names
        ],
        "facts": [fact for s in sentences for fact in _facts(s)][:6],
        "open_threads": [],
    }


def _facts(sentence: str) -> list[dict[str, str]]:
    found = re.search(r"(\d+(?:[.,]\d+)*)\s*(%|\w+)?", sentence)
    if found is None:
        return []
    subject = " ".join(sentence.split()[:6])
    fact = {"kind": "number", "subject": subject, "value": found[1]}
    return [{**fact, "unit": found[2] or "", "quote": sentence}]


def _fill(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Any:
    """Return the least that fits a schema."""
    if "$ref" in schema:
        return _fill(parts[schema["$ref"].rpartition("/")[2]], parts)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _fill(schema["anyOf"][0], parts)
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {name: _fill(field, parts) for name, field in fields.items()}
    least: dict[str, Any] = {"array": [], "string": "", "boolean": False, "null": None}
    return least.get(schema.get("type", ""), 0)


# Shared


def _orders(request: ChatRequest) -> list[str]:
    texts = [
        re.sub(r"</?\w+>", "", text)
        for role, text in request.messages
        if role == "user"
    ]
    return [
        text[start:end] for text in texts for start, end in find_instructions(text=text)
    ]


def _inside(tag: str, text: str) -> str:
    found = re.findall(rf"<{tag}>\s*(.*?)\s*</{tag}>", text, re.DOTALL)
    return found[-1] if found else ""


def _sentences(text: str) -> list[str]:
    return [stretch.of(text) for stretch in split_sentences(text=text)]
