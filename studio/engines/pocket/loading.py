"""From a folder to a Pocket TTS network: its own loading code, with every address in its description made local.

A folder holds `NAME.safetensors`, a tokenizer, and `NAME.yaml` where the package itself does not bring the
description of that name. The description is read as plain data, and nothing that it names is fetched.
"""

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from studio.engines.device import torch_device
from studio.errors import StudioError, is_out_of_memory

if TYPE_CHECKING:
    from pocket_tts import TTSModel

_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model")
PRESET: Final = "voice-"


def network(folder: Path) -> "TTSModel":
    """The network of a folder in single precision on the CPU; a `StudioError` says what is wrong with its files."""
    from pocket_tts import TTSModel

    torch_device()  # sets the number of threads
    logging.getLogger("pocket_tts").setLevel(logging.ERROR)
    weights = weights_of(folder)
    try:
        with tempfile.TemporaryDirectory() as place:
            described = Path(place) / f"{weights.stem}.yaml"
            described.write_text(_description(folder, weights), encoding="utf-8")
            made = TTSModel.load_model(config=described)
    except Exception as error:
        if is_out_of_memory(error) or isinstance(error, StudioError):
            raise
        raise _refused(weights, "It is damaged, or no network of Pocket TTS.") from error
    made.has_voice_cloning = bool(made.flow_lm.speaker_proj_weight.abs().sum())
    made.max_decoder_frames_per_call = 1  # else how many frames meet in the decoder, and the last bit, is up to chance
    return made.eval()


def weights_of(folder: Path) -> Path:
    """The file with the weights."""
    found = [path for path in sorted(folder.glob("*.safetensors")) if not path.name.startswith(PRESET)]
    if not found:
        raise _refused(folder, "It holds no weights.")
    return found[0]


def _description(folder: Path, weights: Path) -> str:
    import yaml
    from pocket_tts.utils.config import CONFIGS_DIR

    own = folder / f"{weights.stem}.yaml"
    text = (own if own.exists() else CONFIGS_DIR / own.name).read_text(encoding="utf-8")
    said: dict[str, Any] = yaml.safe_load(text)
    tokenizer = next((folder / name for name in _TOKENIZERS if (folder / name).exists()), None)
    if tokenizer is None:
        raise _refused(folder, "It holds no tokenizer.")
    said["weights_path"] = str(weights)
    said["weights_path_without_voice_cloning"] = None
    said["mimi"]["weights_path"] = None
    said["flow_lm"]["weights_path"] = None
    said["flow_lm"]["lookup_table"]["tokenizer_path"] = str(tokenizer)
    described: str = yaml.safe_dump(said)
    return described


def _refused(file: Path, cause: str) -> StudioError:
    return StudioError(
        "pocket.file",
        f"{file.name} could not be loaded.",
        cause=cause,
        remedy="Delete the model and install it again, or choose another engine.",
    )
