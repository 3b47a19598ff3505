"""The Slack adapter: the only place outside the doors that talks to Slack's Web API."""

from bot.slack.adapter import Member, Posted, Slack
from bot.slack.faults import SlackFault

__all__ = ["Member", "Posted", "Slack", "SlackFault"]
