"""The connections to QuickBooks and Intuit: one time-out for a whole reply (bot.in_time)."""

from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot.in_time import TimedReply


class _Connection(HTTPConnection):
    response_class = TimedReply


class _SafeConnection(HTTPSConnection):
    response_class = TimedReply


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class InTime(HTTPAdapter):
    """The connections of a requests session, whose replies have one time-out each."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections; requests calls it."""
        super().init_poolmanager(*args, **options)
        _hurry(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """The pools of connections through a proxy; requests calls it."""
        return _hurry(super().proxy_manager_for(*args, **options))


def _hurry(manager: PoolManager) -> PoolManager:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
    return manager
