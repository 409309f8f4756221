"""The figures of a voice's quality as rows of words: what each is, its value with the unit, and what it means."""

from typing import NamedTuple

from studio.model.quality import VoiceQuality

NOT_A_DIAGNOSIS = (
    "Not a diagnosis. Such figures depend on the microphone, the room and the vowel, and programs differ: "
    "compare recordings that were made alike, of a vowel that is held."
)

_ABOUT_FORMANTS = "A resonance of the mouth: median over the voiced frames. Above 350 Hz overtones lie too far apart."


class QualityRow(NamedTuple):
    """One figure."""

    name: str
    value: str
    about: str


def rows(quality: VoiceQuality) -> tuple[QualityRow, ...]:
    """The figures of a stretch, "–" where there is too little voice for one."""
    return (
        QualityRow("Voiced", f"{quality.voiced_s:.2f} of {quality.length_s:.2f} s", "How much of it is voice."),
        QualityRow("Periods", f"{quality.pulses}", "How many periods the figures stand on."),
        QualityRow("Jitter, RAP", _percent(quality.jitter_rap), "Each period against the mean of three."),
        QualityRow("Jitter, PPQ5", _percent(quality.jitter_ppq5), "Each period against the mean of five."),
        QualityRow("Jitter, local", _percent(quality.jitter_local), "Each period against the next."),
        QualityRow("Shimmer, local", _percent(quality.shimmer_local), "The loudness of each period against the next."),
        QualityRow("Harmonics to noise", _number(quality.hnr_db, "dB"), "HNR: median over the voiced frames."),
        QualityRow("Cepstral peak", _number(quality.cpp_db, "dB"), "CPP: how far the pitch stands out."),
        QualityRow(
            "Tilt",
            _number(quality.tilt_db_per_octave, "dB/octave"),
            "Slope of the average spectrum, from the voice to 5 kHz.",
        ),
        QualityRow(
            "Singer’s formant",
            _number(quality.singing_power_ratio_db, "dB"),
            "Singing power ratio: the highest peak of 2 to 4 kHz against that below 2 kHz.",
        ),
        *(QualityRow(f"Formant F{number}", _formant(quality, number), _ABOUT_FORMANTS) for number in (1, 2, 3)),
        QualityRow("Centre of gravity", _number(quality.centroid_hz, "Hz", 0), "Of the average spectrum."),
    )


def table(quality: VoiceQuality) -> str:
    """The figures and the average spectrum as text for a spreadsheet, a tab between cells."""
    lines = [f"{row.name}\t{row.value}" for row in rows(quality)]
    lines += ["", "Band from (Hz)\tLevel (dB)"]
    lines += [f"{at * quality.ltas_step_hz:.0f}\t{level:.1f}" for at, level in enumerate(quality.ltas_db)]
    return "\n".join(lines) + "\n"


def _formant(quality: VoiceQuality, number: int) -> str:
    return _number(quality.formants_hz[number - 1] if len(quality.formants_hz) >= number else None, "Hz", 0)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"


def _number(value: float | None, unit: str, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f} {unit}".replace("-", "−")
