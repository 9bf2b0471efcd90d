"""Writes Tests/ModelsTests/Goldens/prompt_weights.safetensors: weighted and long prompts as ComfyUI encodes them.

Reference: comfy/sd1_clip.py of https://github.com/comfyanonymous/ComfyUI at commit 00728eb, for the syntax, the cut into
sequences and the weights; the encoders themselves are transformers' (5.23.0, torch 2.13.0) on Tests/Goldens/sdxl, in float32
from its fp16 weights.

    python scripts/goldens/prompt_weights.py --comfyui DIR
"""

import argparse
import importlib
import json
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

tests = Path(__file__).parents[2] / "Tests"
sdxl = tests / "Goldens/sdxl"

# Parsed only.
SYNTAX = [
    "", "plain text, 1.3: (nothing", "an (important) word", "a (word:1.3) and (more words:.5), ((twice)) (((thrice)))",
    "(outer (inner) (set:0.7) rest)", "(outer (inner) rest:1.4)", "\\(literal\\) (with \\( inside:1.2)", "\\\\(two)",
    "stray) (after:1.5) it", "(un(balanced:2)", "(:1.2)", "(a:b:1.5)", "(a:)", "(a: 1.25 )", "(a:1e0)", "(a:-0.5)", "(a:1.3.1)",
    "[square:1.3] [[brackets]]", "()", "(())", "x(y:2)z", "(a:1.2)(b:0.8)", "(café ☕:1.1)\n(new line:0.9)", "(a:1.5",
    "a:1.5)", "(a (b:2) c:3)", "( a : 2)",
]

# Encoded.
PROMPTS = {
    "weighted": "portrait of a (person:1.3), ((watercolor)) painting, (blurry:0.4) \\(really\\)",
    "long": "a portrait of a person in a garden with flowers, (soft light:1.2), oil painting; hyperphotorealisticultradetailed " * 6,
    "negative": "(ugly:1.5), " + "deformed, low quality, " * 9,
}


def reference(folder: Path):
    for name in ("ops", "model_management", "clip_model"):
        sys.modules[f"comfy.{name}"] = types.ModuleType(f"comfy.{name}")
    sys.modules["comfy.model_management"].intermediate_device = lambda: torch.device("cpu")
    sys.modules["comfy.clip_model"].CLIPTextModel = None
    package = types.ModuleType("comfy")
    package.__path__ = [str(folder / "comfy")]
    for name in ("ops", "model_management", "clip_model"):
        setattr(package, name, sys.modules[f"comfy.{name}"])
    sys.modules["comfy"] = package
    sys.modules.setdefault("pkg_resources", types.ModuleType("pkg_resources")).resource_filename = None
    return importlib.import_module("comfy.sd1_clip")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--comfyui", type=Path, required=True)
    comfy = reference(parser.parse_args().comfyui)
    torch.use_deterministic_algorithms(True)

    class Encoder(comfy.ClipTokenWeightEncoder):
        def __init__(self, model, tokenizer, pad):
            self.model = model.eval()
            self.special_tokens = {"start": tokenizer.start_token, "end": tokenizer.end_token, "pad": pad}

        def encode(self, tokens):
            output = self.model(input_ids=torch.tensor(tokens), output_hidden_states=True)
            return output.hidden_states[-2].clone(), getattr(output, "text_embeds", None)

    tokenizers = [
        comfy.SDTokenizer(str(sdxl / "tokenizer")), comfy.SDTokenizer(str(sdxl / "tokenizer_2"), pad_with_end=False)]
    encoders = [
        Encoder(CLIPTextModel.from_pretrained(sdxl / "text_encoder", torch_dtype=torch.float32), tokenizers[0],
                tokenizers[0].end_token),
        Encoder(CLIPTextModelWithProjection.from_pretrained(sdxl / "text_encoder_2", torch_dtype=torch.float32),
                tokenizers[1], 0)]

    result = {}
    with torch.no_grad():
        for name, prompt in PROMPTS.items():
            pairs = [tokenizer.tokenize_with_weights(prompt) for tokenizer in tokenizers]
            (l_out, _), (g_out, pooled) = [
                encoder.encode_token_weights(pair) for encoder, pair in zip(encoders, pairs)]
            result[f"{name}.embeds"] = torch.cat([l_out, g_out], dim=-1)
            result[f"{name}.pooled"] = pooled
            result[f"{name}.ids"] = torch.tensor([[id for id, _ in sequence] for sequence in pairs[1]])
            result[f"{name}.weights"] = torch.tensor([[w for _, w in sequence] for sequence in pairs[1]])
            print(name, len(pairs[0]), "sequences")
    syntax = [
        [prompt, [[comfy.unescape_important(text), weight]
                  for text, weight in comfy.token_weights(comfy.escape_important(prompt), 1.0)]]
        for prompt in SYNTAX]
    save_file({key: value.contiguous() for key, value in result.items()},
              tests / "ModelsTests/Goldens/prompt_weights.safetensors",
              metadata={"prompts": json.dumps(PROMPTS), "syntax": json.dumps(syntax)})


if __name__ == "__main__":
    main()
