"""Clips are said or sung again in a voice of the library: asks the compute worker, and lands what it answers."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.model.project import Media
from studio.model.voice import LEARNT_BY, Voice
from studio.protocol.common import JobId
from studio.protocol.messages import Job, Result
from studio.protocol.voices import SingAgain, SungAgain
from studio.session import stems
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.jobs import Jobs
from studio.session.separating import Order, Separating
from studio.session.stems import Lane, Piece
from studio.session.wish import Wish

_NOT_THE_ENGINES: Final = frozenset({"stem", "stems", "start", "length", "voice", "voice_name", "separator"})
"""What a lineage says of the job itself; the rest was chosen for the engine."""


def fit_for(voices: Iterable[Voice], engine: str) -> tuple[Voice, ...]:
    """Those voices that an engine can convert into."""
    learner = LEARNT_BY.get(engine, engine)
    return tuple(voice for voice in voices if voice.by(learner) is not None)


class Converting(QObject):
    """Says how conversions are asked for, and turns their results into edits of the project they began in.

    They are begun as separations are: what was cut short is offered again, and goes on behind its finished stages. UI
    thread only.
    """

    landed = Signal(object)  # tuple[TrackId, ...]: the new tracks

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        engines: EngineList,
        separating: Separating,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._engines = document, jobs, engines
        self._separating = separating

    def sing(self, piece: Piece, wish: Wish) -> JobId:
        """Sing a piece again; what comes of it lands below its source, as one undo step."""
        return self._separating.sing(piece, wish)

    def order(self, piece: Piece, wish: Wish, folder: Path) -> Order:
        """See `Sings`."""
        return (
            f"Singing {piece.name} in another voice",
            partial(self._order, piece, wish, folder, False),
            partial(self._land, piece, wish, folder),
        )

    def preview(self, piece: Piece, wish: Wish, then: Callable[[SungAgain], None]) -> JobId:
        """Sing a short piece again, a song as one sound, without touching the project."""
        folder = self._document.folder

        def deliver(result: Result) -> None:
            assert isinstance(result, SungAgain)
            self._check_still_in(folder)
            then(result)

        return self._jobs.start(partial(self._order, piece, wish, folder, True), f"Trying {piece.name}", deliver)

    def make_again(self, group: stems.Group) -> JobId:
        """Sing the source of what was sung again once more, in the same way."""
        return self.sing(stems.source_piece(self._document.project, group), wish_of(group))

    def _order(self, piece: Piece, wish: Wish, folder: Path, remix: bool, job: JobId) -> Job:
        self._check_still_in(folder)
        return SingAgain(
            job=job,
            media=self._document.project.medium(piece.clip.media),
            project_dir=str(folder),
            start=piece.clip.source_start,
            length=piece.clip.length,
            voice=wish.voice,
            engine=wish.engine,
            settings=wish.settings,
            separator=wish.separator,
            remix=remix and bool(wish.separator),
        )

    def _land(self, piece: Piece, wish: Wish, folder: Path, result: Result) -> None:
        assert isinstance(result, SungAgain)
        self._check_still_in(folder)
        edit, tracks = stems.laid_below(
            self._document.project,
            piece,
            self._lanes(piece, wish, result),
            f"Sing {piece.name} in the voice of {result.voice}",
        )
        self._document.end_gesture()
        self._document.do(edit)
        self.landed.emit(tracks)

    def _lanes(self, piece: Piece, wish: Wish, result: SungAgain) -> tuple[Lane, ...]:
        """The voice with what accompanies it, below the song's own vocals, which are silent now."""
        separator = self._engines.name_of(wish.separator) if wish.separator else ""

        def lane(media: Media, by: str, *, muted: bool = False) -> Lane:
            stem = stems.stem_of(media)
            name = f"{stems.stem_title(stem)}, {by}"
            colour = stems.COLOUR_OF.get(stem, 0)
            clip = f"{piece.name}, {by if by == result.voice else stem}"
            return Lane(media=media, name=name, clip=clip, colour=colour, muted=muted)

        voice, *rest = result.media
        return (
            *(lane(media, separator, muted=True) for media in result.apart[:1]),
            lane(voice, result.voice),
            *(lane(media, separator) for media in rest),
        )

    def _check_still_in(self, folder: Path) -> None:
        if not self._document.is_open or self._document.folder != folder:
            raise StudioError(
                "convert.other_project",
                "The result was not added.",
                cause="Another project was opened meanwhile.",
                remedy="Open the project from before and try again: what was taken apart is kept.",
            )


def wish_of(group: stems.Group) -> Wish:
    """How something was sung again, ready to be done once more."""
    settings = group.lineage.settings
    return Wish(
        voice=str(settings.get("voice") or ""),
        engine=group.lineage.engine,
        settings={key: value for key, value in settings.items() if key not in _NOT_THE_ENGINES},
        separator=str(settings.get("separator") or ""),
    )
