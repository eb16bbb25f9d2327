"""Believable interviews for looking at pages and for measuring: `manage.py seed_demo`.

Made by the product itself: the bank's questions, the built-in engine's replies and
judgements, and people whose words are ours. Nothing in the product imports it.
"""
