"""An `Explanation` on the screen: as a banner while a trouble lasts, as a card where something failed."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.ui.controls import Button, IconButton, Text, keeps_escape, surface
from studio.ui.icons import picture
from studio.ui.theme import RADIUS_PX, Role, Theme

Weight = Literal["info", "warning", "error"]
_DETAIL_HEIGHT_PX = 160
_ICON: dict[Weight, tuple[str, Role]] = {
    "info": ("info", "secondary"),
    "warning": ("warning", "warning"),
    "error": ("error", "error"),
}


class ExplanationView(QWidget):
    """What did not happen, why, what to do; the rest folded behind "Details", and "Copy report" beside it."""

    dismissed = Signal()
    resized = Signal()

    def __init__(
        self,
        why: Explanation,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        weight: Weight = "error",
        action: str = "",
        run: Callable[[], None] | None = None,
        closable: bool = True,
        report: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.why = why
        self._theme, self._weight, self._report = theme, weight, report
        self.setAccessibleName(why.sentence)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._icon = QLabel(self)
        self._icon.setFixedSize(20, 20)
        self._title = Text(why.title, theme, wrap=True)
        self._body = Text(f"{why.cause} {why.remedy}".strip(), theme, tone="secondary", wrap=True)
        self._body.setVisible(bool(self._body.text()))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        if action and run is not None:
            button = Button(action)
            button.clicked.connect(run)
            self._buttons.addWidget(button)
        self._fold = Button("Details", kind="quiet")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self._fold.setVisible(bool(why.detail))
        copy = Button("Copy report", kind="quiet")
        copy.clicked.connect(self._copy)
        copy.setVisible(bool(why.detail) or weight == "error")
        self._copied = copy
        self._buttons.addWidget(self._fold)
        self._buttons.addWidget(copy)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._body)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(12)
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        top.addLayout(self._buttons)
        if closable:
            close = IconButton("Dismiss", "close", theme, self)
            close.clicked.connect(self.dismissed)
            top.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 8, 8, 8)
        self._rows.setSpacing(8)
        self._rows.addLayout(top)
        self._detail: QPlainTextEdit | None = None
        self.set_theme(theme)

    @property
    def weight(self) -> Weight:
        """How serious it is."""
        return self._weight

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        name, role = _ICON[self._weight]
        self._icon.setPixmap(picture(name, theme, role))
        self.update()

    def announce(self) -> None:
        """Let a screen reader say it now."""
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def event(self, event: QEvent) -> bool:
        return keeps_escape(event) or super().event(event)

    def sizeHint(self) -> QSize:
        """As high as its lines are at the width that it has: what it would like is no more than that."""
        hint = super().sizeHint()
        return QSize(hint.width(), self._rows.heightForWidth(self.width())) if self.isVisible() else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised card with a bar in the colour of its weight at the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._theme.role(_ICON[self._weight][1])
        painter.setPen(self._theme.strong_line)
        painter.setBrush(self._theme.raised)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.drawRoundedRect(box.adjusted(0, 8, -box.width() + 3, -8), 1.5, 1.5)

    def _unfold(self, on: bool) -> None:
        if self._detail is None:
            self._detail = QPlainTextEdit(self.why.detail, self)
            self._detail.setReadOnly(True)
            self._detail.setTabChangesFocus(True)
            self._detail.setAccessibleName("Details")
            self._detail.setFixedHeight(_DETAIL_HEIGHT_PX)
            self._rows.addWidget(self._detail)
        self._detail.setVisible(on)
        self._fold.setText("Hide details" if on else "Details")
        self.resized.emit()

    def _copy(self) -> None:
        more = self._report() if self._report is not None else ""
        QGuiApplication.clipboard().setText("\n\n".join(part for part in (report_of(self.why), more) if part))
        self._copied.setText("Copied")


class Banners(QWidget):
    """The strip above the work where troubles stand while they last: the newest in sight, older ones folded away.

    "2 more" unfolds them. The tracks keep their room however much goes wrong at once.
    """

    _MOST = 8

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "app")
        self._theme = theme
        self._shown: dict[str, ExplanationView] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(8, 8, 8, 0)
        self._rows.setSpacing(8)
        self._unfolded = False
        self.more = Button("Show older messages", self, kind="quiet")
        self.more.clicked.connect(self._fold_or_unfold)
        self._rows.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(False)

    @property
    def in_sight(self) -> tuple[str, ...]:
        """What can be read without unfolding, newest first."""
        return tuple(key for key in self.keys if not self._shown[key].isHidden())

    @property
    def keys(self) -> tuple[str, ...]:
        """What is shown, newest first, folded away or not."""
        return tuple(reversed(self._shown))

    def set_theme(self, theme: Theme) -> None:
        """Remember it for the next banner; those in sight are told by themselves."""
        self._theme = theme

    def put(
        self,
        key: str,
        why: Explanation,
        *,
        weight: Weight = "error",
        action: str = "",
        run: Callable[[], None] | None = None,
        report: Callable[[], str] | None = None,
    ) -> ExplanationView:
        """Show one; another of the same key is replaced."""
        self.take(key)
        view = ExplanationView(why, self._theme, self, weight=weight, action=action, run=run, report=report)
        view.dismissed.connect(lambda: self.take(key))
        self._shown[key] = view
        self._rows.insertWidget(0, view)
        for old in tuple(self._shown)[: -self._MOST]:
            self.take(old)
        self._fold()
        view.announce()
        return view

    def take(self, key: str) -> None:
        """Take one away; nothing happens when it is not there."""
        view = self._shown.pop(key, None)
        if view is not None:
            self._rows.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._fold()

    def _fold_or_unfold(self) -> None:
        self._unfolded = not self._unfolded
        self._fold()

    def _fold(self) -> None:
        """Show the newest one, or all of them, and how many there are besides."""
        older = len(self._shown) - 1
        self._unfolded = self._unfolded and older > 0
        for number, key in enumerate(self.keys):
            self._shown[key].setVisible(self._unfolded or number == 0)
        self.more.setText("Show only the newest" if self._unfolded else f"{older} more")
        self.more.setAccessibleName("Show only the newest" if self._unfolded else f"Show {older} more messages")
        self.more.setVisible(older > 0)
        self.setVisible(bool(self._shown))


def report_of(why: Explanation) -> str:
    """What somebody who helps needs to know of a failure."""
    return "\n".join(part for part in (f"[{why.code}] {why.title}", why.cause, why.remedy, why.detail) if part)
