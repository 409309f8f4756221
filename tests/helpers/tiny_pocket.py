"""A Pocket TTS network of a few thousand weights, in the package's own format, made and saved here."""

import json
from pathlib import Path
from typing import Any

import torch
import yaml
from pocket_tts import TTSModel
from pocket_tts.utils.config import CONFIGS_DIR
from safetensors.torch import save_file

NAME = "tiny"
WORDS = 96


def tokenizer_json(words: int) -> str:
    """A tokenizer of single characters, in the format of the `tokenizers` library."""
    vocab = {"<unk>": 0} | {chr(32 + number): number for number in range(1, min(words, 95))}
    vocab |= {f"<{number}>": number for number in range(len(vocab), words)}
    model = {"type": "BPE", "vocab": vocab, "merges": [], "unk_token": "<unk>", "byte_fallback": False}
    return json.dumps({"version": "1.0", "model": model, "added_tokens": []})


def description(*, small: bool = True) -> dict[str, Any]:
    """What the package says of its English network, made small."""
    said: dict[str, Any] = yaml.safe_load((CONFIGS_DIR / "english_2026-10.yaml").read_text())
    said |= {"weights_path": None, "weights_path_without_voice_cloning": None}
    if not small:
        return said
    said["flow_lm"]["flow"] |= {"depth": 1, "dim": 32}
    said["flow_lm"]["transformer"] |= {"d_model": 32, "num_heads": 2, "num_layers": 2, "hidden_scale": 2}
    said["flow_lm"]["lookup_table"] |= {"dim": 32, "n_bins": WORDS}
    mimi = said["mimi"]
    mimi |= {"inner_dim": 8, "outer_dim": 16}
    mimi["seanet"] |= {"dimension": 16, "n_filters": 4}
    mimi["transformer"] |= {
        "d_model": 16, "num_heads": 2, "num_layers": 1, "dim_feedforward": 32, "input_dimension": 16,
        "output_dimensions": [16],
    }  # fmt: skip
    mimi["quantizer"] |= {"dimension": 8, "output_dimension": 16}
    return said


def write(folder: Path, *, small: bool = True, clones: bool = True, seed: int = 0) -> None:
    """Put an untrained network, its tokenizer and its description into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    name = NAME if small else "english_2026-10"
    said = description(small=small)
    words = said["flow_lm"]["lookup_table"]["n_bins"]
    (folder / "tokenizer.json").write_text(tokenizer_json(words), encoding="utf-8")
    said["flow_lm"]["lookup_table"]["tokenizer_path"] = str(folder / "tokenizer.json")
    described = folder / f"{name}.yaml"
    described.write_text(yaml.safe_dump(said), encoding="utf-8")
    torch.manual_seed(seed)
    made = TTSModel.load_model(config=described)
    with torch.no_grad():
        for parameter in made.parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, 0, parameter[0].numel() ** -0.5)
        made.flow_lm.emb_std.fill_(1.0)
        made.flow_lm.emb_mean.zero_()
        if not clones:
            made.flow_lm.speaker_proj_weight.zero_()
    save_file(made.state_dict(), folder / f"{name}.safetensors")
