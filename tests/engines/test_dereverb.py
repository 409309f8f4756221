"""The room goes, the voice stays."""

import numpy as np

from tests.helpers.dirty import clean_up, si_sdr_db, speech
from tests.helpers.voices import noise

RATE_HZ = 16000


def test_a_voice_in_a_room_comes_nearer() -> None:
    """Judged against the voice with its early reflections, the first 50 ms: they belong to it."""
    dry = speech(RATE_HZ)
    length = round(0.8 * RATE_HZ)
    tail = noise(length, seed=1) * np.exp(-6.9 * np.arange(length) / length)
    tail[: RATE_HZ // 500] = 0
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] = 1
    early = np.where(np.arange(length) < RATE_HZ // 20, tail, 0)
    in_room, wanted = (
        np.convolve(dry[:, 0], response)[: len(dry), None].astype(np.float32) for response in (tail, early)
    )

    found = clean_up("dereverb", in_room, RATE_HZ)

    assert si_sdr_db(wanted, found) > si_sdr_db(wanted, in_room) + 1.5


def test_half_the_strength_takes_out_half() -> None:
    sound = speech(RATE_HZ)[:RATE_HZ]

    whole, half = (sound - clean_up("dereverb", sound, RATE_HZ, strength) for strength in (1.0, 0.5))

    np.testing.assert_allclose(half, whole / 2, atol=1e-4)
