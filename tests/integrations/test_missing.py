"""Without its package an integration says how to install it; the others do not need it."""

from __future__ import annotations

import importlib
import sys

import pytest

from kbassist.errors import MissingDependency


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("langchain", "langchain_core", "langchain"), ("llamaindex", "llama_index", "llamaindex")],
)
def test_the_error_has_the_install_line(
    module: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"kbassist.integrations.{module}", raising=False)
    with pytest.raises(MissingDependency) as error:
        importlib.import_module(f"kbassist.integrations.{module}")
    assert error.value.hint == f'Install it: pip install "kbassist[{extra}]"'
    assert package in error.value.message
