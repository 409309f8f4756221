"""The Live workspace: the screen with its overlays in the middle, sound, layout and numbers at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.session.desk import Desk
from studio.ui.actions import Actions
from studio.ui.controls import Button, Text, surface
from studio.ui.live.elsewhere_section import ElsewhereSection
from studio.ui.live.figures_section import FiguresSection
from studio.ui.live.layout_hand import LayoutHand
from studio.ui.live.live_news import LiveNews
from studio.ui.live.overlay_section import OverlaySection
from studio.ui.live.overlay_window import OverlayWindowHost
from studio.ui.live.preview import PreviewView
from studio.ui.live.record_bar import RecordBar
from studio.ui.live.region_picker import StillWaiter
from studio.ui.live.sound_section import SoundSection
from studio.ui.live.source_bar import SourceBar
from studio.ui.messages import Banners, ExplanationView
from studio.ui.side_column import side_column
from studio.ui.theme import Theme

_SIDE_PX = 288


class LivePage(QWidget):
    """Looks at the screen while it is in sight, and lets go of it when it is not."""

    def __init__(self, desk: Desk, actions: Actions, banners: Banners, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        surface(self, "app")
        self.setAccessibleName("Live")
        self.hand = LayoutHand(desk, self)
        self.news = LiveNews(desk, banners, self)
        self.source = SourceBar(desk.capturing, self.pick, theme, self)
        self.preview = PreviewView(desk.capturing, self.hand, theme, self)
        self.record = RecordBar(desk, actions, theme, self)
        self.sound = SoundSection(desk, theme, self)
        self.overlays = OverlaySection(desk, self.hand, theme, self)
        self.elsewhere = ElsewhereSection(desk, theme, self)
        self.floating = OverlayWindowHost(desk, self)
        self.figures = FiguresSection(desk, theme, self)
        self.preview.wants_file.connect(self.overlays.choose_file)
        self._blind: ExplanationView | None = None
        self._lay_out()
        desk.capturing.changed.connect(self._show_why)
        self._show_why()

    @property
    def top(self) -> QVBoxLayout:
        """Where messages stand, above the work."""
        return self._middle

    def set_theme(self, theme: Theme) -> None:
        """What is made later is made in it."""
        self._theme = theme

    def pick(self) -> None:
        """Let the person draw a region over a picture of the whole screen."""
        self.still = StillWaiter(self._desk, self._theme, self)

    def _lay_out(self) -> None:
        stage, margins = QWidget(self), QVBoxLayout()
        margins.setContentsMargins(12, 0, 12, 12)
        layers = QStackedLayout()
        layers.setStackingMode(QStackedLayout.StackingMode.StackAll)
        margins.addLayout(layers)
        stage.setLayout(margins)
        layers.addWidget(self.preview)
        self._waiting = QWidget(stage)
        self._words = QVBoxLayout(self._waiting)
        self._words.setContentsMargins(48, 0, 48, 0)
        self._words.setSpacing(12)
        self._words.addStretch(1)
        self._hint = Text("Looking at the screen…", self._theme, tone="secondary")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.addWidget(self._hint)
        self._again = Button("Look again", self)
        self._again.clicked.connect(self._look_again)
        self._words.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)
        self._words.addStretch(1)
        layers.addWidget(self._waiting)
        layers.setCurrentWidget(self._waiting)
        middle = QWidget(self)
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self.source)
        self._middle.addWidget(stage, 1)
        self._middle.addWidget(self.record)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(middle, 1)
        sections = (self.sound, self.overlays, self.elsewhere, self.figures)
        columns.addWidget(side_column(sections, _SIDE_PX, self))

    def _look_again(self) -> None:
        self._desk.capturing.look(self.preview.width(), self.preview.height())

    def _show_why(self) -> None:
        """Say why nothing is seen, where that is so."""
        capturing = self._desk.capturing
        why = capturing.why_blind
        self._waiting.setVisible(capturing.view is None)
        self._again.setVisible(why is not None)
        self._hint.setVisible(why is None)
        self._show_blind(why if capturing.view is None else None)

    def _show_blind(self, why: Explanation | None) -> None:
        if self._blind is not None:
            if why is not None and self._blind.why == why:
                return
            self._words.removeWidget(self._blind)
            self._blind.deleteLater()
            self._blind = None
        if why is not None:
            self._blind = ExplanationView(why, self._theme, self._waiting, weight="warning", closable=False)
            self._words.insertWidget(1, self._blind)
