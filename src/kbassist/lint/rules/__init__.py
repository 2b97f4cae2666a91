"""One module a family of rules: each declares its rules beside the functions that check them.

Pages and settings go in, what is wrong comes out; no function here reads or writes a file's text.
"""
