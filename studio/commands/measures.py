"""Files for and from other programs of the field, and the quality of a voice."""

from studio.commands.base import Command
from studio.commands.reasons import first_of, no_clip, read_only

IN_FILE: tuple[Command, ...] = (
    Command(
        id="measures.export",
        title="Export pitch and notes…",
        group="File",
        run=lambda desk: desk.asks.measuring("export"),
        unavailable=no_clip,
        icon="export",
        about="Praat, Sonic Visualiser, Tony, MIDI, Audacity, or figures of each note as a table.",
    ),
    Command(
        id="measures.import_labels",
        title="Import labels…",
        group="File",
        run=lambda desk: desk.asks.measuring("labels"),
        unavailable=read_only,
        icon="import",
        about="TextGrids, Audacity labels and Sonic Visualiser layers become markers.",
    ),
)
"""For the File menu."""

IN_PITCH: tuple[Command, ...] = (
    Command(
        id="measures.quality",
        title="Voice quality of the selection…",
        group="Pitch",
        run=lambda desk: desk.asks.measuring("quality"),
        unavailable=first_of(read_only, no_clip),
        icon="voice",
        about="Jitter, shimmer, harmonics to noise, spectrum. Not a diagnosis.",
    ),
)
"""For the Pitch menu."""
