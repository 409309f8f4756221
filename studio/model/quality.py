"""How steady and how clear a voice is on a held vowel, as phonetics measures it. Not a diagnosis."""

from msgspec import Struct


class VoiceQuality(Struct, frozen=True, kw_only=True):
    """Figures of a stretch of voice; None where there is too little of it.

    Norms differ from program to program: compare recordings that were made and measured alike.
    """

    length_s: float
    voiced_s: float
    pulses: int
    """How many periods were found."""
    median_hz: float | None
    jitter_local: float | None
    """Mean difference of neighbouring periods, as a share of the mean period."""
    jitter_rap: float | None
    """Each period against the mean of three around it."""
    jitter_ppq5: float | None
    """Each period against the mean of five around it."""
    shimmer_local: float | None
    """Mean difference of the amplitudes of neighbouring periods, as a share of their mean."""
    hnr_db: float | None
    """Harmonics to noise, median over the voiced frames."""
    cpp_db: float | None
    """Cepstral peak prominence, median over the voiced frames."""
    tilt_db_per_octave: float | None
    singing_power_ratio_db: float | None
    """The highest peak of 2 to 4 kHz against that of 0 to 2 kHz."""
    centroid_hz: float | None
    formants_hz: tuple[float, ...] = ()
    """Resonances of the throat and mouth, the lowest first: medians over the voiced frames, at most three."""
    ltas_step_hz: float = 0.0
    ltas_db: tuple[float, ...] = ()
    """Long-term average spectrum in bands of `ltas_step_hz` from 0 Hz on, dB below the strongest."""
