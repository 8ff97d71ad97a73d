"""The adapters under the shared suite: one line each."""

from tests.contract.discord import DiscordPlug
from tests.contract.plug import Plug
from tests.contract.slack import SlackPlug

PLUGS: tuple[Plug, ...] = (DiscordPlug(), SlackPlug())
