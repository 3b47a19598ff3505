"""A local QuickBooks Online and a local Slack, to run the bot against without any account."""
