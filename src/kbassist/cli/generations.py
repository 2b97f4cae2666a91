"""The commands that look after an index: `rollback` and `verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from kbassist.cli import generation_render, options
from kbassist.errors import IndexBroken, UsageError

KeepOption = Annotated[
    int, typer.Option("--keep", help="Generations that stay on disk, the new one included.")
]
WaitOption = Annotated[
    float,
    typer.Option("--wait", help="Wait this long for another writer.", metavar="SECONDS"),
]


def rollback(
    generation: Annotated[
        str | None,
        typer.Argument(help="Name of the generation; by default the one before the live one."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the generations instead.")] = False,
    index: options.IndexOption = options.DEFAULT_INDEX,
    wait: WaitOption = 0.0,
    json: options.JsonOption = False,
) -> int:
    """Go back to an earlier generation of the index, which is verified first."""
    from kbassist.index.rollback import list_generations
    from kbassist.index.rollback import rollback as go_back

    if not list_:
        generation_render.rollback(go_back(index, generation, wait=wait), json)
        return 0
    if generation is not None:
        raise UsageError(
            f"--list lists all generations, {generation!r} included",
            hint="Leave one of the two out.",
        )
    generation_render.generations(str(index), list_generations(index), json)
    return 0


def verify(
    every: Annotated[
        bool, typer.Option("--all", help="All generations, not the live one alone.")
    ] = False,
    index: options.IndexOption = options.DEFAULT_INDEX,
    json: options.JsonOption = False,
) -> int:
    """Compare every byte of the index with what was built; exit with 5 where one differs."""
    from kbassist.index.verify import verify_index

    found = verify_index(index, every=every)
    generation_render.verified(str(index), found, json)
    return 0 if all(one.sound for one in found) else IndexBroken.exit_code
