"""Look at the coverage report in a browser: pictures, contrast, landmarks, keyboard, network.

    python benchmarks/report_pages.py [--images docs/images]

The report is of the example help centre with faults planted in it (tests/coverage/planted.py) and
of the question log that comes with it, against the report of the log's first five weeks.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from browser import Browser, find_browser  # noqa: E402
from kbassist import Assistant, build_index  # noqa: E402
from kbassist.coverage.cover import cover  # noqa: E402
from kbassist.coverage.html import write_html  # noqa: E402
from kbassist.coverage.stored import previous_of  # noqa: E402
from page_checks import contrast, keyboard, requests, structure  # noqa: E402
from tests.coverage.planted import plant  # noqa: E402

LOG = ROOT / "evals" / "coverage-log.csv"
DAY = date(2026, 11, 21)
DESKTOP, PHONE = (1280, 1100), (390, 844)


def write_report(folder: Path) -> Path:
    """The report as a file."""
    kb = folder / "kb"
    shutil.copytree(ROOT / "kb", kb)
    plant(kb)
    build_index(kb, folder / "index")
    assistant = Assistant.open(folder / "index", today=DAY)
    head, *lines = LOG.read_text(encoding="utf-8").splitlines()
    early = folder / "early.csv"
    early.write_text(
        "\n".join([head, *(row for row in lines if row < "2026-11-09")]) + "\n", "utf-8"
    )
    before = replace(previous_of(cover([early], assistant)), made="2026-11-08")
    log = folder / "coverage-log.csv"
    shutil.copy(LOG, log)
    report = cover([log], assistant)
    shown = replace(report.overview, logs=(log.name,))
    path = folder / "report.html"
    write_html(replace(report, previous=before, overview=shown), path)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, help="folder for pictures")
    chosen = parser.parse_args()
    found = find_browser()
    if found is None:
        print("No Chromium here: nothing was looked at.")
        return 0
    faults = 0
    with tempfile.TemporaryDirectory() as folder, Browser(found) as browser:
        path = write_report(Path(folder))
        print(f"{path.stat().st_size / 1e3:.0f} kB, one file\n")
        print("| window | scheme | texts | least contrast | tab stops | faults |")
        print("|---|---|---|---|---|---|")
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                browser.size(*size, phone=name == "phone")
                browser.media(prefers_color_scheme=scheme)
                browser.open(path)
                if chosen.images:
                    _pictures(browser, chosen.images, name, scheme)
                wrong = requests(browser, path) + structure(browser)
                low, least, texts = contrast(browser)
                trapped, stops = keyboard(browser)
                wrong += low + trapped
                faults += len(wrong)
                told = "; ".join(wrong[:6]) or "none"
                print(f"| {name} | {scheme} | {texts} | {least:.2f} | {stops} | {told} |")
    return 1 if faults else 0


def _pictures(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    """The top of the page, and on light ones the pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    if (name, scheme) != ("phone", "light"):
        browser.screenshot(folder / f"coverage-{name}-{scheme}.webp")
    if scheme == "light":
        part = "contradictions" if name == "desktop" else "topics"
        browser.run(f"document.getElementById({part!r}).scrollIntoView()")
        browser.screenshot(folder / f"coverage-{name}-{part}.webp")


if __name__ == "__main__":
    sys.exit(main())
