"""Damaged documents: what is noticed, what does no harm, and what nothing in a document can show.

``mutators`` damage a printed document in one place; ``records`` says what the rooms make of it;
``verdicts`` holds that against the truth; ``campaign`` counts. What passes unnoticed must fall
into a class that ``undetectable.toml`` declares with its reason.
"""
