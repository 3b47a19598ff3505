"""The intake against whatever its own OpenAPI document allows, and what it does not."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.console import sources as sources_of
from bot.web.openapi import PATH
from tests.sources.test_hooks import DECLARED

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
IN_CI, IN_FULL = 11, 250  # of each of the ten: five addresses, good and bad bodies


def _as_it_is(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def api(edge):
    """The document as it is served, and the token of a source with a webhook."""
    for kind in (
        "application/x-ndjson",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ):
        schemathesis.serializer(kind)(_as_it_is)
    edge.company()
    token = edge.source().token
    sources_of.keep_hook(edge.services, None, "shop", DECLARED, None)
    served = edge.http.get(PATH)
    assert served.status_code == 200
    return schemathesis.openapi.from_dict(served.json()), token, str(edge.http.base_url)


def _play(api, examples):
    document, token, base = api
    played = []
    for operation in document.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            found = operation.ok()
            played.append((found.path, mode))

            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=found.as_strategy(generation_mode=mode))
            def play(case):
                case.path_parameters = {"source": "shop"}
                case.headers = {"Authorization": f"Bearer {token}"}
                answer = case.call(base_url=base)
                case.validate_response(answer, checks=CHECKS)

            play()
    return played


def test_a_hundred_made_up_requests_bring_no_undocumented_answer(api):
    """Good and bad bodies of every address: no 5xx, no status and no field that is not told."""
    assert len(_play(api, IN_CI)) == 10


@pytest.mark.long
def test_two_thousand_made_up_requests_bring_no_undocumented_answer(api):
    """The same, at length."""
    assert len(_play(api, IN_FULL)) == 10


def test_the_document_names_every_address_of_the_intake_but_the_errors(edge):
    """What is served and what is told are one; errors have a page of their own."""
    served = httpx.get(f"{edge.http.base_url}/openapi.json").json()["paths"]
    told = edge.http.get(PATH).json()["paths"]

    assert {path for path in served if path.startswith("/intake/")} - set(told) == {
        "/intake/{source}/errors"
    }
    assert {tuple(told[path]) for path in told} == {("post",)}
