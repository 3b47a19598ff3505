"""Files: uploaded with what they hang on, and fetched again by a short-lived address."""

import json
from collections.abc import Iterator
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import BAD_JSON, QboFault, fault, missing, not_found
from sandbox.quickbooks.file_address import file_address, file_seal
from sandbox.quickbooks.french import in_language
from sandbox.quickbooks.incoming import ApiRequest
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.world import World


def upload(company: Company, request: ApiRequest) -> list[Body]:
    """Every file of the request with its own answer or fault. Raises QboFault for no file."""
    answers: list[Body] = []
    for metadata, content in _files(request):
        try:
            record = _store(company, metadata, content)
        except QboFault as problem:
            answers.append({"Fault": in_language(company, problem).body()})
            continue
        request.touched = record.id
        answers.append({"Attachable": company.render(record)})
    if not answers:
        raise missing("file_content")
    return answers


def _store(company: Company, metadata: Any, content: MIMEPart) -> Record:
    if metadata is not None and not isinstance(metadata, dict):
        raise fault("2010", BAD_JSON)
    data = content.get_payload(decode=True)
    data = data if isinstance(data, bytes) else b""
    body = {
        "FileName": content.get_filename() or "attachment",
        "ContentType": content.get_content_type(),
        **{name: value for name, value in (metadata or {}).items() if value not in (None, "")},
        "Size": len(data),
    }
    record = engine.create(company, company.entities["Attachable"], body)
    company.files[record.id] = data
    record.wire = record.encoded = None
    return record


def _files(request: ApiRequest) -> Iterator[tuple[Any, MIMEPart]]:
    """Contents with their metadata, paired by the number at the end of their names."""
    kind = request.headers.get(b"content-type", b"")
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind + b"\r\n\r\n" + request.raw.lstrip()
    )
    if not message.is_multipart():
        raise fault("1050", "Invalid Content Type")
    parts: dict[str, MIMEPart] = {}
    for part in message.iter_parts():
        parts[str(part.get_param("name", "", header="content-disposition"))] = part
    for name, part in parts.items():
        if name.startswith("file_content"):
            about = parts.get(name.replace("content", "metadata"))
            yield _metadata(about), part


def _metadata(part: MIMEPart | None) -> Any:
    if part is None:
        return None
    try:
        return json.loads(bytes(part.get_payload(decode=True)))
    except ValueError:
        return BAD_JSON


def download(company: Company, attachable_id: str) -> str:
    """An address of the file's bytes, good for a quarter of an hour. Raises QboFault."""
    record = company.row("Attachable", engine.checked_id(attachable_id))
    if record is None or record.deleted or record.id not in company.files:
        raise not_found("attachments")
    return file_address(company, record.id)


def routes(world: World) -> list[Route]:
    """The addresses of files, outside the company API: they need no token."""

    async def serve(request: Request) -> Response:
        company = world.companies.get(request.path_params["realm"])
        file_id, ends = request.path_params["id"], request.query_params.get("ends", "")
        if company is None or request.query_params.get("seal") != file_seal(company, file_id, ends):
            return Response("Access denied", status_code=403)
        if int(ends) < company.clock.now().timestamp():
            return Response("Request has expired", status_code=403)
        record = company.row("Attachable", file_id)
        if record is None or record.deleted:
            return Response("Not found", status_code=404)
        kind = str(record.body.get("ContentType") or "application/octet-stream")
        return Response(company.files[file_id], media_type=kind)

    return [Route("/files/{realm}/{id}", serve)]
