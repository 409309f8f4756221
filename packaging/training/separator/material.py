"""Writes what the network learns from: `python -m separator.material OUT --fonts FONT.sf2 ... --part 0 --mixes 500`.

`flite`, `festival` (with the voices named in `voices.py`) and `fluidsynth` have to be on the path. Voices and bands
are written first, then lessons made of them; several parts may run beside each other.
"""

import argparse
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from swift_f0 import SwiftF0

from separator.bands import band
from separator.mixes import lesson, mix
from separator.voices import RATE_HZ, voice
from studio.errors import StudioError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--voices", type=int, default=600)
    parser.add_argument("--bands", type=int, default=260)
    parser.add_argument("--mixes", type=int, default=500)
    wanted = parser.parse_args()
    part: int = wanted.part
    voices, bands, lessons, work = (wanted.out / name for name in ("voices", "bands", "lessons", f"work{part}"))
    for folder in (voices, bands, lessons, work):
        folder.mkdir(parents=True, exist_ok=True)
    for index in range(wanted.voices):
        try:
            sound = voice(np.random.default_rng([part, index]), work)
        except (subprocess.CalledProcessError, StudioError) as error:
            print(f"voice {index} was left out: {error}", flush=True)
            continue
        if len(sound) >= RATE_HZ and np.isfinite(sound).all():
            soundfile.write(voices / f"v{part}_{index:04d}.wav", sound.astype(np.float32), RATE_HZ, subtype="PCM_16")
    for index in range(wanted.bands):
        played = band(np.random.default_rng([part, index, 7]), work, wanted.fonts)
        soundfile.write(bands / f"a{part}_{index:04d}.wav", played.astype(np.float32), RATE_HZ, subtype="PCM_16")
    tracker = SwiftF0(threads=1, spin=False)
    known = sorted(voices.glob("*.wav")), sorted(bands.glob("*.wav"))
    for index in range(wanted.mixes):
        made = lesson(mix(np.random.default_rng([part, index, 3]), *known), tracker)
        unfinished = work / "lesson.npz"
        np.savez(unfinished, allow_pickle=False, **made)
        unfinished.rename(lessons / f"l{part}_{index:04d}.npz")
        print(index, flush=True)


if __name__ == "__main__":
    main()
