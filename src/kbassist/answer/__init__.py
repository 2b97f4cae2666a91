"""From hits to an answer: decide, choose what to quote, cite it, check every quote.

In: the question's terms and ranked hits. Out: an `Answer` whose citations are verbatim.
"""
