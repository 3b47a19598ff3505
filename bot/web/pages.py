"""The pages people see in a browser; their words are in templates/web."""

import base64
import hashlib
import re

import structlog
from fastapi.responses import HTMLResponse

from bot.domain import Payload
from bot.errors import TemplateFault
from bot.services import Services

log = structlog.get_logger(__name__)

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_PLAIN = "<!doctype html><title>qb-sync-bot</title><p>The words of this page could not be made.</p>"


def page(services: Services, name: str, facts: Payload, *, status: int = 200) -> HTMLResponse:
    """Make the page templates/web/<name>.html.j2; its facts are escaped."""
    try:
        html = services.render.page(name, facts)
    except TemplateFault as fault:
        log.error("page failed", page=name, reason=fault.message)
        html = _PLAIN
    return HTMLResponse(
        html, status_code=status, headers={"Content-Security-Policy": _policy(html)}
    )


def _policy(html: str) -> str:
    """Allow the page's own style and nothing else.

    form-action is left open: Chromium applies it to the redirect to Intuit that answers the form.
    """
    digests = [
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        for style in _STYLE.findall(html)
    ]
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return f"default-src 'none'; style-src {styles}; frame-ancestors 'none'; base-uri 'none'"
