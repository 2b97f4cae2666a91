"""Every system in processes of its own, one after another, each with a time limit."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .catalogue import Entry

COLD_STARTS = 3
"""Fresh processes per system; the median counts."""

_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "ALLOW_RESOLVE_TRANSFORM": "True",  # lets txtai load the embedder by name
    "PYTHONHASHSEED": "0",
}
"""One thread, no network, no telemetry, equal order of equal scores."""


class StageFailed(Exception):
    """A stage gave no result; the message is the reason."""


def measure(entry: Entry, corpus: Path, limit: float) -> dict[str, Any]:
    """All figures of one system at one size; `failed` with the reason where there are none."""
    index = corpus / "indexes" / entry.key.replace(":", "-")
    index.mkdir(parents=True)
    try:
        built = _stage("build", entry, corpus, index, limit)
        cold = [_stage("first", entry, corpus, index, limit)["cold_s"] for _ in range(COLD_STARTS)]
        served = _stage("serve", entry, corpus, index, limit)
    except StageFailed as failure:
        return {"failed": str(failure)}
    finally:
        shutil.rmtree(index)
    return {**built, "cold_s": statistics.median(cold), **served}


def _stage(name: str, entry: Entry, corpus: Path, index: Path, limit: float) -> dict[str, Any]:
    arguments = [name, entry.module, entry.form, str(corpus), str(index)]
    worker = [sys.executable, "-m", f"{__package__}.worker", *arguments]
    try:
        done = subprocess.run(
            [*worker, str(time.monotonic())],
            capture_output=True,
            text=True,
            timeout=limit,
            env={**os.environ, **_ENVIRONMENT},
        )
    except subprocess.TimeoutExpired:
        raise StageFailed(f"{name}: over the limit of {limit:.0f} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        reason = lines[-1].replace(str(corpus), "CORPUS").replace(sys.prefix, "PYTHON")
        raise StageFailed(f"{name}: {reason[:200]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
