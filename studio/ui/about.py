"""What this program is, which version, under which licence, and what it stands on."""

import platform

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio import __version__
from studio.commands.help import report
from studio.session.desk import Desk
from studio.ui.controls import Button, Text
from studio.ui.icons import picture
from studio.ui.theme import Theme

_WIDTH_PX = 420


class About(QDialog):
    """A few lines; the report for those who help is one button away."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Melisma Studio")
        self.setFixedWidth(_WIDTH_PX)
        sign = QLabel(self)
        sign.setPixmap(picture("wave", theme, "accent", size=40))
        copy = Button("Copy report", self)
        copy.clicked.connect(lambda: desk.asks.copy_text(report(desk)))
        copy.clicked.connect(lambda: copy.setText("Copied"))
        close = Button("Close", self, kind="primary")
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 24, 24, 16)
        rows.setSpacing(8)
        rows.addWidget(sign)
        rows.addWidget(Text("Melisma Studio", theme, size="heading"))
        rows.addWidget(Text(f"Version {__version__}", theme, tone="secondary"))
        rows.addSpacing(8)
        rows.addWidget(Text("A voice studio that works offline. Your sound stays on this computer.", theme, wrap=True))
        made_of = f"GPL-3.0-or-later. Python {platform.python_version()}, Qt {PySide6.__version__}, Praat, FFmpeg."
        rows.addWidget(Text(made_of, theme, tone="secondary", wrap=True))
        rows.addSpacing(8)
        rows.addLayout(buttons)
