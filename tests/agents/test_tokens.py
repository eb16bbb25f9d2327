from interviewer.agents.tokens import estimate_tokens


def test_counts_ordinary_words_as_one_token_each():
    assert estimate_tokens("We cut the build time in half.") == 8


def test_counts_long_words_and_other_alphabets_higher():
    assert estimate_tokens("internationalization") > 2
    assert estimate_tokens("面接") == 2


def test_only_nothing_costs_nothing():
    assert estimate_tokens("") == 0
    assert estimate_tokens(" ") == 1
