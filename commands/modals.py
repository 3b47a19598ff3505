"""Every form the bot shows: what is checked at once, and the window while the job works."""

from collections.abc import Mapping

from bot.dispatch import views
from bot.dispatch.model import Form, Press
from bot.domain import Payload
from bot.services import Services
from commands.parts import (
    approval,
    file_columns,
    file_form,
    fix_views,
    home_settings,
    set_aside,
    snoozing,
)


def _check_choices(_services: Services, press: Press) -> Mapping[str, str]:
    """Refuse an empty input at once; what QuickBooks would refuse is found by the job."""
    return {
        block_id: "Type something here."
        for block_id, value in press.choices.items()
        if block_id.startswith(fix_views.CHOICE) and not str(value or "").strip()
    }


def _check_reason(_services: Services, press: Press) -> Mapping[str, str]:
    """A no without a reason helps nobody."""
    given = str(press.choices.get(approval.REASON) or "").strip()
    return {} if given else {approval.REASON: "Say in a few words why not."}


def _noting(press: Press) -> Payload:
    del press
    return views.notice("One moment", "Noting it …")


def _checking(press: Press) -> Payload:
    del press
    return views.notice("One moment", "Checking that nothing changed in QuickBooks …")


FORMS: tuple[Form, ...] = (
    Form(fix_views.CONFIRM, _check_choices, _checking),
    Form(approval.ASK, _check_choices, _checking),
    Form(approval.DECLINE, _check_reason, _checking),
    Form(snoozing.CALLBACK, snoozing.check, _noting),
    Form(set_aside.CALLBACK, set_aside.check, _noting),
    Form(set_aside.BACK, lambda _services, _press: {}, _noting),
    Form(home_settings.CALLBACK, home_settings.check, _noting),
    Form(file_form.CALLBACK, file_form.check, file_form.waiting),
    Form(file_columns.CALLBACK, file_columns.check, file_columns.waiting),
)
