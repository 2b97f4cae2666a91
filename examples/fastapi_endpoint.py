"""Answers over HTTP: POST /ask; GET /health names the generation that is open."""

import os

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from kbassist import Assistant, Filters, KbassistError
from kbassist.types import Choice


class Question(BaseModel, extra="forbid"):
    """What a customer asks. No audience: whoever is signed in decides that, never the request."""

    question: str
    locale: list[str] = []
    products: list[str] = []


class Source(BaseModel, from_attributes=True):
    """A passage that is quoted, and where it stands."""

    number: int
    title: str
    quote: str
    ref: str
    url: str | None
    stale: bool


class Reply(BaseModel, from_attributes=True):
    """What to say, and what to do: `action` is answer, clarify (the text of a choice is the next
    question), abstain (`related` is near) or handoff.
    """

    action: str
    reason: str
    confidence: float
    priority: str
    urgent: list[str]
    offer_person: bool
    did_you_mean: str | None
    text: str
    citations: list[Source]
    choices: list[Choice]
    related: list[Choice]
    parts: list["Reply"]


async def failed(_: Request, error: Exception) -> JSONResponse:
    """The caller's mistakes in full; of the server's own, which may hold paths, the code alone."""
    assert isinstance(error, KbassistError)
    status = {1: 503, 2: 422, 3: 404, 5: 503, 7: 503}.get(error.exit_code, 500)
    told = {"message": error.message, "hint": error.hint} if status < 500 else {}
    return JSONResponse({"error": {"code": error.code, **told}}, status)


def create_app(index: str | os.PathLike[str] = "") -> FastAPI:
    """An application over one index, which all its requests share; it takes new builds over."""
    assistant = Assistant.open(index or os.getenv("KBASSIST_INDEX", "indexes/default"), follow=True)
    app = FastAPI(title="Help centre", exception_handlers={KbassistError: failed})

    @app.post("/ask")
    async def ask(asked: Question) -> Reply:
        filters = Filters(locale=tuple(asked.locale), products=tuple(asked.products))
        answer = assistant.aask(asked.question, filters=filters, timeout=10)
        return Reply.model_validate(await answer)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "generation": assistant.index.folder.name}

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=8000)
