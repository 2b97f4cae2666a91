"""What fails in a damaged index fails in many ways; this finds the one that tells why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kbassist.errors import IndexBroken, KbassistError


@contextmanager
def diagnosing(folder: Path) -> Iterator[None]:
    """Where something fails that never should, see whether the generation is damaged.

    Opening an index compares much of it with what was built, but not all: that takes seconds. So
    it is done when there is a reason to.

    Args:
        folder: of the generation.

    Raises:
        UnusableIndex: it is damaged; the message names the file. Else what failed.
    """
    try:
        yield
    except IndexBroken as error:
        if str(folder) not in error.message:  # what was read does not fit; where it lies is unsaid
            _verify(folder, error)
        raise
    except KbassistError:
        raise
    except Exception as error:
        _verify(folder, error)
        raise


def _verify(folder: Path, error: Exception) -> None:
    if not folder.is_dir():
        return  # later builds have collected it, and nothing can be told
    from kbassist.index.verify import verify_generation

    try:
        verify_generation(folder)
    except KbassistError as fault:
        raise fault from error
