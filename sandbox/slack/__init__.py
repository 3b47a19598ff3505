"""A local Slack: Web API, Socket Mode, people and a page, in one process and in memory."""
