"""How far PyTorch's networks in bfloat16 are from the same in doubles: torch 2.13.0 (CPU), diffusers 0.42.1, transformers
5.23.0, PuLID 1aa2fc7. The networks, their weights and inputs are those of the other goldens, which must be there.

    python scripts/goldens/bfloat16_networks.py --pulid DIR

Writes Tests/ModelsTests/Goldens/bfloat16_networks.safetensors: of each output the root mean square of the errors over that
of the values, and the largest error over the largest value.
"""

import argparse
import copy
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import eva_clip
import id_encoder
import id_former
from sdxl_folder import ADAPTER, SDXL, TOKENS, official_attention, set_ortho

GOLDENS = Path(__file__).resolve().parents[2] / "Tests/ModelsTests/Goldens"
found = {}


def to(value, dtype):
    if isinstance(value, torch.Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    if isinstance(value, dict):
        return {key: to(item, dtype) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(to(item, dtype) for item in value)
    return value


@torch.no_grad()
def compare(name, network, call, *inputs):
    """`call` gives tensors by name."""
    exact, rounded = [
        call(copy.deepcopy(network).to(dtype), *[to(x, dtype) for x in inputs]) for dtype in (torch.float64, torch.bfloat16)
    ]
    for part, reference in exact.items():
        error = rounded[part].double() - reference
        rms = (error.square().mean() / reference.square().mean()).sqrt()
        largest = error.abs().max() / reference.abs().max()
        key = f"{name}{part}"
        found[key] = torch.stack([rms, largest]).float()
        print(f"{key:30} rms {rms:.2e}  largest {largest:.2e}")


def unet(attention):
    golden = load_file(GOLDENS / "unet.safetensors")
    network = UNet2DConditionModel.from_pretrained(SDXL, subfolder="unet", torch_dtype=torch.float32)

    def call(network, sample, context, pooled, sizes, identity):
        added = {"text_embeds": pooled, "time_ids": sizes}
        return {"": network(sample, identity.pop("timestep"), context, added_cond_kwargs=added,
                            cross_attention_kwargs=identity or None).sample}

    def inputs(name):
        sample = golden[f"{name}.sample"]
        return sample, golden[f"{name}.context"], golden[f"{name}.pooled"], golden["time_ids"][: len(sample)]

    for name in ("even", "odd"):
        compare(f"unet {name}.noise", network, call, *inputs(name), {"timestep": 999})
    processors = {}
    for name in network.attn_processors:
        width = network.get_submodule(name.removesuffix(".processor")).to_q.weight.shape[0]
        processors[name] = (attention.IDAttnProcessor2_0(width, network.config.cross_attention_dim)
                            if "attn2" in name else attention.AttnProcessor2_0())
    layers = torch.nn.ModuleList(processors.values())
    weights = {key.removeprefix("id_adapter_attn_layers."): value for key, value in load_file(ADAPTER).items()}
    layers.load_state_dict(weights)
    network.set_attn_processor(processors)
    tokens = load_file(TOKENS)
    set_ortho(attention, "v2", 8)
    identity = {"timestep": 499, "id_embedding": torch.cat([tokens["uncond"], tokens["id"]]), "id_scale": 0.8}
    compare("unet identity.v2.8", network, call, *inputs("even"), identity)


def vae():
    golden = load_file(GOLDENS / "vae.safetensors")
    network = AutoencoderKL.from_pretrained(SDXL / "vae", torch_dtype=torch.float32)

    def call(network, latent, image):
        return {"decoded": network.decode(latent).sample, "mean": network.encode(image).latent_dist.mean}

    compare("vae ", network, call, golden["latent"], golden["image"])


def clip():
    def call(network, ids):
        output = network(input_ids=ids, output_hidden_states=True)
        return {"penultimate": output.hidden_states[-2], "pooled": getattr(output, "text_embeds", output.get("pooler_output"))}

    for name, kind, prefix in (("clip_l", CLIPTextModel, "model.text_model."), ("clip_g", CLIPTextModelWithProjection, "model.")):
        path = GOLDENS / f"{name}.safetensors"
        with safe_open(path, "pt") as file:
            config = CLIPTextConfig(**json.loads(file.metadata()["config"]))
        golden = load_file(path)
        network = kind(config).eval()
        state = {key.removeprefix(prefix): value for key, value in golden.items() if key.startswith(prefix)}
        network.load_state_dict({key: value for key, value in state.items() if "position_ids" not in key})
        compare(f"{name} ", network, call, golden["ids"])


def eva(checkout):
    package = eva_clip.import_eva_clip(checkout)
    official = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())["vision_cfg"]
    vision = official | {"image_size": 18, "patch_size": 6, "width": 16, "layers": 10, "head_width": 8}
    tower = eva_clip.build(package, vision, embed_dim=20, seed=1)
    golden = load_file(GOLDENS / "eva_clip.safetensors")

    def call(network, image):
        embedding, hidden = network(image, return_hidden=True, shuffle=False)
        return {"embedding": embedding} | {f"hidden.{i}": state for i, state in enumerate(hidden)}

    compare("eva_clip ", tower, call, golden["image"])


def load(checkout, name, module):
    import importlib.util

    spec = importlib.util.spec_from_file_location(name, checkout / "pulid" / module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def encoders(checkout):
    size = id_former
    former = load(checkout, "former", "encoders_transformer.py").IDFormer(
        dim=size.DIM, depth=10, dim_head=size.HEAD, heads=size.HEADS, num_id_token=size.TOKENS, num_queries=size.QUERIES,
        output_dim=size.CONTEXT)
    for i in range(5):
        setattr(former, f"mapping_{i}", size.mapping(size.FEATURE, (12, 9), size.DIM))
    former.id_embedding_mapping = size.mapping(size.ID, (13, 8), size.DIM * size.TOKENS)
    encoder = load(checkout, "encoders", "encoders.py").IDEncoder(
        width=id_encoder.ID, context_dim=id_encoder.CONTEXT, num_token=id_encoder.TOKENS)
    for i in range(5):
        setattr(encoder, f"mapping_{i}", id_encoder.mapping())
        setattr(encoder, f"mapping_patch_{i}", id_encoder.mapping())
    for name, network, prefix in (("id_former", former, "1."), ("id_encoder", encoder, "")):
        golden = load_file(GOLDENS / f"{name}.safetensors")
        state = {key.removeprefix("id_adapter."): value.float() for key, value in golden.items() if key.startswith("id_adapter.")}
        network.load_state_dict(state)
        hidden = [golden[f"{prefix}hidden.{i}"] for i in range(5)]
        compare(f"{name} id", network.eval(), lambda network, *x: {"": network(*x)}, golden[f"{prefix}vector"], hidden)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    checkout = parser.parse_args().pulid
    torch.use_deterministic_algorithms(True)
    unet(official_attention(checkout))
    vae()
    clip()
    encoders(checkout)
    eva(checkout)
    save_file(found, GOLDENS / "bfloat16_networks.safetensors")


if __name__ == "__main__":
    main()
