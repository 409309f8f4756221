"""Folders as Piper and Kokoro publish them, with networks so small that a test writes them."""

import json
from pathlib import Path

import numpy as np

from tests.helpers.onnx_writer import kokoro_network, piper_network

PIPER = {
    "audio": {"sample_rate": 16000},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
    "num_symbols": 256,
    "num_speakers": 1,
    "speaker_id_map": {},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2]} | {chr(code): [code % 250 + 3] for code in range(32, 1000)},
}


def write_piper(folder: Path, network: bytes | None = None, card: bytes | None = None) -> Path:
    folder.mkdir()
    (folder / "aunt.onnx").write_bytes(piper_network() if network is None else network)
    (folder / "aunt.onnx.json").write_bytes(json.dumps(PIPER).encode() if card is None else card)
    return folder


def write_kokoro(folder: Path, network: bytes | None = None, voices: bytes | None = None) -> Path:
    folder.mkdir()
    (folder / "kokoro.onnx").write_bytes(kokoro_network() if network is None else network)
    if voices is None:
        levels = [np.full((510, 1, 8), level, np.float32) for level in (0.1, -0.2, 0.0)]
        with (folder / "voices.bin").open("wb") as file:
            np.savez(file, af_ada=levels[0], bm_bob=levels[1], zf_lin=levels[2])
    else:
        (folder / "voices.bin").write_bytes(voices)
    return folder
