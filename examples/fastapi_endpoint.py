"""Answers over HTTP: POST /ask; GET /health names the generation, POST /reload takes the next."""

import asyncio
import os

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from kbassist import Assistant, Filters, KbassistError


class Question(BaseModel):
    """What a customer asks. No audience: whoever is signed in decides that, never the request."""

    model_config = ConfigDict(extra="forbid")
    question: str
    locale: list[str] = []
    products: list[str] = []
    top_k: int = Field(5, ge=1, le=50)


class Source(BaseModel, from_attributes=True):
    """A passage that is quoted, and where it stands."""

    number: int
    title: str
    quote: str
    ref: str
    url: str | None
    stale: bool


class Reply(BaseModel, from_attributes=True):
    """What to say, and what to do: `action` is answer, clarify, abstain or handoff."""

    action: str
    reason: str
    confidence: float
    priority: str
    offer_person: bool
    text: str
    citations: list[Source]


async def failed(_: Request, error: Exception) -> JSONResponse:
    """The caller's mistakes in full; of the server's own, which may hold paths, the code alone."""
    assert isinstance(error, KbassistError)
    status = {2: 422, 3: 404, 5: 503, 7: 503}.get(error.exit_code, 500)
    told = {"message": error.message, "hint": error.hint} if status < 500 else {}
    return JSONResponse({"error": {"code": error.code, **told}}, status)


def create_app(index: str | os.PathLike[str] | None = None) -> FastAPI:
    """An application over one index, which all its requests share."""
    assistant = Assistant.open(index or os.environ.get("KBASSIST_INDEX", "indexes/default"))
    app = FastAPI(title="Help centre", exception_handlers={KbassistError: failed})

    @app.post("/ask")
    async def ask(asked: Question) -> Reply:
        filters = Filters(locale=tuple(asked.locale), products=tuple(asked.products))
        return Reply.model_validate(
            await assistant.aask(asked.question, top_k=asked.top_k, filters=filters)
        )

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "generation": assistant.index.folder.name}

    @app.post("/reload")
    async def reload() -> dict[str, bool]:
        return {"changed": await asyncio.to_thread(assistant.reload)}

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=8000)
