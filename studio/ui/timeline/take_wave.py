"""The picture of a take while it is being recorded: from the levels, because its sound is still being written."""

from studio.model.levels import db_to_gain
from studio.session.playhead import Levels
from studio.session.taking import Taking
from studio.ui.timeline.step_wave import STEPS_PER_S, StepWave


class TakeWave(StepWave):
    """Peak and RMS of the microphone, from the beginning of the take that runs."""

    def __init__(self) -> None:
        super().__init__()
        self._take = ""

    def feed(self, taking: Taking, levels: Levels) -> None:
        """Take in the newest levels; another take begins with an empty picture."""
        if taking.name != self._take:
            self._take = taking.name
            self.clear()
        step = int((levels.monotonic_s - taking.began_s) * STEPS_PER_S)
        if not taking.has_begun or step < 0:
            return
        peak = db_to_gain(max(levels.in_peak_db_l, levels.in_peak_db_r))
        rms = db_to_gain(max(levels.in_rms_db_l, levels.in_rms_db_r))
        self.hold(step, peak, rms)
