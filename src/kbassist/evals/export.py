"""Results in TREC's formats, so that other tools can check the figures."""

from __future__ import annotations

from pathlib import Path

from kbassist.errors import UsageError
from kbassist.evals.ranking import trec_qrels, trec_run
from kbassist.evals.result import Result, file_name


def export(result: Result, folder: Path) -> tuple[Path, Path]:
    """Write `NAME.run` and `NAME.qrels` of the questions that expect an answer.

    Returns:
        The two paths, run first.

    Raises:
        UsageError: an id holds white space, which the formats cannot express.
    """
    answerable = [outcome for outcome in result.outcomes if outcome.expect == "answer"]
    try:
        run = trec_run({outcome.id: outcome.ranking for outcome in answerable})
        qrels = trec_qrels({outcome.id: outcome.relevant for outcome in answerable})
    except ValueError as error:
        raise UsageError(str(error), hint="Give it another id.") from None
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(result)
    paths = folder / f"{name}.run", folder / f"{name}.qrels"
    paths[0].write_text(run, encoding="utf-8")
    paths[1].write_text(qrels, encoding="utf-8")
    return paths
