"""The one async shim: a raw request body, streamed to a file that lives in memory while small."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from bot.errors import BadInput

MEGABYTE = 1024 * 1024
_IN_MEMORY = 1 * MEGABYTE
# A sender that goes silent in the middle of a body is given up.
PATIENCE_SECONDS = 60.0
# Of a body that is refused so much is read and thrown away, for so long and while it keeps coming:
# whoever is cut off in the middle of writing never reads the answer.
_MOST_THROWN_AWAY = 32 * MEGABYTE
_THROWING_SECONDS, _STILL_SECONDS = 10.0, 0.5

Body = IO[bytes]


class TooLarge(BadInput):
    """The body is larger than this address takes."""


class WrongKind(BadInput):
    """The body is of a kind that this address does not take."""


class TooSlow(BadInput):
    """The body stopped coming before its end; nothing was taken in. Send it again."""


async def spool(request: Request, limit: int) -> Body:
    """Read the body, or the first file of a form, into a file positioned at its start.

    Raises TooLarge when it has more than `limit` bytes, TooSlow when nothing comes any more,
    WrongKind for a compressed body, BadInput for one that broke off.
    """
    await _refuse_early(request, limit)
    file: Body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by its reader
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            await _first_file(request, file, limit)
        else:
            async for chunk in _counted(request, limit):
                file.write(chunk)
    except ClientDisconnect:
        file.close()
        msg = "The body broke off before its end; nothing was taken in."
        raise BadInput(msg) from None
    except BadInput:
        file.close()
        raise
    file.seek(0)
    return file


async def _refuse_early(request: Request, limit: int) -> None:
    try:
        _refuse_by_head(request, limit)
    except BadInput:
        # Who asks before it sends the body reads the answer and sends none.
        if request.headers.get("expect", "").lower() != "100-continue":
            await _throw_away(request.stream())
        raise


async def _throw_away(chunks: AsyncGenerator[bytes, None]) -> None:
    left = _MOST_THROWN_AWAY
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_THROWING_SECONDS):
            while left > 0:
                chunk = await asyncio.wait_for(anext(chunks, None), _STILL_SECONDS)
                if chunk is None:
                    return
                left -= len(chunk)


def _refuse_by_head(request: Request, limit: int) -> None:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        msg = f"Send the body as it is, without Content-Encoding ({coding[:40]} is not taken)."
        raise WrongKind(msg)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)


async def _counted(request: Request, limit: int) -> AsyncIterator[bytes]:
    seen = 0
    chunks = request.stream()
    while (chunk := await _next(chunks)) is not None:
        seen += len(chunk)
        if seen > limit:
            await _throw_away(chunks)
            raise _too_large(limit)
        yield chunk


async def _next(chunks: AsyncGenerator[bytes, None]) -> bytes | None:
    """The next part, or None at the end; a sender that went silent keeps nothing open."""
    try:
        return await asyncio.wait_for(anext(chunks, None), PATIENCE_SECONDS)
    except TimeoutError:
        raise TooSlow from None


async def _first_file(request: Request, file: Body, limit: int) -> None:
    try:
        form = await MultiPartParser(request.headers, _counted(request, limit)).parse()  # type: ignore[arg-type]  # any async iterator of bytes is read alike
    except MultiPartException as error:
        raise BadInput(f"The form cannot be read: {error.message}") from None
    for _name, part in form.multi_items():
        if isinstance(part, UploadFile):
            while chunk := await part.read(MEGABYTE):
                file.write(chunk)
            await form.close()
            return
    msg = "The form holds no file."
    raise BadInput(msg)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit // MEGABYTE} MB; send it in parts.")
