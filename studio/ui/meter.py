"""The level meter: two bars with peak hold, and a clip light that stays until it is clicked."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.levels import SILENCE_DB
from studio.ui.theme import Theme

FLOOR_DB: Final = -60.0
GOOD_TO_DB: Final = -18.0
AMBER_TO_DB: Final = -1.0
HOLD_S: Final = 1.5
FALL_DB_PER_S: Final = 24.0
_MARKS_DB: Final = (-48, -36, -24, -18, -12, -6, 0)
_FULL_DB: Final = -0.01
_LIGHT_PX: Final = 36
_BAR_PX: Final = 5


class Held:
    """One channel's shown level, falling evenly, and the highest of the last moments, held."""

    def __init__(self) -> None:
        self.level_db = SILENCE_DB
        self.peak_db = SILENCE_DB
        self._peak_at_s = 0.0
        self._at_s = 0.0

    def feed(self, db: float, now_s: float) -> bool:
        """Take in a new level; return whether something that is drawn has changed."""
        before = (self.level_db, self.peak_db)
        fallen = self.level_db - FALL_DB_PER_S * max(0.0, now_s - self._at_s)
        self._at_s = now_s
        self.level_db = max(db, fallen, SILENCE_DB)
        if db >= self.peak_db or now_s - self._peak_at_s > HOLD_S:
            self.peak_db, self._peak_at_s = max(db, SILENCE_DB), now_s
        return (max(self.level_db, FLOOR_DB), max(self.peak_db, FLOOR_DB)) != (
            max(before[0], FLOOR_DB),
            max(before[1], FLOOR_DB),
        )


class Meter(QWidget):
    """-60 to 0 dBFS, good to -18, red above the level of the warning, which also lights the light beside it.

    The light stays on, with the highest level in it, until the meter is clicked.
    """

    cleared = Signal()

    def __init__(
        self, name: str, theme: Theme, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._theme, self._clock, self._name = theme, clock, name
        self._channels = (Held(), Held())
        self._clipped_db: float | None = None
        self._warn_above_db = AMBER_TO_DB
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._describe()

    @property
    def clipped_db(self) -> float | None:
        """The highest level above the warning since the light was put out; None while it is out."""
        return self._clipped_db

    def sizeHint(self) -> QSize:
        return QSize(200, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 28)

    def warn_above(self, db: float) -> None:
        """Turn red, and light the light, above this level in dBFS."""
        if db != self._warn_above_db:
            self._warn_above_db = db
            self._describe()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def feed(self, left_db: float, right_db: float) -> None:
        """Show new peaks."""
        now_s = self._clock()
        changed = [held.feed(db, now_s) for held, db in zip(self._channels, (left_db, right_db), strict=True)]
        loudest = max(left_db, right_db)
        if loudest >= min(self._warn_above_db, _FULL_DB) and (self._clipped_db is None or loudest > self._clipped_db):
            self._clipped_db = loudest
            self._describe()
            changed.append(True)
        if any(changed):
            self.update()

    @property
    def is_still(self) -> bool:
        """Whether nothing of the bars is left to fall."""
        return all(held.level_db <= FLOOR_DB and held.peak_db <= FLOOR_DB for held in self._channels)

    def clear(self) -> None:
        """Put the clip light out."""
        if self._clipped_db is not None:
            self._clipped_db = None
            self._describe()
            self.update()
        self.cleared.emit()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = QRectF(2, self.height() / 2 - 8, self.width() - _LIGHT_PX - 10, 18)
        for index, held in enumerate(self._channels):
            self._paint_bar(
                painter, QRectF(bars.left(), bars.top() + index * (_BAR_PX + 2), bars.width(), _BAR_PX), held
            )
        painter.setPen(QPen(self._theme.strong_line, 1))
        for db in _MARKS_DB:
            x = round(_x(db, bars)) - 0.5
            painter.drawLine(QPointF(x, bars.top() + 14), QPointF(x, bars.top() + (18 if db in (0, -18) else 16)))
        self._paint_light(painter, QRectF(self.width() - _LIGHT_PX, bars.top() - 2, _LIGHT_PX - 2, 16))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 5, 5)

    def _paint_bar(self, painter: QPainter, bar: QRectF, held: Held) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.hover)
        painter.drawRoundedRect(bar, 2, 2)
        level_x = _x(held.level_db, bar)
        for low, high, colour in self._zones():
            left, right = _x(low, bar), min(_x(high, bar), level_x)
            if right > left:
                painter.fillRect(QRectF(left, bar.top(), right - left, bar.height()), colour)
        if held.peak_db > FLOOR_DB:
            x = _x(held.peak_db, bar)
            painter.fillRect(QRectF(min(x, bar.right() - 2), bar.top(), 2, bar.height()), self._colour(held.peak_db))

    def _paint_light(self, painter: QPainter, box: QRectF) -> None:
        lit = self._clipped_db is not None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.error if lit else self._theme.hover)
        painter.drawRoundedRect(box, 3, 3)
        if lit:
            painter.setPen(QColor("#000000") if self._theme.is_dark else QColor("#FFFFFF"))
            painter.setFont(self._theme.font("label", figures=True))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _peak(self._clipped_db or 0.0))

    def _zones(self) -> tuple[tuple[float, float, QColor], ...]:
        theme, warn = self._theme, max(self._warn_above_db, FLOOR_DB)
        good_to = min(GOOD_TO_DB, warn)
        return (
            (FLOOR_DB, good_to, theme.good),
            (good_to, warn, theme.warning),
            (warn, 0.0, theme.error),
        )

    def _colour(self, db: float) -> QColor:
        return next((colour for _low, high, colour in self._zones() if db <= high), self._theme.error)

    def _describe(self) -> None:
        peak, warn = self._clipped_db, _peak(self._warn_above_db)
        if peak is None:
            state, words = "not clipped", f"{self._name}, −60 to 0 dBFS, red above {warn} dBFS"
        elif peak >= _FULL_DB:
            state, words = (
                f"clipped at {peak:+.1f} dBFS, click to clear",
                f"Clipped at {_peak(peak)} dBFS. Click to clear.",
            )
        else:
            state = f"peak of {peak:+.1f} dBFS, click to clear"
            words = f"Peak of {_peak(peak)} dBFS, above {warn}. Click to clear."
        self.setAccessibleName(f"{self._name}, {state}")
        self.setToolTip(words)


def _peak(db: float) -> str:
    """A peak with its sign: "+0.4", "−1.0"; full scale is "0.0"."""
    text = f"{db:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def _x(db: float, bar: QRectF) -> float:
    share = (min(max(db, FLOOR_DB), 0.0) - FLOOR_DB) / -FLOOR_DB
    return bar.left() + share * bar.width()
