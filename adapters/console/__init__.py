"""The terminal: a conversation with history, completion and colour, or one message a line when piped."""

from adapters.console.client import converse, pipe

__all__ = ["converse", "pipe"]
