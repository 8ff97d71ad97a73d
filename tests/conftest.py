"""Property tests draw the same examples each time, and are judged by what they find, not by the clock."""

from hypothesis import settings

settings.register_profile("attache", deadline=None, derandomize=True)
settings.load_profile("attache")
