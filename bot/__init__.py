"""Attaché's core: what was said and what happened in diplomatic news. No network, no SQL, no platform SDK."""
