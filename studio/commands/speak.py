"""Speaking the script, and making voices to speak it with."""

from typing import Final

from studio.commands.base import Command
from studio.commands.reasons import chosen_clips, first_of, read_only
from studio.model.spoken import Line
from studio.session.desk import Desk

_NOTHING_WRITTEN: Final = "Write a line in the Speak workspace first"


def speak_line(desk: Desk) -> None:
    """Speak the line that is being worked on: for the first time, what was edited of it, or another take."""
    current = desk.speaking.current
    if current is not None:
        desk.document.end_gesture()
        desk.speaking.speak((current,))


def speak_all(desk: Desk) -> None:
    """Speak every line that is not spoken as it stands there now."""
    desk.document.end_gesture()
    desk.speaking.speak(desk.speaking.to_do())


def speak_clip(desk: Desk) -> None:
    """Speak the line of the selected clip again."""
    line = _line_of_clip(desk)
    if line is not None:
        desk.document.end_gesture()
        desk.speaking.speak((line.id,))


def no_spoken_clip(desk: Desk) -> str:
    """The selected clip is no take of a line."""
    return "" if _line_of_clip(desk) is not None else "Select a clip that was spoken from the script"


def _line_of_clip(desk: Desk) -> Line | None:
    found = (desk.document.project.script.line_of(clip.media) for clip in chosen_clips(desk))
    return next((line for line in found if line is not None), None)


def no_line(desk: Desk) -> str:
    """The script is empty, or its current line is, or is being spoken already."""
    script = desk.document.project.script
    if not script.lines:  # before anything is asked that is only made once somebody speaks
        return _NOTHING_WRITTEN
    line = next((one for one in script.lines if one.id == desk.speaking.current), None)
    if line is None:
        return "Choose a line in the Speak workspace first"
    state = desk.speaking.state(line)
    if state in ("waiting", "speaking"):
        return "The line is being spoken"
    return "The line is empty" if state == "empty" else ""


def not_speaking(desk: Desk) -> str:
    """Nothing is being spoken."""
    script = desk.document.project.script
    return "" if script.lines and desk.speaking.busy else "Nothing is being spoken"


def nothing_to_speak(desk: Desk) -> str:
    """Every line is spoken as it stands there."""
    if not desk.document.project.script.lines:
        return _NOTHING_WRITTEN
    return "" if desk.speaking.to_do() else "Every line is spoken as it stands there"


SPEAK: tuple[Command, ...] = (
    Command(
        id="speak.line",
        title="Speak line",
        group="Speak",
        keys="Ctrl+Return",
        run=speak_line,
        unavailable=first_of(read_only, no_line),
        icon="speaker",
        about="Only what was edited is said anew; a line that is spoken gets another take.",
    ),
    Command(
        id="speak.all",
        title="Speak all lines",
        group="Speak",
        keys="Ctrl+Shift+Return",
        run=speak_all,
        unavailable=first_of(read_only, nothing_to_speak),
    ),
    Command(
        id="speak.clip_again",
        title="Speak the selected clip again",
        group="Speak",
        run=speak_clip,
        unavailable=first_of(read_only, no_spoken_clip),
        icon="retry",
        about="Another take of its line takes its place; what was edited of the line is said anew.",
    ),
    Command(
        id="speak.stop",
        title="Stop speaking",
        group="Speak",
        run=lambda desk: desk.speaking.stop(),
        unavailable=not_speaking,
        icon="stop",
    ),
    Command(
        id="speak.new_voice",
        title="New voice…",
        group="Speak",
        run=lambda desk: desk.asks.new_voice(),
        icon="voice",
        about="From recordings of a person who agrees.",
    ),
)
