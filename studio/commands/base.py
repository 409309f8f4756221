"""A command: something a person can do, without saying how it looks.

To add a command: an entry in the module of its group. Its keys are those of the default (Audacity) map; other maps
in `resources/keymaps` change what differs. Menus, shortcuts, the palette and the shortcut list are made from `ALL`.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from studio.session.desk import Desk

Group = Literal[
    "File", "Edit", "View", "Transport", "Tracks", "Clip", "Markers", "Pitch", "Sing", "Speak", "Live", "Help"
]
GROUPS: tuple[Group, ...] = (
    "File",
    "Edit",
    "View",
    "Transport",
    "Tracks",
    "Clip",
    "Markers",
    "Pitch",
    "Sing",
    "Speak",
    "Live",
    "Help",
)
"""The menus, in their order."""


def always(_desk: Desk) -> str:
    """The reason of a command that can always run."""
    return ""


class Command(Struct, frozen=True, kw_only=True):
    """Something a person can do. `unavailable` says why it cannot be done now, "" when it can.

    `keys` are alternatives joined by "; " as QKeySequence reads them. `icon` names a picture, "" none. `checked`,
    where given, says whether a switch is on. `submenu` names the menu within its group's menu that holds it.
    """

    id: str
    title: str
    group: Group
    run: Callable[[Desk], None]
    keys: str = ""
    unavailable: Callable[[Desk], str] = always
    checked: Callable[[Desk], bool] | None = None
    icon: str = ""
    about: str = ""
    submenu: str = ""
