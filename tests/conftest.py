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


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--extra NAME`: run the tests of that extra, and nothing else."""
    parser.addoption("--extra", metavar="NAME", help="the tests marked extras(NAME), none else")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave alone, in the environment of an extra, the files that may import what is not there."""
    wanted = config.getoption("--extra")
    if wanted is None or collection_path.suffix != ".py":
        return None
    return f'extras("{wanted}")' not in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, visibly, what needs an extra; or run only what needs the one that is named."""
    wanted: str | None = config.getoption("--extra")
    marked = {item: [mark.args[0] for mark in item.iter_markers("extras")] for item in items}
    if wanted is not None:
        config.hook.pytest_deselected(items=[item for item in items if wanted not in marked[item]])
        items[:] = [item for item in items if wanted in marked[item]]
        return
    for item in items:
        for name in marked[item]:
            reason = f"needs kbassist[{name}]: make test-extras"
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where the tests of an extra are skipped in its own environment."""
    if session.config.getoption("--extra") is None:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
