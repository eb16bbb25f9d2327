"""A decided action as the interviewer's and coach's prompts speak of it."""

from __future__ import annotations

from interviewer.agents.fencing import fence
from interviewer.policy.next_action import Action


def action_text(*, action: Action, style: str, acknowledge: bool = False) -> str:
    """Return the end of a prompt: which move to word, and in which style."""
    lines = [f"kind: {action.kind}", f"style: {style}"]
    if acknowledge:
        lines.append("a short neutral acknowledgment may come first")
    if action.lead_in:
        lines.append(fence(tag="say_first", text=action.lead_in))
    if action.text:
        lines.append(fence(tag="ask", text=action.text))
    return "\n".join(["<next_action>", *lines, "</next_action>"])
