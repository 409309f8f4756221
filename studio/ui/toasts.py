"""Words in passing: what happened, with at most one button, gone by themselves."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.controls import Button, IconButton, Text, surface
from studio.ui.theme import Theme

_PLAIN_MS: Final = 4000
_WITH_BUTTON_MS: Final = 10_000
_MOST: Final = 3
_WIDEST_PX: Final = 520
_ABOVE_PX: Final = 12
_BETWEEN_PX: Final = 12


class Toast(QWidget):
    """A sentence on a raised card, wrapped where it is long. Stays while the mouse or the keyboard is on it."""

    def __init__(self, text: str, theme: Theme, parent: QWidget, action: str, run: Callable[[], None] | None) -> None:
        super().__init__(parent)
        surface(self, "popover")
        self.setAccessibleName(text)
        self._line = Text(text, theme, wrap=True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 4, 4)
        row.setSpacing(_BETWEEN_PX)
        row.addWidget(self._line, 1)
        self._timer = QTimer(self, singleShot=True, interval=_WITH_BUTTON_MS if run else _PLAIN_MS)
        if action and run is not None:
            button = Button(action, kind="link")
            button.clicked.connect(run)
            button.clicked.connect(self.close)
            row.addWidget(button)
        close = IconButton("Dismiss", "close", theme, self)
        close.clicked.connect(self.close)
        row.addWidget(close)
        self._row = row
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._timer.timeout.connect(self._leave)
        self._timer.start()

    @property
    def text(self) -> str:
        """What it says."""
        return self._line.text()

    def fit(self, widest_px: int) -> None:
        """As wide as its words, or wrapped into as many lines as they need at the widest it may be."""
        beside = self._row.sizeHint().width() - self._line.sizeHint().width()
        metrics = self._line.fontMetrics()
        words = metrics.horizontalAdvance(self._line.text()) + 2
        width = min(words, widest_px - beside)
        self._line.setFixedWidth(width)
        self._line.setFixedHeight(self._line.heightForWidth(width))
        self.setFixedSize(width + beside, self._row.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()
        super().leaveEvent(event)

    def _leave(self) -> None:
        holder = QApplication.focusWidget()
        if holder is not None and self.isAncestorOf(holder):
            self._timer.start()
        else:
            self.close()


class Toasts(QWidget):
    """Where toasts stand: above the transport, in the middle of the window, the newest at the bottom."""

    def __init__(self, theme: Theme, window: QWidget, above: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window, self._above = theme, window, above
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        window.installEventFilter(self)
        above.installEventFilter(self)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is being said, oldest first."""
        return tuple(toast.text for toast in self._toasts())

    def set_theme(self, theme: Theme) -> None:
        """Remember it for the next toast."""
        self._theme = theme

    def say(self, text: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        """Show one more; the same words again only begin their time anew."""
        for toast in self._toasts():
            if toast.text == text:
                self._drop(toast)
        for old in self._toasts()[: max(0, len(self._toasts()) - _MOST + 1)]:
            self._drop(old)
        toast = Toast(text, self._theme, self, action, run)
        toast.destroyed.connect(self._place_soon)
        self._rows.addWidget(toast, 0, Qt.AlignmentFlag.AlignHCenter)
        toast.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _toasts(self) -> list[Toast]:
        items = (self._rows.itemAt(index) for index in range(self._rows.count()))
        return [toast for item in items if item is not None and isinstance(toast := item.widget(), Toast)]

    def _drop(self, toast: Toast) -> None:
        self._rows.removeWidget(toast)
        toast.close()

    def _place_soon(self) -> None:
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        if not self._toasts():
            self.hide()
            return
        width = min(_WIDEST_PX, self._window.width() - 48)
        for toast in self._toasts():
            toast.fit(width)
        height = self._rows.totalSizeHint().height()
        left = (self._window.width() - width) // 2
        top = self._above.mapTo(self._window, self._above.rect().topLeft()).y()
        self.setGeometry(left, top - height - _ABOVE_PX, width, height)
        self.show()
        self.raise_()
