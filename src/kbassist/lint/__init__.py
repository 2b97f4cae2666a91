"""A folder of articles in, findings with file, line, reason and remedy out; no index is needed.

Each module of `rules/` declares one family of rules beside the functions that check them;
`registry` gathers them. `page` reads an article once for all rules, `run` applies them, `fix` mends
what is mechanical.
"""
