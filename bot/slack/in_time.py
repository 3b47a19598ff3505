"""The connections to Slack: one time-out for a whole reply (bot.in_time)."""

import urllib.request
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ssl import SSLContext

from bot.in_time import TimedReply


class _Connection(HTTPConnection):
    response_class = TimedReply


class _SafeConnection(HTTPSConnection):
    response_class = TimedReply


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, trusted: SSLContext | None) -> None:
        super().__init__(context=trusted)
        self._trusted = trusted

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_SafeConnection, req, context=self._trusted)


def opener(
    proxies: dict[str, str] | None, trusted: SSLContext | None
) -> urllib.request.OpenerDirector:
    """What opens a request; `proxies`: {} for none at all, None for those of the environment."""
    own = () if proxies is None else (urllib.request.ProxyHandler(proxies),)
    return urllib.request.build_opener(*own, _Http(), _Https(trusted))
