"""What the doctor found in recordings, with its number, and below it what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.model.voice import Finding
from studio.ui.controls import Text
from studio.ui.icons import picture
from studio.ui.theme import Theme


class FindingView(QWidget):
    """A sign that says how bad it is, and two lines."""

    def __init__(self, finding: Finding, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        sign = QLabel(self)
        sign.setPixmap(picture("error" if finding.grave else "warning", theme, "error" if finding.grave else "warning"))
        sign.setFixedSize(20, 20)
        self.setAccessibleName(f"{finding.sentence} {finding.remedy}")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Text(finding.sentence, theme, wrap=True))
        texts.addWidget(Text(finding.remedy, theme, tone="secondary", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
