"""The files of the BM25 leg, and how the scores in them are worked out.

In CSR form beside the vocabulary (vocabulary.py), for V terms, P postings, n rows:

    bm25.indptr.npy      int64 (V + 1)  postings of term t are [indptr[t], indptr[t + 1])
    bm25.rows.npy        int32 (P)      row of each posting, ascending within a term
    bm25.tf.npy          uint8 (P)      its weighted term frequency: a place among the frequencies;
                                        uint16 or uint32 where there are many
    bm25.frequencies.npy float32 (F)    the distinct weighted term frequencies, ascending
    bm25.idf.npy         float32 (V)
    bm25.most.npy        float32 (V)    the greatest score of the term in any row
    bm25.lengths.npy     float32 (n)    weighted length of each row, in terms
    bm25.parameters.npy  float64 (3)    k1, b and the mean of the lengths

Frequencies are stored and not scores: a posting takes five bytes instead of eight, and stays the
same when articles elsewhere change the idf and the mean length.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.config import Bm25Settings
from kbassist.index.arrays import save_array
from kbassist.index.stretches import pointers_of
from kbassist.index.vocabulary import Terms, write_terms

INDPTR_NAME = "bm25.indptr.npy"
ROWS_NAME = "bm25.rows.npy"
TF_NAME = "bm25.tf.npy"
FREQUENCIES_NAME = "bm25.frequencies.npy"
IDF_NAME = "bm25.idf.npy"
MOST_NAME = "bm25.most.npy"
LENGTHS_NAME = "bm25.lengths.npy"
PARAMETERS_NAME = "bm25.parameters.npy"

TF_TYPES = (np.uint8, np.uint16, np.uint32)

OKAPI_EPSILON = 0.25
"""Share of the average idf that replaces a negative one, as in rank_bm25."""

_BLOCK = 1 << 20
"""Postings that are looked at at once."""
_NEAR = 1 << 16
"""Postings whose scores fit the processor's cache."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def lucene_idf(df: NDArray[Any], rows: int) -> Floats:
    """The idf of Lucene's BM25Similarity, ln(1 + (N - df + 0.5) / (df + 0.5)); always positive."""
    return np.log1p((rows - df + 0.5) / (df + 0.5)).astype(np.float64, copy=False)


def okapi_idf(df: NDArray[Any], rows: int) -> Floats:
    """The idf of Okapi BM25, ln((N - df + 0.5) / (df + 0.5)), floored as in rank_bm25.

    Robertson and Spärck Jones 1976 without relevance information, as in Okapi at TREC-3. A
    negative value, of a term in more than half of the rows, becomes 0.25 times the average idf.
    """
    idf = np.log(rows - df + 0.5) - np.log(df + 0.5)
    floor = OKAPI_EPSILON * idf.mean() if len(idf) else 0.0
    return np.where(idf < 0, floor, idf).astype(np.float64, copy=False)


IDF = {"lucene": lucene_idf, "okapi": okapi_idf}


def saturate(tf: Floats, length: Floats, average: float, k1: float, b: float) -> Floats:
    """Term frequency part of BM25: tf (k1 + 1) / (tf + k1 (1 - b + b length / average)).

    Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", eq. 3.15
    with the factor (k1 + 1). With fields, both the frequency and the length are sums weighted by
    field before this step (BM25F, eq. 3.20 to 3.22): a term in title and body saturates once.

    Args:
        tf: weighted term frequencies, > 0.
        length: weighted length of each one's row.
        average: mean weighted length over all rows, > 0.
        k1: saturation, >= 0.
        b: length normalisation in [0, 1].
    """
    return tf * (k1 + 1.0) / (tf + k1 * (1.0 - b + b * length / average))


class Postings(NamedTuple):
    """Postings by term, and by row within a term."""

    terms: Terms
    df: Ints
    """Postings of each term, > 0."""
    rows: NDArray[np.int32]
    """Ascending and distinct within a term."""
    codes: NDArray[np.integer]
    """Weighted frequency of the term in the row: a place among the frequencies."""
    frequencies: NDArray[np.float32]
    """Ascending, distinct, > 0; some may not be in use any more."""
    lengths: NDArray[np.float32]
    """Weighted length of each row, in terms."""


def coded(tf: Floats) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """Weighted frequencies as places among the distinct ones."""
    rounded = tf.astype(np.float32)
    frequencies = _distinct(rounded)
    codes = np.searchsorted(frequencies, rounded)
    return codes.astype(np.min_scalar_type(len(frequencies))), frequencies


def write_postings(folder: Path, postings: Postings, settings: Bm25Settings) -> None:
    """Score every posting and write the files; equal input gives equal bytes.

    All is worked out from the rounded frequencies and lengths that are stored, so that it does not
    matter whether they were counted or come from another generation.
    """
    df, rows, lengths = postings.df, postings.rows, postings.lengths.astype(np.float64)
    codes, frequencies = _in_use(postings.codes, postings.frequencies)
    idf = IDF[settings.variant](df, len(lengths))
    average = float(lengths.mean()) if len(rows) else 1.0
    tf, k1, b = frequencies.astype(np.float64), settings.k1, settings.b
    above, norms = tf * (k1 + 1.0), k1 * (1.0 - b + b * lengths / average)
    indptr = pointers_of(df)
    most = np.full(len(df), -np.inf)
    for start in range(0, len(rows), _NEAR):  # as `saturate` does, but what is equal done once
        end = min(start + _NEAR, len(rows))
        scores = above[codes[start:end]] / (tf[codes[start:end]] + norms[rows[start:end]])
        first = int(np.searchsorted(indptr, start, side="right")) - 1
        last = int(np.searchsorted(indptr, end, side="left"))
        edges = np.clip(indptr[first : last + 1], start, end) - start
        scores *= np.repeat(idf[first:last], np.diff(edges))
        here = most[first:last]
        np.maximum(here, np.maximum.reduceat(scores, edges[:-1]), out=here)
    write_terms(folder, postings.terms)
    save_array(folder / INDPTR_NAME, indptr)
    save_array(folder / ROWS_NAME, rows)
    save_array(folder / TF_NAME, codes)
    save_array(folder / FREQUENCIES_NAME, frequencies)
    save_array(folder / IDF_NAME, idf.astype(np.float32))
    save_array(folder / MOST_NAME, _rounded_up(most))
    save_array(folder / LENGTHS_NAME, postings.lengths)
    save_array(folder / PARAMETERS_NAME, np.array([k1, b, average]))


def _in_use(
    codes: NDArray[np.integer], frequencies: NDArray[np.float32]
) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """Codes in the smallest type for the frequencies that occur, and those."""
    used = np.zeros(len(frequencies), dtype=np.bool_)
    for start in range(0, len(codes), _NEAR):
        used[codes[start : start + _NEAR]] = True
        if used.all() and codes.dtype == np.min_scalar_type(len(frequencies)):
            return codes, frequencies
    places = (np.cumsum(used) - 1).astype(np.min_scalar_type(int(used.sum())))
    return places[codes], frequencies[used]


def _distinct(tf: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distinct values, ascending; found block by block, since they are few."""
    blocks = [np.unique(tf[i : i + _BLOCK]) for i in range(0, len(tf), _BLOCK)]
    return np.unique(np.concatenate(blocks)) if blocks else np.empty(0, dtype=np.float32)


def _rounded_up(most: Floats) -> NDArray[np.float32]:
    """The greatest score of each term, so that it bounds the rounded ones."""
    return (most + 1e-6 * np.abs(most)).astype(np.float32)
