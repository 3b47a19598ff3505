"""HTTP in: permission from Intuit, records from sources, health, and local control."""

from bot.web.app import Doors, make_app, make_worker_app
from bot.web.server import WebServer

__all__ = ["Doors", "WebServer", "make_app", "make_worker_app"]
