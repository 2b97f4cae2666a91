"""What tests share: a fixed clock, the example help centre's index, and small knowledge bases."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from kbassist import Assistant, build_index


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: a shell's background job begins with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


REPOSITORY = Path(__file__).parent.parent
HARBOR = REPOSITORY / "kb"
DATA = Path(os.environ.get("KBASSIST_DATA", REPOSITORY.parent / "shared" / "data"))

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

WriteKb = Callable[[Mapping[str, str]], Path]


@pytest.fixture(autouse=True)
def _fixed_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KBASSIST_TODAY", "2026-11-21")
    for name in ("KBASSIST_INDEX", "KBASSIST_KB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of third-party data; the test is skipped where it is not there."""
    if not DATA.is_dir():
        pytest.skip("KBASSIST_DATA names no folder: third-party data is not there")
    return DATA


@pytest.fixture(scope="session")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the example help centre."""
    index = tmp_path_factory.mktemp("harbor") / "index"
    build_index(HARBOR, index)
    return index


@pytest.fixture(scope="session")
def assistant(harbor: Path) -> Assistant:
    """The example help centre, open."""
    return Assistant.open(harbor)


@pytest.fixture
def write_kb(tmp_path: Path) -> WriteKb:
    """Write articles (path → text) into a kb folder of the test's own."""

    def write(articles: Mapping[str, str]) -> Path:
        kb = tmp_path / "kb"
        for path, text in articles.items():
            file = kb / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return kb

    return write
