"""The question bank: what may be asked, and the rubric each answer is held against.

    model.py    a question as plain, frozen values
    loader.py   YAML files → `Bank`; an error names file, document and field
    lint.py     what a well-formed question still gets wrong
    questions/  one file per role family

It knows nothing of sessions, scoring or the page that shows a question.
"""

from interviewer.bank.loader import FAMILIES, Bank, BankError, Family, load_bank
from interviewer.bank.model import (
    ANY_FAMILY,
    BankQuestion,
    Exemplar,
    FollowUp,
    Point,
)

__all__ = [
    "ANY_FAMILY",
    "FAMILIES",
    "Bank",
    "BankError",
    "BankQuestion",
    "Exemplar",
    "Family",
    "FollowUp",
    "Point",
    "load_bank",
]
