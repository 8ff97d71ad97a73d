"""Page -> what discord.py sends: a Components V2 layout and its files."""

import io
from typing import TypedDict

import discord
from discord import ui

from adapters.discord.render import Menu, Page, Piece, Row, Text, Upload

Item = ui.Item[ui.LayoutView]


class Message(TypedDict):
    """Keyword arguments of every discord.py method that sends; no message of ours can ping, but the role that is named."""

    view: ui.LayoutView
    files: list[discord.File]
    allowed_mentions: discord.AllowedMentions


def message(page: Page, mark: int | None = None, role: str | None = None) -> Message:
    """The arguments for one message. ``mark`` becomes the id of the first component (1 to 2**31-1): a message
    can be recognised by it later. ``role`` alone may be notified. The view is stopped: presses are answered from their ids, nothing is kept."""
    view = ui.LayoutView(timeout=None)
    for number, piece in enumerate(page):
        view.add_item(_item(piece, mark if number == 0 else None))
    view.stop()
    allowed = discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(int(role))] if role else False, replied_user=False
    )
    return Message(view=view, files=_files(page), allowed_mentions=allowed)


def _files(page: Page) -> list[discord.File]:
    return [
        discord.File(io.BytesIO(piece.data), piece.filename, description=piece.alt) for piece in page if isinstance(piece, Upload)
    ]


def _item(piece: Piece, mark: int | None) -> Item:
    match piece:
        case Text(markdown):
            return ui.TextDisplay(markdown, id=mark)
        case Row(buttons):
            style = discord.ButtonStyle.secondary
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(id=mark)
            for button in buttons:
                row.add_item(ui.Button(label=button.label, custom_id=button.custom_id, style=style))
            return row
        case Menu():
            return ui.ActionRow(_select(piece), id=mark)
        case Upload(filename, _, None):
            return ui.File(f"attachment://{filename}", id=mark)
        case Upload(filename, _, alt):
            picture = discord.MediaGalleryItem(f"attachment://{filename}", description=alt)
            return ui.MediaGallery(picture, id=mark)


def _select(menu: Menu) -> ui.Select[ui.LayoutView]:
    options = [discord.SelectOption(label=o.label, value=o.value, description=o.hint) for o in menu.options]
    return ui.Select(custom_id=menu.custom_id, placeholder=menu.placeholder, options=options)
