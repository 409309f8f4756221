"""The figures of a note beside the take, or what the notes come to where none is in hand."""

import math

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.model.measures import NoteMeasures, Summary
from studio.ui.controls import Text
from studio.ui.theme import Theme

_ROWS = 8
_NAME_PX = 96


class NoteFigures(QWidget):
    """Names at the left, numbers with their units at the right; rows that have nothing to say are not there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Figures of the note")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self._names, self._values = [], []
        for row in range(_ROWS):
            name, value = Text("", theme, self, tone="secondary"), Text("", theme, self, figures=True)
            name.setMinimumWidth(_NAME_PX)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._names.append(name)
            self._values.append(value)
        grid.setColumnStretch(1, 1)

    @property
    def rows(self) -> dict[str, str]:
        """What is said."""
        pairs = zip(self._names, self._values, strict=True)
        return {name.text(): value.text() for name, value in pairs if name.text()}

    def show_note(self, note: NoteMeasures, against: str = "") -> None:
        """Show one note; `against` says what it was measured against, where that is not equal temperament."""
        vibrato = note.vibrato
        rows = [(f"From {against}", _cents(note.off_cents))] if against else []
        rows += [
            ("Held", f"{note.duration_s:.2f} s"),
            ("Begins", _cents(note.onset_cents)),
            ("Settles after", _number(note.settle_s, "{:.2f} s")),
            ("Drifts", _cents(note.drift_cents_a_s, " ¢/s")),
        ]
        if vibrato is not None:
            rows += [
                ("Vibrato from", f"{vibrato.onset_s:.2f} s, {note.vibrato_share:.0%} of it".replace("%", " %")),
                ("Regularity", f"{vibrato.regularity:.2f}, {vibrato.cycles:.1f} cycles"),
                ("Sure to", f"±{vibrato.rate_error_hz:.2f} Hz, ±{vibrato.extent_error_cents:.0f} ¢"),
            ]
        else:
            rows.append(("Steady to", _number(note.sd_cents, "±{:.0f} ¢")))
        self._show(rows)

    def show_summary(self, all_notes: Summary, against: str = "") -> None:
        """Show what many notes come to; `against` names the melody that they were sung to."""
        rows = [
            ("Notes", str(all_notes.notes)),
            ("Sung", f"{all_notes.sung_s:.1f} s"),
            ("Off on average", _cents(all_notes.off_cents)),
            ("Spread", _number(all_notes.off_spread_cents, "±{:.0f} ¢")),
            ("Within 25 ¢", _number(all_notes.within_25 * 100, "{:.0f} % of the time")),
        ]
        if against:
            rows.append(("Against", against))
        if not math.isnan(all_notes.vibrato_rate_hz):
            extent = all_notes.vibrato_half_extent_cents
            rows.append(("Vibrato", f"{all_notes.vibrato_rate_hz:.1f} Hz ±{extent:.0f} ¢"))
        self._show(rows)

    def _show(self, rows: list[tuple[str, str]]) -> None:
        rows += [("", "")] * (_ROWS - len(rows))
        for (name, value), label, number in zip(rows, self._names, self._values, strict=True):
            label.setText(name)
            number.setText(value)
            number.setAccessibleName(f"{name} {value}")
        self.setAccessibleDescription(", ".join(f"{name} {value}" for name, value in self.rows.items()))
        self.adjustSize()


def _cents(cents: float, unit: str = " ¢") -> str:
    if math.isnan(cents):
        return "–"
    return f"{'−' if round(cents) < 0 else '+'}{abs(round(cents))}{unit}"


def _number(value: float, form: str) -> str:
    return "–" if math.isnan(value) else form.format(value)
