"""The commands that make an index: `build`, `watch` and `cache`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from kbassist.cli import build_render, generations, options, render
from kbassist.config import DEFAULT_TOP_K, parse_day
from kbassist.errors import UsageError

PREVIEW_INDEX = Path("indexes/preview")

FullOption = Annotated[
    bool, typer.Option("--full", help="Take nothing from the live index or the cache.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="A duplicate id is an error.")]
SkipOption = Annotated[
    bool, typer.Option("--skip-bad", help="Build without the files that are bad.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        help="Processes that parse, analyse and embed; by default as many as there are cores.",
    ),
]

PreviewIndexOption = Annotated[
    Path, typer.Option("--index", help="Index directory, apart from what answers customers.")
]


def build(
    kb: options.KbArgument = options.DEFAULT_KB,
    index: options.IndexOption = options.DEFAULT_INDEX,
    embedder: options.EmbedderOption = options.DEFAULT_EMBEDDER,
    full: FullOption = False,
    strict: StrictOption = False,
    skip_bad: SkipOption = False,
    jobs: JobsOption = None,
    keep: generations.KeepOption = 2,
    wait: generations.WaitOption = 0.0,
    json: options.JsonOption = False,
) -> int:
    """Build the index from a folder of articles; what did not change is taken over."""
    from kbassist.index.build import build_index

    with render.progress(enabled=not json) as progress:
        report = build_index(
            kb,
            index,
            embedder=embedder,
            full=full,
            strict=strict,
            skip_bad=skip_bad,
            jobs=jobs,
            keep=keep,
            wait=wait,
            progress=progress,
        )
    build_render.build(report, json)
    return 0


def watch(
    kb: options.KbArgument = options.DEFAULT_KB,
    index: options.IndexOption = options.DEFAULT_INDEX,
    embedder: options.EmbedderOption = options.DEFAULT_EMBEDDER,
    strict: StrictOption = False,
    skip_bad: SkipOption = False,
    jobs: JobsOption = None,
    json: options.JsonOption = False,
) -> int:
    """Build the index again whenever an article is saved, until Ctrl-C."""
    from kbassist.cli.watching import changes_of, rebuild

    try:
        for _ in changes_of(kb, index):
            rebuild(kb, index, embedder, strict=strict, skip_bad=skip_bad, jobs=jobs, as_json=json)
    except KeyboardInterrupt:  # in the middle of a build: the live index is untouched
        pass
    return 0


def preview(
    kb: options.KbArgument = options.DEFAULT_KB,
    index: PreviewIndexOption = PREVIEW_INDEX,
    embedder: options.EmbedderOption = options.DEFAULT_EMBEDDER,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    locale: options.LocaleOption = None,
    kind: options.KindOption = None,
    product: options.ProductOption = None,
    audience: options.AudienceOption = None,
    filter: options.FilterOption = None,
    today: options.TodayOption = None,
    brief: Annotated[bool, typer.Option("--brief", help="Do not say why.")] = False,
    json: options.JsonOption = False,
) -> int:
    """Answer what you type, and again whenever an article is saved, until Ctrl-D or Ctrl-C."""
    from kbassist.cli.preview import Preview

    session = Preview(
        kb,
        index,
        embedder,
        options.filters(locale, kind, product, audience, filter),
        None if today is None else parse_day(today, "--today"),
        top_k,
        brief,
        json,
    )
    with suppress(KeyboardInterrupt):
        session.run()
    return 0


def cache(
    prune: Annotated[
        bool, typer.Option("--prune", help="Drop what is beyond the limit, and shrink the file.")
    ] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Delete all of it.")] = False,
    limit: Annotated[
        float | None,
        typer.Option("--limit", help="Set the limit, and prune.", metavar="MEGABYTES"),
    ] = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    wait: generations.WaitOption = 0.0,
    json: options.JsonOption = False,
) -> int:
    """Say what earlier builds left in the index's cache, or throw it away."""
    from kbassist.index.cache import clear as clear_cache
    from kbassist.index.cache import prune as prune_cache
    from kbassist.index.cache import state
    from kbassist.index.generation import live_folder
    from kbassist.index.writer import writing

    if limit is not None and not 0 <= limit < float("inf"):
        raise UsageError(f"--limit is {limit}", hint="Give a number of megabytes from 0 up.")
    live_folder(index)  # an index must be there
    if clear or prune or limit is not None:
        with writing(index, "cache", wait):
            if clear:
                clear_cache(index)
            if prune or limit is not None:
                prune_cache(index, None if limit is None else int(limit * 1_000_000))
    build_render.cache(state(index), json)
    return 0
