"""What the month's read quota at Intuit says: used so far, by the month's end, when it runs out."""

from bot.quickbooks.reads import usage
from bot.render import day
from bot.services import Services


def reads_this_month(services: Services) -> str:
    """One sentence, "" where reads are not counted or there were none this month."""
    budget = services.settings.QUICKBOOKS_READS_PER_MONTH
    services.quickbooks.write_reads_down()
    with services.sessions.read() as session:
        found = usage(session, budget, services.clock.now().date())
    if not budget or not found.used:
        return ""
    used = (
        f"QuickBooks reads this month, for all companies together: {found.used:,} of "
        f"{budget:,} ({found.percent} %)"
    )
    if found.used >= budget:
        return f"{used}; Intuit refuses more until {day(found.month_ends, 'short')} is over."
    if found.ends_on is not None:
        return f"{used}; at this pace they run out on {day(found.ends_on, 'short')}."
    return f"{used}, about {found.forecast:,} by {day(found.month_ends, 'short')}."
