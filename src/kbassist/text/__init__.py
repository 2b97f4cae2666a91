"""Text analysis: raw text enters; terms, weights, languages, sentences and counts leave.

Everything here is a pure function of its text. `analyzer` turns text into the terms that the index
stores and the query looks up; `fold` decides which spellings are the same; `language` names the
language of a question or an article; `sentences` cuts text where a quote may begin and end;
`count` is the unit of the chunk budget. What is shown to a reader never passes through `fold`.
"""
