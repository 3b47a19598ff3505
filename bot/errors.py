"""The bot's own exceptions. A class docstring is the default message for a person."""


class BotError(Exception):
    """Something the bot could not do."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        """One sentence for a person: what, which record, what next. Never a secret."""
        return str(self.args[0])


class BadInput(BotError):
    """The input cannot be used."""


class NotAllowed(BotError):
    """This person may not do that here."""


class CompanyBusy(BotError):
    """Another worker is writing to this company's books just now."""


class LeaseLost(BotError):
    """This worker's lease ran out and another one took over; nothing more was written."""


class ConfigError(BotError):
    """A setting is missing or wrong."""


class TemplateFault(BotError):
    """A template could not be rendered. `line` is the line of its file, 0 when not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
