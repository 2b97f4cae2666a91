"""What the figures were measured on and with."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Cores, model of the processor, memory, Python, load before the start."""
    import psutil

    return {
        "date": date.today().isoformat(),
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "ram_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(psutil.getloadavg()[0], 1),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Installed version of each distribution; `not installed` where there is none."""
    found = {}
    for name in sorted({*packages, "numpy", "faiss-cpu"}):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
