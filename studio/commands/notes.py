"""The notes of a recording: found, drawn, split, joined, put on pitch. Keys are Tony's where it has some."""

from studio.commands.base import Command
from studio.commands.reasons import chosen_clips, first_of, no_clip, no_range, read_only
from studio.session.desk import Desk

_MARGIN_S = 0.25
_ABOUT = "Click a note in the pitch lane; Shift adds others."


def find(desk: Desk) -> None:
    """Find the notes of the selected clips."""
    desk.noting.find(chosen_clips(desk))


def draw(desk: Desk) -> None:
    """Let a drag in the pitch lane draw a note, or a lasso again."""
    desk.noting.set_draws(not desk.draws_notes)


def from_selection(desk: Desk) -> None:
    """Make a note of the selected stretch; its pitch is what is sung there."""
    (clip, *_) = chosen_clips(desk)
    if not desk.noting.draw(clip, desk.selection.start, desk.selection.stop, None):
        desk.asks.toast("The stretch is too short for a note")


def split(desk: Desk) -> None:
    """Cut the note in hand at the cursor."""
    if not desk.noting.split(desk.selection.start):
        desk.asks.toast("Take one note in hand to split it")


def loop_note(desk: Desk) -> None:
    """Play the notes in hand again and again, with a little around them."""
    ends = [end for one in desk.noting.in_hand for end in desk.noting.place(one)]
    loop_around(desk, min(ends), max(ends))


def loop_around(desk: Desk, start: int, stop: int) -> None:
    """Play a stretch again and again, with a little around it."""
    margin = round(_MARGIN_S * desk.document.project.rate_hz)
    first = max(start - margin, 0)
    desk.transport.set_loop(first, stop + margin)
    desk.transport.set_loop_on(True)
    desk.transport.play(first)


def _no_note(desk: Desk) -> str:
    return "" if desk.has_note else "Click a note in the pitch lane first"


def _no_second(desk: Desk) -> str:
    return desk.noting.why_not_join() if desk.has_note else _no_note(desk)


NOTES: tuple[Command, ...] = (
    Command(
        id="pitch.find_notes",
        title="Find notes",
        group="Pitch",
        keys="Ctrl+Alt+O",
        run=find,
        unavailable=first_of(read_only, no_clip),
        icon="notes",
        about="Where notes begin and end in the selected clip, along its melody. Then they can be changed by hand.",
    ),
    Command(
        id="pitch.draw_notes",
        title="Draw notes",
        group="Pitch",
        keys="Ctrl+Shift+D",
        run=draw,
        unavailable=read_only,
        checked=lambda desk: desk.draws_notes,
        icon="pencil",
        about="A drag in the pitch lane draws a note on the row where it begins.",
    ),
    Command(
        id="pitch.note_from_selection",
        title="Note from the selection",
        group="Pitch",
        keys="=",
        run=from_selection,
        unavailable=first_of(read_only, no_range, no_clip),
        about="From where the selected stretch begins to where it ends; its pitch is what is sung there.",
    ),
    Command(
        id="pitch.note_split",
        title="Split note",
        group="Pitch",
        keys="/",
        run=split,
        unavailable=first_of(read_only, _no_note),
        icon="split",
        about="At the cursor, or in its middle where the cursor lies outside.",
    ),
    Command(
        id="pitch.note_join",
        title="Join notes",
        group="Pitch",
        keys="\\",
        run=lambda desk: desk.noting.join(),
        unavailable=first_of(read_only, _no_second),
        icon="join",
        about="Those in hand become one; a single one is joined with the note after it.",
    ),
    Command(
        id="pitch.note_snap",
        title="Snap notes to the scale",
        group="Pitch",
        keys="Q",
        run=lambda desk: desk.noting.snap(),
        unavailable=first_of(read_only, _no_note),
        about=f"The nearest note of the chosen scale, in the project's tuning. A double click does the same. {_ABOUT}",
    ),
    Command(
        id="pitch.snap_scale",
        title="Choose the scale to snap to…",
        group="Pitch",
        run=lambda desk: desk.asks.preferences("pitch"),
        about="Every semitone, or a key and a scale: major, minor, pentatonic and others. The pitch lane has it too.",
    ),
    Command(
        id="pitch.note_up",
        title="Move notes up a semitone",
        group="Pitch",
        keys="Alt+Up",
        run=lambda desk: desk.noting.move(1.0),
        unavailable=first_of(read_only, _no_note),
        about=_ABOUT,
    ),
    Command(
        id="pitch.note_down",
        title="Move notes down a semitone",
        group="Pitch",
        keys="Alt+Down",
        run=lambda desk: desk.noting.move(-1.0),
        unavailable=first_of(read_only, _no_note),
        about=_ABOUT,
    ),
    Command(
        id="pitch.note_follow",
        title="Let notes follow the voice",
        group="Pitch",
        keys="Shift+Q",
        run=lambda desk: desk.noting.follow(),
        unavailable=first_of(read_only, _no_note),
        about="Their pitch is what is sung there again.",
    ),
    Command(
        id="pitch.note_loop",
        title="Loop notes",
        group="Pitch",
        keys="Ctrl+Shift+L",
        run=loop_note,
        unavailable=_no_note,
        icon="loop",
        about="Plays what is in hand again and again, with a quarter of a second around it.",
    ),
    Command(
        id="pitch.note_delete",
        title="Delete notes",
        group="Pitch",
        keys="Ctrl+Shift+Backspace",
        run=lambda desk: desk.noting.delete(),
        unavailable=first_of(read_only, _no_note),
        icon="delete",
        about="The melody stays. With the keyboard in the pitch lane, Delete does the same.",
    ),
)
