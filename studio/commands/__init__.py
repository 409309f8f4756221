"""Everything that a person can do, as data."""

from studio.commands.base import GROUPS, Command, Group
from studio.commands.clip import CLIP
from studio.commands.edit import EDIT
from studio.commands.file import FILE
from studio.commands.help import HELP
from studio.commands.live import LIVE
from studio.commands.marker import MARKER
from studio.commands.pitch import PITCH
from studio.commands.run import run
from studio.commands.separate import SEPARATE
from studio.commands.sing import SING
from studio.commands.speak import SPEAK
from studio.commands.track import TRACK
from studio.commands.transport import TRANSPORT
from studio.commands.view import VIEW

ALL: tuple[Command, ...] = (
    *FILE,
    *EDIT,
    *VIEW,
    *TRANSPORT,
    *TRACK,
    *CLIP,
    *SEPARATE,
    *MARKER,
    *PITCH,
    *SING,
    *SPEAK,
    *LIVE,
    *HELP,
)
"""Every command, in the order of the menus."""

BY_ID: dict[str, Command] = {command.id: command for command in ALL}

__all__ = ["ALL", "BY_ID", "GROUPS", "Command", "Group", "run"]
