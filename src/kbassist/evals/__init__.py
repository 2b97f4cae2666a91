"""Labelled questions and an index go in; figures, differences, failures and reports come out.

Everything is asked through `Assistant`, the way that users take, and nothing is tuned here.
"""
