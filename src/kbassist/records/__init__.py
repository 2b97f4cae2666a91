"""Public values as JSON for programs.

In: hits, answers, passages, errors. Out: the objects of `schema.json`, the same wherever a
program reads them.
"""
