"""Modules of the package as files of one flat folder, which import each other relatively.

The library copies a model's code into a package of its own making, file by file as relative imports
name them, so that a folder inside the model's directory would stay behind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import kbassist
from kbassist import __version__

PACKAGE = "kbassist"
_ROOT = Path(kbassist.__file__).parent.parent
_MODULE = rf"{PACKAGE}(?:\.\w+)+"
_FROM = re.compile(rf"^( *)from ({_MODULE}) import ", re.MULTILINE)
_NESTED = re.compile(r"^( +)import (\w+)$", re.MULTILINE)


def flatten(entry: Path, packages: Mapping[str, str]) -> dict[str, str]:
    """A module and every module of the package that it needs.

    Args:
        entry: a file whose imports of the package are to be followed.
        packages: name on PyPI of what is imported when first needed, by the name in Python.

    Returns:
        Texts by file name: the entry's first, the others' in alphabetical order.

    Raises:
        ValueError: the package is imported in a way that cannot be rewritten, or two modules have
            one name.
    """
    found: dict[str, Path] = {}
    new = _needed(entry)
    while new:
        found |= new
        new = {
            module: path
            for source in new.values()
            for module, path in _needed(source).items()
            if module not in found
        }
    files = {entry.name: _rewritten(entry, packages)}
    for module, path in sorted(found.items(), key=lambda item: item[1].name):
        if path.name in files:
            raise ValueError(f"{module}: there are two modules of this name")
        files[path.name] = _rewritten(path, packages)
    files[entry.name] += _naming(sorted(path.stem for path in found.values()))
    return files


def _needed(source: Path) -> dict[str, Path]:
    modules = {match[2] for match in _FROM.finditer(source.read_text(encoding="utf-8"))}
    places = {module: _ROOT / module.replace(".", "/") for module in modules}
    return {
        module: place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        for module, place in places.items()
    }


def _rewritten(source: Path, packages: Mapping[str, str]) -> str:
    text = source.read_text(encoding="utf-8")
    text = _FROM.sub(lambda match: f"{match[1]}from .{match[2].rsplit('.', 1)[1]} import ", text)
    text = _NESTED.sub(lambda match: _guarded(match, packages), text)
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [str(node.module)]
        if any(name.split(".")[0] == PACKAGE for name in names):
            raise ValueError(f"{source}: an import of {PACKAGE} that cannot be rewritten")
    notice = f"# {source.name} of {PACKAGE} {__version__} (Apache-2.0), with its imports changed."
    return f"{notice}\n{text}"


def _naming(modules: Sequence[str]) -> str:
    """Imports of every file, because transformers 4 copies only what the first file names."""
    lines = [f"from .{module} import __doc__ as _{module}" for module in modules]
    return "\n".join(("\n# transformers 4 copies only the files that this one names.", *lines, ""))


def _guarded(match: re.Match[str], packages: Mapping[str, str]) -> str:
    """An import that names the package to install.

    Without this, transformers advises `pip install` with the name in Python, which on PyPI may be
    another package. It leaves imports alone that stand in `try`.
    """
    indent, module = match[1], match[2]
    if module not in packages:
        return match[0]
    advice = f"This model needs {packages[module]}: pip install {packages[module]}"
    lines = (
        "try:",
        f"    import {module}",
        "except ImportError as error:",
        f'    raise ImportError("{advice}") from error',
    )
    return "\n".join(f"{indent}{line}" for line in lines)
