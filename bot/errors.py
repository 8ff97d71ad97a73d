"""The error tree. Every message is one line for a person and says what to do.

AttacheError
├── UsageError            wrong words on the command line or in chat (exit 2)
├── SettingsError         a setting is missing or unusable (exit 2)
├── SourceError           an article could not be had or read: carries the place it came from
│   ├── UnreadableSource      not text, empty, too large, cut off
│   ├── ForbiddenAddress      not a public http(s) address
│   └── Unavailable           no answer to be had now: later may be better
│       └── Postponed             the server asks to come back in ``wait`` seconds
├── StorageError          the database can't be used: carries its url without secrets
└── DeliveryError         a message could not be handed over
    ├── Throttled             try again after ``retry_after`` seconds; costs no attempt
    ├── Unreachable           nothing arrived, safe to send again
    ├── Ambiguous             it may have arrived: look it up before sending again
    └── Gone                  the destination is not there (any more): disable it
"""

from typing import Any


class AttacheError(Exception):
    """Base of all errors that are told to a person as one line."""


class UsageError(AttacheError):
    """The words given are not a command; the message names what would be."""


class SettingsError(AttacheError):
    """A setting is missing or unusable; the message names it."""


class SourceError(AttacheError):
    """An article could not be had or read."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it can cross from a worker process: an exception is rebuilt from its arguments."""
        return type(self), (self.place, self.reason)


class UnreadableSource(SourceError):
    """There is something, but not an article's text."""


class ForbiddenAddress(SourceError):
    """The address is not a public http(s) one."""


class Unavailable(SourceError):
    """Nothing answered, or only with a failure of its own; the same may work later."""


class Postponed(Unavailable):
    """The server asks to come back later: ``wait`` in seconds."""

    def __init__(self, place: str, reason: str, wait: float) -> None:
        super().__init__(place, reason)
        self.wait = wait

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.place, self.reason, self.wait)


class StorageError(AttacheError):
    """The database can't be used as it is."""


class DeliveryError(AttacheError):
    """A message could not be handed to its platform."""


class Throttled(DeliveryError):
    """The platform asks for patience: ``retry_after`` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"the platform asks to wait {retry_after:g} s")
        self.retry_after = retry_after


class Unreachable(DeliveryError):
    """Nothing arrived; sending again is safe."""


class Ambiguous(DeliveryError):
    """The message may have arrived; look it up before sending again."""


class Gone(DeliveryError):
    """The destination does not exist or is closed to the bot."""
