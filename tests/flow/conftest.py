"""A house with Jane Doe and two items in QuickBooks, as tests/work has it, that hears back."""

import pytest
from sqlmodel import select

from bot.models import Callback, Outgoing
from tests.quickbooks.simulator import bench, settings, simulator
from tests.work.conftest import house

__all__ = ["bench", "house", "settings", "simulator"]


@pytest.fixture
def heard(house):
    """The shop has a callback: what it is told, as (event, changes), oldest first."""
    with house.services.sessions.write() as session:
        session.add(
            Callback(
                source_id=house.shop.source_id,
                url="https://shop.example.com/hear",
                key="sealed",
                since=house.services.clock.now(),
            )
        )

    def told():
        with house.services.sessions.read() as session:
            rows = session.exec(select(Outgoing).order_by(Outgoing.id)).all()
        return [
            (row.event, row.body.get("changes"))
            for row in rows
            if row.event not in ("record.posted", "record.held", "record.released")
        ]

    return told
