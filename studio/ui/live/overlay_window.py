"""The window that lays the overlays over the screen: seen through, never in the way of the mouse or the keyboard."""

from typing import Final

from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent, QRegion, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from studio.errors import Explanation, StudioError
from studio.ipc.preview import Preview
from studio.model.overlays import Overlay
from studio.protocol.capture import OverlaysFloated
from studio.session.desk import Desk

_LOOK_MS: Final = 33
_FLAGS: Final = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.NoDropShadowWindowHint
)
ON_WAYLAND: Final = Explanation(
    code="overlay.wayland",
    title="The overlays are not laid over the screen.",
    cause="This desktop (Wayland) lets no program put a window above those of others.",
    remedy="Use the page for a browser source, or log in to an X11 (Xorg) session.",
)


class OverlayPane(QWidget):
    """What is over the screen. Draws the newest picture, if there is a newer one, and never waits for it."""

    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setWindowTitle("Melisma Studio overlays")
        for attribute in (
            Qt.WidgetAttribute.WA_TranslucentBackground,
            Qt.WidgetAttribute.WA_ShowWithoutActivating,
            Qt.WidgetAttribute.WA_TransparentForMouseEvents,
        ):
            self.setAttribute(attribute)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.image: QImage | None = None
        self._preview: Preview | None = None
        self._name = ""
        self._number = 0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._take)

    def show_over(self, screen: QScreen, shown: OverlaysFloated, overlays: tuple[Overlay, ...]) -> None:
        """Lie over a screen, and show these pictures."""
        scale, region = screen.devicePixelRatio(), shown.region
        corner = screen.geometry().topLeft()
        self.setGeometry(
            corner.x() + round(region.left / scale),
            corner.y() + round(region.top / scale),
            max(1, round(region.width / scale)),
            max(1, round(region.height / scale)),
        )
        if shown.blends:
            self.clearMask()
        else:  # what is transparent would be black: leave out at least what lies between the overlays
            self.setMask(self._boxes(screen.geometry(), overlays))
        if shown.preview != self._name:
            self._attach(shown.preview)
        self.setVisible(bool(region.width))
        self._timer.start()

    def leave(self) -> None:
        """Show nothing any more."""
        self._timer.stop()
        self.hide()
        self._let_go()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        if self.image is None:
            painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        else:
            painter.drawImage(QRectF(self.rect()), self.image)

    def _boxes(self, screen: QRect, overlays: tuple[Overlay, ...]) -> QRegion:
        boxes = QRegion()
        for one in overlays:
            left, top = one.left * screen.width(), one.top * screen.height()
            box = QRectF(left, top, one.width * screen.width(), one.height * screen.height()).toAlignedRect()
            boxes += box.translated(screen.topLeft() - self.pos())
        return boxes

    def _attach(self, name: str) -> None:
        self._let_go()
        try:
            self._preview = Preview.attach(name)
            self._name = name
        except StudioError:  # the worker has died since; its successor is asked again
            self._preview = None

    def _let_go(self) -> None:
        if self._preview is not None:
            self._preview.close()
        self._preview, self._name, self._number, self.image = None, "", 0, None

    def _take(self) -> None:
        shown = self._preview.newer_than(self._number) if self._preview is not None else None
        if shown is None:
            return
        self._number = shown.number
        height, width = shown.picture.shape[:2]
        self._pixels = shown.picture  # the image looks at the array and does not own it
        self.image = QImage(self._pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        self.update()


class OverlayWindowHost(QObject):
    """Has the window while the session wants it, on the screen that is recorded, and takes it away with the program."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.pane: OverlayPane | None = None
        self._over: QScreen | None = None
        desk.overlay_window.changed.connect(self._follow)
        desk.capturing.changed.connect(self._follow_screen)
        desk.overlay_window.failed.connect(desk.asks.show)
        application = QApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self._close)
        parent.destroyed.connect(self._close)
        self._follow()

    def _follow(self) -> None:
        window = self._desk.overlay_window
        if not window.on:
            self._close()
            return
        if QGuiApplication.platformName().startswith("wayland"):
            window.refuse(ON_WAYLAND)
            return
        screen = self._screen()
        if self.pane is None:
            self.pane, self._over = OverlayPane(), None
        if screen is not self._over:
            self._over = screen
            size = screen.size() * screen.devicePixelRatio()
            window.fit(size.width(), size.height())
        if window.shown is None:
            self.pane.leave()
        else:
            self.pane.show_over(screen, window.shown, self._desk.document.project.overlays)

    def _follow_screen(self) -> None:
        """Another monitor was chosen: the overlays belong over that one."""
        if self.pane is not None and self._screen() is not self._over:
            self._follow()

    def _screen(self) -> QScreen:
        """The one that is recorded, or the first."""
        monitor = self._desk.capturing.source.monitor
        named = (screen for screen in QGuiApplication.screens() if monitor and screen.name() == monitor)
        return next(named, QGuiApplication.primaryScreen())

    def _close(self) -> None:
        pane, self.pane = self.pane, None
        if pane is not None:
            pane.leave()
            pane.deleteLater()
