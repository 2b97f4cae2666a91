"""What a browser says of a page: contrast, landmarks, names, and use by the keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browser import Browser

MAX_STOPS = 3000
"""Tab stops after which a page counts as a trap."""

SCRIPT = Path(__file__).with_suffix(".js")
_ENTER = ("Enter", 13)
_TYPED = "[...document.querySelector('table.sortable').tBodies[0].rows].some((row) => row.hidden)"


def structure(browser: Browser) -> list[str]:
    """Faults in landmarks, headings, names and links of the open page."""
    found: list[str] = _ask(browser, "structure()")
    return found


def contrast(browser: Browser) -> tuple[list[str], float, int]:
    """Texts below WCAG 2.2 AA (4.5; large ones 3), the least ratio, and how many texts there are.

    What is folded away is unfolded first.
    """
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found: dict[str, Any] = _ask(browser, "contrast()")
    return found["faults"], found["least"], found["seen"]


def keyboard(browser: Browser) -> tuple[list[str], int]:
    """Faults found with the keys alone, and the number of stops of the tab key."""
    faults: list[str] = []
    wanted = _ask(browser, "stops()")
    browser.run("focused(true)")
    stops = 0
    while stops < MAX_STOPS:
        browser.press("Tab", 9)
        found = browser.run("focused()")
        if found["end"]:
            break
        stops += 1
        if not found["seen"]:
            faults.append(f"focus not seen: {found['name']}")
    if stops != wanted:
        faults.append(f"{stops} stops of {wanted}")
    return faults + _works(browser), stops


def _works(browser: Browser) -> list[str]:
    """Whether the keys skip to the report, open a topic, and sort and filter a table."""
    own, head = "document.activeElement", "document.activeElement.parentElement"
    faults = []
    for name, control, key, told in (
        ("skip link", ".skip", _ENTER, f"{own}.tagName === 'MAIN'"),
        ("topic", "details:not([open]) > summary", _ENTER, f"{head}.open"),
        ("sorting", ".sortable th button", _ENTER, f"{head}.ariaSort !== 'none'"),
        ("filter", "input", ("z", 90), _TYPED),
    ):
        browser.run("document.querySelectorAll('.topic').forEach((one) => { one.open = false; })")
        if browser.run(f"document.querySelector({control!r})?.focus() === undefined"):
            browser.press(*key)
            if not browser.run(told):
                faults.append(f"the keys do not work: {name}")
    return faults


def _ask(browser: Browser, call: str) -> Any:
    browser.run(SCRIPT.read_text(encoding="utf-8"))
    return browser.run(call)


def requests(browser: Browser, path: Path) -> list[str]:
    """Addresses that the page asked for beside itself."""
    own = path.resolve().as_uri()
    asked = [
        str(event["params"]["request"]["url"])
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in asked if url != own]
