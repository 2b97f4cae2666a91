"""kbassist beside what users would pick instead: the same chunks, queries and embedder for all.

    python -m benchmarks.peers --sizes 1000

Needs the packages of `requirements.txt` beside this file and the data that KBASSIST_DATA names.
"""
