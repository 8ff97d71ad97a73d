"""The terminal: a conversation with history, completion and colour, or one message a line when piped."""

from adapters.console.client import converse, pipe
from adapters.console.terminal import Terminal

__all__ = ["Terminal", "converse", "pipe"]
