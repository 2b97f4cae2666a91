"""Numpy files of an index: written plainly, opened memory-mapped, checked and never unpickled."""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kbassist.errors import IndexBroken
from kbassist.index.files import size_of
from kbassist.index.generation import rebuild_command

_BLOCK = 1 << 20


def broken(path: Path, fault: str) -> IndexBroken:
    """The error for a file of a generation's folder, with the command that rebuilds the index."""
    return IndexBroken(
        f"{path}: {fault}", hint=f"Rebuild the index: {rebuild_command(path.parent.parent)}"
    )


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array in numpy's format; equal arrays give equal bytes."""
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


@contextmanager
def writing_array(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> Iterator[NDArray[Any]]:
    """An array to be filled, whose content lies in the file and not in memory.

    The file is that which `save_array` writes of an equal array.
    """
    if 0 in shape:  # nothing can be mapped
        save_array(path, np.empty(shape, dtype))
        yield np.empty(shape, dtype)
        return
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype(dtype), shape=shape)
    _reserve(path, array.offset)
    yield np.asarray(array)
    array.flush()


class AppendedArray:
    """An array of one dimension whose length is known only when all of it is written.

    The file is that which `save_array` writes of an equal array.
    """

    def __init__(self, path: Path, dtype: DTypeLike) -> None:
        """Make the file."""
        self._dtype = np.dtype(dtype)
        self._stream = path.open("wb")
        self._head(0)
        self._start = self._stream.tell()

    def _head(self, length: int) -> None:
        about = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (length,),
        }
        np.lib.format.write_array_header_1_0(self._stream, about)

    def add(self, values: bytes | NDArray[Any]) -> None:
        """Write values behind those that are there."""
        self._stream.write(values if isinstance(values, bytes) else values.data)

    def copy(self, source: Path, first: int, end: int) -> None:
        """Write values of the array in another file behind those that are there."""
        width = self._dtype.itemsize
        with source.open("rb") as stream:
            stream.seek(self._start + first * width)  # the header of every such array is as long
            left = (end - first) * width
            while left and (block := stream.read(min(left, _BLOCK))):
                self._stream.write(block)
                left -= len(block)

    def close(self) -> None:
        """Write the length; the file is whole then."""
        length = (self._stream.tell() - self._start) // self._dtype.itemsize
        self._stream.seek(0)
        self._head(length)
        assert self._stream.tell() == self._start
        self._stream.close()


def _reserve(path: Path, start: int) -> None:
    """Have the disk set aside what a file is long: a full disk is an error here.

    Where a mapped page finds no room on the disk when it is written, the system ends the process.

    Args:
        path: a file that is zeros from some place on, none of which may be there yet.
        start: the place.

    Raises:
        OSError: there is no room.
    """
    with path.open("r+b") as stream:
        size = os.fstat(stream.fileno()).st_size
        if hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(stream.fileno(), 0, size)
                return
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # not every file system can
                    raise
        stream.seek(start)
        for first in range(start, size, _BLOCK):
            stream.write(bytes(min(_BLOCK, size - first)))


def open_array(path: Path, dtype: DTypeLike | tuple[DTypeLike, ...], ndim: int = 1) -> NDArray[Any]:
    """Open a numpy file read-only, memory-mapped.

    Args:
        path: a file in a generation's folder.
        dtype: the type of element that it must have, or several of which it must have one.
        ndim: the number of dimensions that it must have.

    Raises:
        IndexBroken: missing, damaged, truncated, or of another type or number of dimensions.
    """
    try:
        size_of(path)  # raises for what is no regular file: opening a pipe would wait for ever
        array = np.lib.format.open_memmap(path, mode="r")
    except FileNotFoundError:
        raise broken(path, "missing") from None
    except Exception as error:  # the header's parser fails in many ways on damaged bytes
        raise broken(path, f"not a readable numpy file: {error}") from error
    expected = [np.dtype(one) for one in (dtype if isinstance(dtype, tuple) else (dtype,))]
    if array.dtype not in expected or array.ndim != ndim or not array.flags.c_contiguous:
        raise broken(
            path,
            f"holds {array.dtype} in {array.ndim} dimensions,"
            f" expected {' or '.join(map(str, expected))} in {ndim}",
        )
    return np.asarray(array)


def release(array: NDArray[Any]) -> None:
    """Let the system take back what was read of a mapped array; it is read again when needed."""
    mapped: Any = array
    while isinstance(mapped, np.ndarray):
        mapped = mapped.base
    if hasattr(mapped, "madvise"):
        mapped.madvise(mmap.MADV_DONTNEED)
