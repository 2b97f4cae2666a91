"""Write what the schema says of `kbassist coverage`: from the dataclasses of its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from kbassist.coverage.model import CoverageReport

TARGET = Path(__file__).parent.parent / "src" / "kbassist" / "records" / "schema.json"
PREFIX = "coverage"


def definitions() -> dict[str, Any]:
    """The definitions of the report's parts by name, that of the whole under `coverage`."""
    made = TypeAdapter(CoverageReport).json_schema(ref_template=f"#/$defs/{PREFIX}_{{model}}")
    parts = made.pop("$defs")
    made["properties"] |= {"schema_version": {"const": 1}}
    overview = parts["Overview"]
    overview["properties"]["coverage"] = {"type": "number", "minimum": 0, "maximum": 1}
    overview["required"].append("coverage")
    made["required"].insert(0, "schema_version")
    for part in (made, *parts.values()):
        part["additionalProperties"] = False
    return {PREFIX: made, **{f"{PREFIX}_{name}": part for name, part in sorted(parts.items())}}


def written(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with these definitions in place of those that it has."""
    kept = {
        name: value
        for name, value in schema["$defs"].items()
        if name != PREFIX and not name.startswith(f"{PREFIX}_")
    }
    schema["$defs"] = {**kept, **definitions()}
    whole = {"$ref": f"#/$defs/{PREFIX}"}
    if whole not in schema["anyOf"]:
        schema["anyOf"].append(whole)
    return schema


def main() -> None:
    """Write the file."""
    schema = json.loads(TARGET.read_text(encoding="utf-8"))
    text = json.dumps(written(schema), ensure_ascii=False, indent=1)
    TARGET.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
