"""Calling the studio as a person does: another process, its own words."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

Studio = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Run `python -m studio` with words and return what came of it."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "studio", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=120, check=False)

    return run


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The one JSON object that a call with --json printed."""
    return msgspec.json.decode(done.stdout, type=dict[str, object])
