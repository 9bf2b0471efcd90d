"""SDXL base as a diffusers folder and as one file, another UNet, and two LoRAs, in half precision.

Networks are built without numbers; these are made and written one tensor at a time, so memory stays small.
"""

import gzip
import importlib.util
import json
import struct
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from safetensors import safe_open
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from .filling import random_tensor

UNET = dict(
    sample_size=128, block_out_channels=(320, 640, 1280), transformer_layers_per_block=(1, 2, 10),
    attention_head_dim=(5, 10, 20), cross_attention_dim=2048, addition_embed_type="text_time",
    addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816, use_linear_projection=True,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), layers_per_block=2)
VAE = dict(
    block_out_channels=(128, 256, 512, 512), sample_size=1024, layers_per_block=2, latent_channels=4,
    scaling_factor=0.13025, force_upcast=True,
    down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
TEXT = dict(
    vocab_size=49408, max_position_embeddings=77, hidden_act="quick_gelu", hidden_size=768, intermediate_size=3072,
    projection_dim=768, num_attention_heads=12, num_hidden_layers=12, bos_token_id=0, eos_token_id=2)
TEXT_2 = TEXT | dict(
    hidden_act="gelu", hidden_size=1280, intermediate_size=5120, projection_dim=1280, num_attention_heads=20,
    num_hidden_layers=32)
FILES = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model", "text_encoder": "model",
         "text_encoder_2": "model"}


def meta():
    return torch.device("meta")


def networks() -> dict:
    with meta():
        return {"unet": UNet2DConditionModel(**UNET), "vae": AutoencoderKL(**VAE),
                "text_encoder": CLIPTextModel(CLIPTextConfig(**TEXT)),
                "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig(**TEXT_2))}


def state_of(model) -> dict:
    """transformers 5 leaves out the prefix that the Hub's files have."""
    return {k if k.startswith("text_") or "Text" not in type(model).__name__ else f"text_model.{k}": v
            for k, v in model.state_dict().items()}


def write_safetensors(path: Path, shapes: dict, tensor) -> None:
    """A .safetensors file of half precision whose tensors `tensor(name)` makes one by one.

    safetensors' own writer wants all of them at once.
    """
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes.items():
        start, end = end, end + 2 * torch.Size(shape).numel()
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in shapes:
            file.write(tensor(name).contiguous().numpy().tobytes())
    with safe_open(path, "pt") as written:
        assert set(written.keys()) == set(shapes)


def write_random(path: Path, shapes: dict, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    write_safetensors(path, shapes, lambda name: random_tensor(name, shapes[name], generator, torch.float16))


def shapes_of(model) -> dict:
    return {name: value.shape for name, value in state_of(model).items()}


def folder(path: Path, pulid: Path, seed: int) -> None:
    """stabilityai/stable-diffusion-xl-base-1.0 with the names of its half precision files."""
    for index, (name, model) in enumerate(networks().items()):
        (model.save_config if hasattr(model, "save_config") else model.config.save_pretrained)(path / name)
        write_random(path / name / f"{FILES[name]}.fp16.safetensors", shapes_of(model), seed + index)
    EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1,
    ).save_pretrained(path / "scheduler")
    index = {name: ["transformers", "CLIPTokenizer"] for name in ("tokenizer", "tokenizer_2")}
    index |= {"unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
              "text_encoder": ["transformers", "CLIPTextModel"], "scheduler": ["diffusers", "EulerDiscreteScheduler"],
              "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"]}
    (path / "model_index.json").write_text(json.dumps({
        "_class_name": "StableDiffusionXLPipeline", "_diffusers_version": "0.19.0.dev0", **index,
        "force_zeros_for_empty_prompt": True, "add_watermarker": None}, indent=2) + "\n")
    tokenizer(path / "tokenizer", pulid, "<|endoftext|>")
    tokenizer(path / "tokenizer_2", pulid, "!")


def tokenizer(path: Path, pulid: Path, pad: str) -> None:
    """CLIP's own vocabulary, which PuLID's code has with it; openai/CLIP: clip/simple_tokenizer.py."""
    text = gzip.open(pulid / "eva_clip/bpe_simple_vocab_16e6.txt.gz").read().decode()
    merges = [tuple(line.split()) for line in text.split("\n")[1 : 49152 - 256 - 2 + 1]]
    codes = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(code) for code in codes] + [chr(256 + i) for i in range(256 - len(codes))]
    words = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge) for merge in merges),
             "<|startoftext|>", "<|endoftext|>"]
    assert len(words) == TEXT["vocab_size"]
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
               "pad_token": pad}
    path.mkdir(parents=True, exist_ok=True)
    (path / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}, ensure_ascii=False))
    (path / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
    (path / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
    (path / "tokenizer_config.json").write_text(json.dumps(
        {**special, "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True}, indent=2) + "\n")


def one_file(path: Path, source: Path, diffusers: Path) -> None:
    """The folder's weights in the authors' layout, converted by diffusers' own script."""
    script = diffusers / "scripts/convert_diffusers_to_original_sdxl.py"
    spec = importlib.util.spec_from_file_location("to_original", script)
    official = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(official)
    parts = {name: safe_open(source / name / f"{file}.fp16.safetensors", "pt") for name, file in FILES.items()}
    read = {name: {key: part.get_tensor(key) for key in part.keys()} for name, part in parts.items()}
    state = {f"model.diffusion_model.{k}": v for k, v in official.convert_unet_state_dict(read["unet"]).items()}
    state |= {f"first_stage_model.{k}": v for k, v in official.convert_vae_state_dict(read["vae"]).items()}
    state |= {f"conditioner.embedders.0.transformer.{k}": v for k, v in read["text_encoder"].items()}
    text = official.convert_openclip_text_enc_state_dict(read["text_encoder_2"])
    text["text_projection"] = text.pop("text_projection.weight").T
    state |= {f"conditioner.embedders.1.model.{k}": v for k, v in text.items()}
    write_safetensors(path, {name: value.shape for name, value in state.items()}, state.__getitem__)


def lightning_unet(path: Path, seed: int) -> None:
    """sdxl_lightning_4step_unet.safetensors: a whole UNet with diffusers' names."""
    with meta():
        unet = UNet2DConditionModel(**UNET)
    write_random(path, shapes_of(unet), seed)


def lora_layers(convolutions: bool, text_encoders: bool) -> dict:
    """The weights' shapes by kohya's keys: the transformers', and those around them if asked for."""
    with meta():
        unet = UNet2DConditionModel(**UNET)
    layers = {f"lora_unet_{name}": module.weight.shape for name, module in unet.named_modules()
              if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d))
              and (".attentions." in name or convolutions and name.startswith(("down_", "mid_", "up_")))}
    if text_encoders:
        models = networks()
        for prefix, name in (("lora_te1", "text_encoder"), ("lora_te2", "text_encoder_2")):
            layers |= {f"{prefix}_{key.removesuffix('.weight')}": shape for key, shape in shapes_of(models[name]).items()
                       if ".layers." in key and key.endswith(".weight") and len(shape) == 2}
    return {key.replace(".", "_"): shape for key, shape in layers.items()}


def lora(path: Path, rank: int, seed: int, convolutions: bool, text_encoders: bool) -> None:
    """kohya's keys, as networks/lora.py of kohya-ss/sd-scripts has them."""
    shapes = {}
    for key, shape in lora_layers(convolutions, text_encoders).items():
        shapes[f"{key}.alpha"] = ()
        shapes[f"{key}.lora_down.weight"] = (rank, *shape[1:])
        shapes[f"{key}.lora_up.weight"] = (shape[0], rank, *[1] * (len(shape) - 2))
    generator = torch.Generator().manual_seed(seed)

    def tensor(name: str) -> torch.Tensor:
        if name.endswith(".alpha"):
            return torch.tensor(rank / 2, dtype=torch.float16)
        return random_tensor(name, shapes[name], generator, torch.float16) * (0.1 if "lora_up" in name else 1)

    write_safetensors(path, shapes, tensor)
