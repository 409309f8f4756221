"""`studio models` through the real worker, against a publisher on this machine."""

from pathlib import Path

import pytest

from tests.cli.conftest import Studio, answer
from tests.helpers.model_server import publisher, safetensors


def test_a_model_is_installed_checked_and_deleted_from_the_terminal(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    with publisher() as here:
        here.files = {"model.safetensors": safetensors(1 << 20, 0)}
        here.write_list(tmp_path / "config", here.entry())

        made = studio("models", "install", "net", "--json")
        here.files = {}

        assert made.returncode == 0, made.stderr
        card = answer(made)["model"]
        assert isinstance(card, dict)
        assert card["state"] == "installed"
        assert card["files"][0]["checked_by"] == "publisher"
        assert "as it was installed" in studio("models", "verify", "net").stdout
        (tmp_path / "data" / "models" / "net" / "model.safetensors").write_bytes(b"other")
        damaged = studio("models", "verify", "net")
        assert damaged.returncode == 1
        assert "no longer what was installed" in damaged.stderr
        assert "DAMAGED" in studio("models", "list").stdout
        gone = studio("models", "remove", "net", "--json")
        assert gone.returncode == 0, gone.stderr
        assert studio("models", "install").returncode == 2
