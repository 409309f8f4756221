"""What lies over the tracks and changes without the sound being painted anew: selection, handles, playhead, words."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.model.levels import gain_text
from studio.model.project import Clip
from studio.session.selection import Selection
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.hit import fade_handle_y, fade_handles_x, gain_y
from studio.ui.timeline.rows import CLIP_HEADER, Row
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.sound import Loading, Missing

RADIUS = 6.0
_WORDS_PX = 64
_TAKE_WORDS_PX = 240


def paint_selection(painter: QPainter, selection: Selection, sight: Sight, colours: Colours) -> None:
    """The selected time on its tracks, accent at 18 %, or the edit cursor."""
    if selection.clips:  # their outlines say it
        return
    chosen = set(selection.tracks)
    left, right = (round(sight.viewport.x_of(sample)) for sample in (selection.start, selection.stop))
    width = sight.viewport.width_px
    if right < 0 or left > width:
        return
    for row in sight.rows.visible(sight.top, sight.height):
        if chosen and row.track not in chosen:
            continue
        top, height = row.top - sight.top, row.height - 1
        if selection.is_range:
            shown_left, shown_right = max(left, -2), min(right, width + 2)
            painter.fillRect(QRectF(shown_left, top, max(shown_right - shown_left, 1), height), colours.selection)
            for edge in (left, right - 1):
                painter.fillRect(QRectF(edge, top, 1, height), colours.accent)
        else:
            painter.fillRect(QRectF(left, top, 1, height), colours.accent)


def clip_box(clip: Clip, row: Row, sight: Sight) -> QRectF:
    """Where a clip is painted."""
    left, right = round(sight.viewport.x_of(clip.start)), round(sight.viewport.x_of(clip.end))
    return QRectF(left, row.clip_top - sight.top, max(right - left - 1, 1), row.clip_bottom - row.clip_top)


def paint_outline(painter: QPainter, box: QRectF, colour: QColor, width: float = 2.0) -> None:
    """The line around a selected clip."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    radius = min(RADIUS, box.width() / 2)
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def paint_handles(painter: QPainter, clip: Clip, row: Row, sight: Sight, colours: Colours) -> None:
    """Fade handles and the gain line of the clip under the mouse."""
    box = clip_box(clip, row, sight)
    if box.width() < _WORDS_PX / 2:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = gain_y(clip.gain_db, row) - sight.top
    line = QColor(colours.text)
    line.setAlphaF(0.75)
    painter.setPen(QPen(line, 1, Qt.PenStyle.CustomDashLine))
    pen = painter.pen()
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.drawLine(QPointF(max(box.left() + 1, 0), y), QPointF(min(box.right(), sight.viewport.width_px), y))
    painter.setPen(QPen(colours.text, 1.5))
    painter.setBrush(colours.panel)
    for x in fade_handles_x(clip, sight.viewport):
        painter.drawEllipse(QPointF(x, fade_handle_y(row) - sight.top), 4.0, 4.0)
    painter.restore()
    if clip.gain_db and box.width() > _WORDS_PX:
        place = QPointF(min(box.right(), sight.viewport.width_px) - 8, y)
        paint_pill(painter, gain_text(clip.gain_db), place, colours, align_right=True)


def paint_pill(painter: QPainter, text: str, at: QPointF, colours: Colours, *, align_right: bool = False) -> None:
    """A few words on a raised ground, centred on a height."""
    painter.save()
    painter.setFont(colours.theme.font("label", figures=True))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12
    left = at.x() - width if align_right else at.x()
    box = QRectF(left, at.y() - 9, width, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.strong_line, 1))
    painter.setBrush(colours.theme.raised)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(colours.text)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()


def paint_unready(
    painter: QPainter, clip: Clip, row: Row, state: Loading | Missing, sight: Sight, theme: Theme
) -> None:
    """Inside a clip whose sound cannot be drawn: how far its picture is, or why there is none."""
    box = clip_box(clip, row, sight).adjusted(10, CLIP_HEADER, -10, 0)
    box = box.intersected(QRectF(10, box.top(), sight.viewport.width_px - 20, box.height()))
    if box.width() < _WORDS_PX:
        return
    painter.setFont(theme.font("label", figures=True))
    if isinstance(state, Loading):
        middle = box.center().y()
        width = min(box.width(), 240.0)
        painter.setPen(theme.secondary)
        words = QRectF(box.left(), middle - 20, width, 16)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), f"{state.stage} {state.fraction * 100:.0f} %")
        track = QRectF(box.left(), middle, width, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.line)
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(theme.accent)
        if state.fraction > 0:
            painter.drawRoundedRect(QRectF(track.left(), track.top(), max(width * state.fraction, 4), 4), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    else:
        painter.setPen(theme.warning_text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box.adjusted(0, 4, 0, -4), int(flags), state.sentence)


def paint_axis(painter: QPainter, labels: Iterable[tuple[float, str]], top: float, theme: Theme) -> None:
    """Note names or frequencies along the left edge of a spectrogram."""
    painter.save()
    painter.setFont(theme.font("label", figures=True))
    ground = QColor(theme.panel)
    ground.setAlphaF(0.72)
    metrics = QFontMetricsF(painter.font())
    for y, text in labels:
        width = metrics.horizontalAdvance(text) + 8
        box = QRectF(0, top + y - 7, width, 14)
        painter.fillRect(box, ground)
        painter.setPen(theme.secondary)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.fillRect(QRectF(width, top + y, 6, 1), theme.secondary)
    painter.restore()


def paint_take(painter: QPainter, box: QRectF, theme: Theme, wave: NDArray[np.float32], words: str) -> None:
    """The take that is being recorded, as a clip that grows: a dot and a word too, because colour never stands alone.

    `wave` is peak and RMS of every pixel column from the left edge of what is in view.
    """
    painter.save()
    ground, pale = QColor(theme.error), QColor(theme.error)
    ground.setAlphaF(0.16)
    pale.setAlphaF(0.45)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    left = max(box.left(), 0.0)
    middle, half = (box.top() + CLIP_HEADER + box.bottom()) / 2, (box.height() - CLIP_HEADER) / 2 - 4
    for column, colour in ((0, pale), (1, theme.error)):
        heights = np.maximum(wave[:, column] * half, 0.5).tolist()
        painter.setPen(QPen(colour, 1))
        painter.drawLines(
            [QLineF(left + x, middle - height, left + x, middle + height) for x, height in enumerate(heights)]
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.error, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    font = theme.font("label", figures=True)
    if QFontMetricsF(font).horizontalAdvance(words) + 30 > box.right() - left:
        left = box.right()  # beside a block that is still narrow, so that they are whole from the first moment on
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.error)
    painter.drawEllipse(QPointF(left + 12, box.top() + CLIP_HEADER / 2 + 1), 4, 4)
    painter.setPen(theme.error_text)
    painter.setFont(font)
    place = QRectF(left + 22, box.top() + 1, _TAKE_WORDS_PX, CLIP_HEADER)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), words)
    painter.restore()


def focus_frame(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """The ring around what takes the keys."""
    path = QPainterPath()
    path.addRect(box.adjusted(1, 1, -1, -1))
    painter.strokePath(path, QPen(colour, 2))
