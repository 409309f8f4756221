"""Files for and from other programs of the field, and the quality of a voice."""

from studio.commands.base import Command
from studio.commands.reasons import chosen_clips, first_of, no_clip, read_only
from studio.session.desk import Desk


def export_markers(desk: Desk) -> None:
    """Ask where, and write the markers as labels: Audacity's, or a TextGrid where the person writes that suffix."""
    project = desk.document.project
    path = desk.asks.save_path("Export markers as .txt or .TextGrid", f"{project.name or 'Untitled'} markers.txt")
    if path is None:
        return

    def write(_report: object) -> None:
        from studio.session.interchange import write_markers

        write_markers(project, path if path.suffix else path.with_name(f"{path.name}.txt"))

    desk.background.do(write, lambda _nothing: desk.asks.toast("Markers exported"))


def import_melody(desk: Desk) -> None:
    """Ask for a file of another program, and make its melody or its notes those of the selected clip."""
    from studio.session.melody_import import SUFFIXES, import_into

    path = desk.asks.open_path("Import pitch or notes", "Melodies and notes", SUFFIXES)
    if path is not None:
        clip = chosen_clips(desk)[0]
        name = clip.name or desk.document.project.medium(clip.media).name
        import_into(desk.document, desk.background, clip, path, lambda what: desk.asks.toast(f"{what} put into {name}"))


def _no_markers(desk: Desk) -> str:
    return "" if desk.document.project.markers else "There are no markers yet"


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
        id="measures.export_markers",
        title="Export markers…",
        group="File",
        run=export_markers,
        unavailable=_no_markers,
        icon="marker",
        about="As Audacity's labels, or as a Praat TextGrid.",
    ),
    Command(
        id="measures.import_melody",
        title="Import pitch or notes…",
        group="File",
        run=import_melody,
        unavailable=first_of(read_only, no_clip),
        icon="import",
        about="From Praat, Tony, Sonic Visualiser, MIDI, MusicXML or UltraStar, counted from where the clip begins.",
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
