"""Discord: slash commands, mentions, direct messages, buttons; digests in channels, threads and forums."""

from adapters.discord.client import AttacheBot, build_bot

__all__ = ["AttacheBot", "build_bot"]
