"""Running a command: the one place where its failure becomes words on the screen."""

from studio.commands.base import Command
from studio.errors import StudioError, explain
from studio.session.desk import Desk


def run(command: Command, desk: Desk) -> bool:
    """Run a command if it can run now; else, or when it fails, say why. Return whether it ran."""
    reason = command.unavailable(desk)
    if reason:
        desk.asks.toast(f"{command.title}: {reason[0].lower()}{reason[1:]}.")
        return False
    try:
        command.run(desk)
    except StudioError as error:
        desk.asks.show(explain(error))
        return False
    return True
