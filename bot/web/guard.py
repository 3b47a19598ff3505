"""Who may come in by HTTP, and how the bot's own errors are answered."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.errors import BadInput, BotError, CompanyBusy, ConfigError, NotAllowed
from bot.web.body import TooLarge, TooSlow, WrongKind


class Unauthorized(NotAllowed):
    """The Authorization header holds no token that is valid here."""


_STATUS: tuple[tuple[type[BotError], int], ...] = (
    (Unauthorized, 401),
    (NotAllowed, 403),
    (TooLarge, 413),
    (WrongKind, 415),
    (TooSlow, 408),
    (BadInput, 400),
    (CompanyBusy, 409),
    (ConfigError, 503),
    (BotError, 502),
)
SORRY = "Something went wrong on our side. It is in the bot's log; please try again."
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def bearer(authorization: str) -> str:
    """Take the token out of an Authorization header; "" when there is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def answer_bot_error(_request: Request, error: Exception) -> JSONResponse:
    """Answer one of our own errors with its sentence."""
    assert isinstance(error, BotError)
    status = next(code for kind, code in _STATUS if isinstance(error, kind))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": error.message}, status_code=status, headers=headers)


def answer_http_error(_request: Request, error: Exception) -> JSONResponse:
    """Answer the framework's own refusals (no such address, wrong method)."""
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, str(error.detail))
    allowed = (error.headers or {}).get("Allow")
    if error.status_code == 405 and allowed:
        sentence = f"{sentence.removesuffix('.')}; it takes {allowed}."
    return JSONResponse({"error": sentence}, status_code=error.status_code, headers=error.headers)


def answer_sorry(_request: Request, _error: Exception) -> JSONResponse:
    """Answer what nobody expected; bot.web.edge writes it to the log."""
    return JSONResponse({"error": SORRY}, status_code=500)


def answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """Answer a request whose parts do not fit, in one sentence."""
    assert isinstance(error, RequestValidationError)
    parts = [
        f"{'.'.join(str(step) for step in row['loc'])}: {row['msg']}" for row in error.errors()
    ]
    return JSONResponse({"error": "; ".join(parts) + "."}, status_code=422)
