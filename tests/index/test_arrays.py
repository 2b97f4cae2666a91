"""Arrays that are filled where they lie on the disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from kbassist.index import arrays
from kbassist.index.arrays import save_array, writing_array

ROWS = np.arange(3000, dtype=np.int32).reshape(-1, 3)


def written(folder: Path) -> bytes:
    with writing_array(folder / "a.npy", np.int32, ROWS.shape) as array:
        assert not array.any()
        array[:] = ROWS
    return (folder / "a.npy").read_bytes()


def test_the_file_is_that_of_an_equal_array(tmp_path: Path) -> None:
    save_array(tmp_path / "b.npy", ROWS)
    assert written(tmp_path) == (tmp_path / "b.npy").read_bytes()


@pytest.mark.parametrize("known", [True, False])
def test_where_the_system_cannot_set_room_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(arrays, "_BLOCK", 1000)
    if known:
        monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    else:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    save_array(tmp_path / "b.npy", ROWS)
    assert written(tmp_path) == (tmp_path / "b.npy").read_bytes()


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system cannot set room aside")
def test_no_room_is_an_error_before_anything_is_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path)
