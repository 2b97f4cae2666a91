"""A small help centre with labelled questions, which several tests measure."""

from __future__ import annotations

import json
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.evals.model import Dataset, Question, make_dataset
from tests.conftest import WriteKb

HEAD = "---\nid: {id}\nlocale: {locale}\nkind: feature\n---\n\n"
ARTICLES = {
    "fees": ("zh-Hans", "## 提币手续费 {#fees}\n\nTRC-20 每笔收 1.5 USDT。\n\n## 充币 {#deposit}\n\n充币免费。\n"),
    "holds": ("zh-Hans", "## 保护期 {#holds}\n\n修改密码以后二十四小时之内提现会暂停。\n"),
    "hours": ("en", "## Opening hours {#hours}\n\nLive chat answers from 08:00 to 24:00.\n"),
}  # fmt: skip

QUESTIONS = [
    Question(id="q1", text="提币手续费多少", slice="plain", relevant={"fees#fees": 2},
             answer_span="1.5 USDT"),
    Question(id="q2", text="充币要手续费吗", slice="plain", relevant={"fees#deposit": 1}),
    Question(id="q3", text="opening hours of the chat", locale="en", slice="plain",
             relevant={"hours": 1}),
    Question(id="q4", text="改了登录口令要等多久才能出金", slice="hard", relevant={"holds": 1}),
    Question(id="q5", text="quantum jurisprudence", slice="far", expect="abstain"),
    Question(id="q6", text="充币送手机吗", slice="near", expect="abstain"),
    Question(id="q7", text="转人工", slice="handoff", expect="handoff"),
]  # fmt: skip


def dataset() -> Dataset:
    return make_dataset("small", QUESTIONS)


def build(write_kb: WriteKb, folder: Path, embedder: str = "none") -> Assistant:
    """Build and open it; by words alone, so that each figure can be told by hand."""
    kb = write_kb(
        {
            f"{id}.md": HEAD.format(id=id, locale=locale) + text
            for id, (locale, text) in ARTICLES.items()
        }
    )
    build_index(kb, folder / "index", embedder=embedder)
    return Assistant.open(folder / "index")


def write(path: Path) -> Path:
    """The questions as a file."""
    records = [question.model_dump(exclude_defaults=True) for question in QUESTIONS]
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path
