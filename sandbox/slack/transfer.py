"""Bytes of files: taking uploads, giving them back to those who hold a token."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.slack.world import World


async def upload(world: World, request: Request) -> Response:
    """The address of files.getUploadURLExternal: raw body, or a multipart form with one file."""
    key = request.path_params["key"]
    stored = next((f for f in world.files.values() if f.upload_key == key), None)
    if stored is None or stored.complete or stored.deleted:
        return PlainTextResponse("not found", 404)
    content = await _bytes(request)
    if len(content) != stored.length:
        return PlainTextResponse(f"expected {stored.length} bytes, got {len(content)}", 400)
    stored.content = content
    stored.uploaded = True
    return PlainTextResponse(f"OK - {len(content)}")


async def _bytes(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    form = await request.form()
    for value in form.values():
        if isinstance(value, UploadFile):
            return await value.read()
    return b""


async def download(world: World, request: Request) -> Response:
    """url_private: needs a token with files:read; others are sent to a login page, as in Slack.

    The page of this sandbox asks with `?user=` for a person of the workspace.
    """
    _, _, file_id = request.path_params["key"].partition("-")
    stored = world.files.get(file_id)
    if stored is None or stored.deleted or not stored.uploaded:
        return PlainTextResponse("not found", 404)
    if not _may(world, request):
        # Slack answers 200 with its login page here; apps must look at what they got.
        page = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head></html>"
        return Response(page, media_type="text/html; charset=utf-8")
    return Response(stored.content, media_type=stored.mimetype)


def _may(world: World, request: Request) -> bool:
    if request.query_params.get("user") in world.users:
        return True
    value = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    token = world.tokens.get(value)
    return token is not None and not token.revoked and "files:read" in token.scopes
