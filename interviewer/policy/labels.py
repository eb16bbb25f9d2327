"""Skill tags of the bank as words for people: "databases.indexing" → "Indexing"."""

from __future__ import annotations

from collections.abc import Sequence

NO_SKILL = "general"
_SPELLINGS = (
    "A11y API APIs AWS CDN CI CORS CPU CSP CSRF CSS DNS ETL ELT GPU GraphQL HTML HTTP "
    "IAM IaC JavaScript JS JVM KPI KPIs LLM LLMs ML MLOps NLP OAuth OKR OKRs OOP ORM "
    "PKI QA RAG REST SLA SLI SLO SLOs SQL SRE SSH SSO SSR TCP TLS TypeScript UI UX VPC "
    "XSS"
)
_WRITTEN_DIFFERENTLY = {word.lower(): word for word in _SPELLINGS.split()}


def topic(skills: Sequence[str]) -> str:
    """Return the short name of what a question with these skills is about."""
    return _words(_first(skills).rpartition(".")[2])


def competency(skills: Sequence[str]) -> str:
    """Return the name of the area that a question with these skills belongs to."""
    return _words(_first(skills).partition(".")[0])


def _first(skills: Sequence[str]) -> str:
    return skills[0] if skills else NO_SKILL


def _words(tag: str) -> str:
    words = tag.replace("_", " ").replace("-", " ").split()
    written = [_WRITTEN_DIFFERENTLY.get(word.lower(), word.lower()) for word in words]
    first, *rest = written
    return " ".join([first[:1].upper() + first[1:], *rest])
