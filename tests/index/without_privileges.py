"""Running code to which a folder is read-only, whoever runs the tests."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

_PR_CAPBSET_DROP = 24
_OVERRIDING = (1, 2, 3)
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER: what lets root write anywhere."""


def _drop_privileges() -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if any(prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) for capability in _OVERRIDING):
        raise OSError(ctypes.get_errno(), "cannot drop a capability")


def run_read_only(code: str, folder: Path) -> str:
    """What Python prints that runs in a folder in which it may not write.

    The test is skipped where the system has no way to that.
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if os.name != "posix" or (root and not sys.platform.startswith("linux")):
        pytest.skip("no way to take the permissions away here")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        found = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=_drop_privileges if root else None,
        )
    except subprocess.SubprocessError:
        pytest.skip("root cannot drop its privileges here")
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert found.returncode == 0, found.stderr
    return found.stdout
