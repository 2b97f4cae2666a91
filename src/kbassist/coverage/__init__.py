"""What writers need to see: a question log and an open index in, a `CoverageReport` out.

Which questions are answered, which topics are missing, which articles never help, and what to write
next. Questions come from customers: what is secret in them is masked before anything is kept.
"""
