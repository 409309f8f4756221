"""A window that does something to clips, after a try of a few seconds before the whole."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.model.project import Media
from studio.session import stems
from studio.session.desk import Desk
from studio.session.stems import Piece
from studio.ui.controls import Button
from studio.ui.separate.dialog import ClipsWindow
from studio.ui.separate.tryout import Tryout
from studio.ui.theme import Theme


class TryingWindow(ClipsWindow):
    """Does something to the clips after a try of a few seconds, of which nothing stays in the project."""

    def __init__(self, title: str, desk: Desk, theme: Theme, parent: QWidget, *, width_px: int) -> None:
        super().__init__(title, desk, theme, parent, width_px=width_px)
        self._tried: tuple[Media, ...] = ()
        self.tryout = Tryout(desk.jobs, self.listening, theme, self)
        self.tryout.wanted.connect(self.try_it)
        self.go = Button(title, self, kind="primary")
        self.go.clicked.connect(self.start)

    @property
    def preview_s(self) -> float:
        """How long a try is."""
        return self.desk.settings.value.separation.preview_s

    @property
    def has_engine(self) -> bool:
        """Whether an engine is chosen that can do it."""
        return self.engines.card is not None

    def try_it(self) -> None:
        """Begin a try."""
        raise NotImplementedError

    def start(self) -> None:
        """Do it to all of the clips."""
        raise NotImplementedError

    def begin_with_selected(self) -> None:
        """Be about the clips that are selected now, with nothing tried."""
        self.take_selected()
        self.let_go()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def stretch_to_try(self) -> Piece:
        """A stretch of the first clip, from the playhead on."""
        length = round(self.preview_s * self.desk.document.project.rate_hz)
        return stems.stretch_to_try(self.pieces[0], int(self.desk.transport.position()), length)

    def keep_tried(self, media: tuple[Media, ...]) -> None:
        """Remember what a try has made, so that it can be removed."""
        self._tried = media

    def forget_tried(self) -> None:
        """Remove what the last try has made."""
        tried, self._tried = self._tried, ()
        if tried:
            self.listening.offer({}, 0, 0)
            self.desk.separating.forget(tried)

    def show_whether_able(self) -> str:
        """Let it be tried and begun where an engine and a clip are there; else return why not."""
        pieces = self.pieces
        able = self.has_engine and bool(pieces)
        why = "" if able else "Choose an engine that can run here." if pieces else "Select a clip first."
        self.go.setEnabled(able)
        self.go.setAccessibleName(self.go.text())
        self.go.setToolTip(why or self.go.text())
        button, words = self.tryout.button, f"{self.preview_s:g}"
        button.setText(f"Preview {words} s")
        button.setAccessibleName(button.text())
        button.setToolTip(f"{words} seconds from the playhead on, heard here and not put into the project")
        button.setEnabled(able and not self.tryout.running)
        return why

    def let_go(self) -> None:
        self.tryout.clear()
        self.forget_tried()
