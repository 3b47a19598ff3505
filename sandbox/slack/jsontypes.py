"""The one name for parsed JSON, so that `Any` stays at this edge."""

from typing import Any

Json = dict[str, Any]
