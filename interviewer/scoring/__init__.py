"""How an answer is judged: evidence first, arithmetic last.

    gate.py           what is not scored, and the sentence that says why
    reading.py        the answer cut into units (sentences.py, words.py, negation.py)
    rubric.py         the question's wordings, prepared once (phrases.py)
    matching.py       units against wordings, by words (lexical.py) and vectors
    coverage.py       how far each point is covered (contradiction.py, star.py)
    assess.py         the arithmetic; result.py is what comes out
    calibration.py    every fitted number

Plain data in, plain data out; it knows nothing of sessions, storage or pages.
"""
