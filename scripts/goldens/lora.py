"""Writes Tests/CheckpointsTests/Goldens/lora: LoRAs for the random SDXL folder in every key style, and what they make
of the weights.

Reference: diffusers 0.42.1 with peft 0.21.2 (load_lora_weights, fuse_lora), torch 2.13.0. diffusers drops alphas that
differ from layer to layer in attentions (peft warns), so for `varied` the definition itself is computed.
"""

import pathlib

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import save_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
FOLDER = TESTS / "CheckpointsTests/Goldens/lora"
FOLDER.mkdir(parents=True, exist_ok=True)
SCALE = 0.7
BLOCK = "attentions.0.transformer_blocks.0"
# Layer, the authors' block name of it.
UNET = {
    f"down_blocks.1.{BLOCK}.attn1.to_q": f"input_blocks.4.1.{BLOCK[13:]}.attn1.to_q",
    f"down_blocks.2.{BLOCK}.attn2.to_k": f"input_blocks.7.1.{BLOCK[13:]}.attn2.to_k",
    f"down_blocks.2.{BLOCK}.attn2.to_out.0": f"input_blocks.7.1.{BLOCK[13:]}.attn2.to_out.0",
    f"mid_block.{BLOCK}.ff.net.2": f"middle_block.1.{BLOCK[13:]}.ff.net.2",
    "up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_v": "output_blocks.2.1.transformer_blocks.1.attn1.to_v",
    "up_blocks.1.attentions.1.proj_in": "output_blocks.4.1.proj_in",
}
CONVOLUTIONS = {
    "down_blocks.1.resnets.0.conv1": "input_blocks.4.0.in_layers.2",
    "down_blocks.1.resnets.0.conv_shortcut": "input_blocks.4.0.skip_connection",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.3.0.op",
    "up_blocks.0.resnets.1.conv2": "output_blocks.1.0.out_layers.3",
    "up_blocks.0.resnets.1.time_emb_proj": "output_blocks.1.0.emb_layers.1",
    "mid_block.resnets.1.conv2": "middle_block.2.out_layers.3",
}
TEXT = ["encoder.layers.0.self_attn.q_proj", "encoder.layers.1.self_attn.out_proj", "encoder.layers.1.mlp.fc1"]
generator = torch.Generator().manual_seed(7)


def pipeline() -> StableDiffusionXLPipeline:
    return StableDiffusionXLPipeline.from_pretrained(TESTS / "Goldens/sdxl", torch_dtype=torch.float32)


def matrices(weight: torch.Tensor, rank: int):
    down = torch.randn(rank, *weight.shape[1:], generator=generator) / weight[0].numel() ** 0.5
    up = torch.randn(weight.shape[0], rank, *[1] * (weight.ndim - 2), generator=generator) / rank**0.5
    return down.half(), up.half()


base = pipeline()
networks = {"unet": base.unet, "te1": base.text_encoder, "te2": base.text_encoder_2}
names = {"unet": "unet", "te1": "text_encoder", "te2": "text_encoder_2"}
layers = [("unet", name) for name in [*UNET, *CONVOLUTIONS]] + [(te, name) for te in ("te1", "te2") for name in TEXT]


def module(network: str, layer: str):
    root = networks[network]
    try:
        return root.get_submodule(layer)
    except AttributeError:
        return root.get_submodule(f"text_model.{layer}")


def random_lora(varied: bool) -> dict:
    """Layer: down, up, alpha."""
    return {
        (network, layer): (*matrices(module(network, layer).weight, 2 + i % 3 if varied else 4),
                           [1.0, 4.0, 0.5][i % 3] if varied else 3.0)
        for i, (network, layer) in enumerate(layers)}


def kohya(lora: dict, original: bool) -> dict:
    state = {}
    for (network, layer), (down, up, alpha) in lora.items():
        if network != "unet":
            key = f"lora_{network}_text_model_{layer}"
        else:
            key = f"lora_unet_{({**UNET, **CONVOLUTIONS}[layer] if original else layer)}"
        key = key.replace(".", "_")
        state |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": torch.tensor(alpha)}
    return state


def dotted(lora: dict, down_name: str, up_name: str, text_model: bool) -> dict:
    """Without alphas; text_model as older files have it."""
    state = {}
    for (network, layer), (down, up, _) in lora.items():
        prefix = names[network] + (".text_model" if network != "unet" and text_model else "")
        state |= {f"{prefix}.{layer}.{down_name}.weight": down, f"{prefix}.{layer}.{up_name}.weight": up}
    return state


def use(pipe: StableDiffusionXLPipeline) -> None:
    networks.update(unet=pipe.unet, te1=pipe.text_encoder, te2=pipe.text_encoder_2)


def weights() -> dict:
    return {f"{names[network]}.{layer}": module(network, layer).weight.detach().clone() for network, layer in layers}


def fused(state: dict) -> dict:
    pipe = pipeline()
    pipe.load_lora_weights(dict(state))
    pipe.fuse_lora(lora_scale=SCALE)
    pipe.unload_lora_weights()
    use(pipe)
    return weights()


def save(name: str, state: dict) -> dict:
    save_file({k: v.contiguous() for k, v in state.items()}, FOLDER / f"{name}.safetensors")
    return state


plain = weights()
uniform = random_lora(varied=False)
results = {
    "kohya": fused(save("kohya", kohya(uniform, original=False))),
    "kohya_original": fused(save("kohya_original", kohya(uniform, original=True))),
    "peft": fused(save("peft", dotted(uniform, "lora_A", "lora_B", text_model=True))),
}
# The same numbers in diffusers' older style.
save("diffusers", dotted(uniform, "lora.down", "lora.up", text_model=False))
for k, v in results["kohya"].items():
    assert torch.equal(v, results["kohya_original"][k]), k

use(base)
varied = random_lora(varied=True)
save("varied", kohya(varied, original=False))
results["varied"] = {}
for (network, layer), (down, up, alpha) in varied.items():
    weight = module(network, layer).weight
    update = up.double().flatten(1) @ down.double().flatten(1) * (SCALE * alpha / down.shape[0])
    results["varied"][f"{names[network]}.{layer}"] = (weight.double() + update.view_as(weight)).float()
for style, result in results.items():
    for k, v in result.items():
        assert not torch.allclose(v, plain[k], rtol=1e-2), (style, k)
# Large convolutions once are enough.
kept = {"kohya": "", "peft": "attn", "varied": "attn"}
save_file({f"{style}.{k}": v.contiguous() for style, part in kept.items() for k, v in results[style].items()
           if part in k or (style == "varied" and "downsamplers" in k)}, FOLDER / "fused.safetensors")
