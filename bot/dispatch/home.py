"""Somebody opens the app's Home tab: noted as a row, drawn by a job."""

from bot import jobs
from bot.dispatch.payloads import team_of
from bot.domain import Payload
from bot.models import HomeTab
from bot.services import Services


def opened(services: Services, body: Payload) -> None:
    """Remember whose Home tab it is and have it drawn anew; the app's other tabs are not ours."""
    event = dict(body.get("event") or {})
    user_id = str(event.get("user") or "")
    if not user_id or event.get("tab") != "home":
        return
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get(HomeTab, user_id) or HomeTab(user_id=user_id, opened_at=now)
        row.opened_at, row.team_id, row.digest = now, team_of(body), ""
        session.add(row)
    jobs.show_home(services.queue, user_id)
