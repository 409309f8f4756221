"""What stands in the middle of a project with nothing in it: what belongs here, and the button that makes it."""

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.commands.base import Command
from studio.commands.file import FROM_TEMPLATE
from studio.session.desk import Desk
from studio.ui.actions import Actions
from studio.ui.controls import Button, Elided, Text, surface
from studio.ui.icons import icon, picture
from studio.ui.theme import Theme
from studio.ui.words import job_line

_WIDTH_PX = 420


class Welcome(QWidget):
    """One line, one primary button; while the first sound comes in, how far it is."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        surface(self, "app")
        self.setAccessibleName("Empty project")
        self._title = Text("Drop a recording here, or record one.", theme, size="heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title.setWordWrap(True)
        self._hint = Text("Sound of any kind, also that of a video. Nothing leaves this computer.", theme)
        self._hint.set_tone("secondary")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hint.setWordWrap(True)
        self.record = Button("Record take", self, kind="primary", keys=actions.keys("transport.record"))
        self.record.clicked.connect(lambda: actions.run("transport.record"))
        self.open = Button("Import sound", self, keys=actions.keys("file.import"))
        self.open.clicked.connect(lambda: actions.run("file.import"))
        self.sample = Button("Open sample", self, kind="quiet")
        self.sample.clicked.connect(lambda: actions.run("help.sample"))
        self.sample.setVisible("help.sample" in actions)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.record, self.open, self.sample):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._start_as = Text("Start as:", theme, tone="secondary")
        self.templates = tuple(
            self._template(command, actions) for command in actions.commands if command.submenu == FROM_TEMPLATE
        )
        starts = QHBoxLayout()
        starts.setSpacing(6)
        starts.addStretch(1)
        starts.addWidget(self._start_as)
        self._dots: list[Text] = []
        for number, template in enumerate(self.templates):
            if number:
                self._dots.append(Text("·", theme, tone="secondary"))
                starts.addWidget(self._dots[-1])
            starts.addWidget(template)
        starts.addStretch(1)
        self._progress_line = Elided("", theme, tone="secondary")
        self._progress_line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_WIDTH_PX // 2)
        self._bar.setAccessibleName("Progress of the import")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 24, 24, 24)
        rows.setSpacing(8)
        rows.addStretch(5)
        rows.addSpacing(96)
        rows.addWidget(self._title)
        rows.addWidget(self._hint)
        rows.addSpacing(16)
        rows.addLayout(buttons)
        rows.addSpacing(12)
        rows.addLayout(starts)
        rows.addWidget(self._progress_line)
        rows.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(6)
        desk.jobs.changed.connect(self._show)
        self.set_theme(theme)
        self._show()

    def _template(self, command: Command, actions: Actions) -> Button:
        button = Button(command.title.partition(": ")[2], self, kind="link")
        button.setAccessibleName(command.title)
        button.setToolTip(actions.action(command.id).toolTip())
        button.clicked.connect(lambda: actions.run(command.id))
        return button

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.record.setIcon(icon("record", theme, "on_accent", size=16))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet wave above the words, and the dashed place where a file may fall."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(16.5, 16.5, -16.5, -16.5)
        pen = QPen(self._theme.strong_line, 1)
        pen.setDashPattern([4, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(area, 12, 12)
        middle = QPoint(self.width() // 2, self._title.y() - 52)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.raised if self._theme.is_dark else self._theme.panel)
        painter.drawEllipse(middle, 36, 36)
        painter.drawPixmap(middle - QPoint(16, 16), picture("wave", self._theme, "accent", size=32))

    def _show(self) -> None:
        row = next((row for row in self._desk.jobs.rows if not row.is_over), None)
        for widget in (self.record, self.open, self.sample, self._start_as, *self.templates, *self._dots):
            widget.setVisible(row is None)
        self._progress_line.setVisible(row is not None)
        self._bar.setVisible(row is not None)
        self._title.setText("Drop a recording here, or record one." if row is None else "One moment")
        self._hint.setVisible(row is None)
        if row is not None:
            self._progress_line.setText(job_line(row))
            self._bar.setValue(round(row.fraction * 1000))
