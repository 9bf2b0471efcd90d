#!/usr/bin/env python3
"""How far the official networks in bfloat16 are from the same in doubles at SDXL's widths, with random numbers: the networks'
files, inputs and bfloat16.safetensors in FOLDER, which PULID_FULL_SIZE_BFLOAT16=FOLDER lets FullSizeBFloat16Tests compare with.

    python scripts/full_size_bfloat16.py FOLDER --pulid DIR [--only NAME ...]

DIR is a checkout of PuLID (commit 1aa2fc7). All have their published sizes but for the UNet, which has one transformer layer
where SDXL has two or ten: with them all it would take 21 GB in doubles. 5 GB of disk and 10 GiB of memory.
With torch 2.13.0, diffusers 0.42.1, transformers 5.23.0.
"""

import argparse
import gc
import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from full_size import pulid, sdxl
from full_size.filling import seeded

SHALLOW = sdxl.UNET | {"transformer_layers_per_block": (1, 1, 1)}


def moved(value, dtype):
    if isinstance(value, torch.Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    if isinstance(value, (list, tuple)):
        return type(value)(moved(item, dtype) for item in value)
    return value


@torch.no_grad()
def compare(folder, name, network, call, inputs):
    """Writes inputs, what `call` gives by name in doubles, and how far it is off in bfloat16: root mean square over that of the
    values, and the largest error over the largest value."""
    out = {f"x.{i}": x for i, x in enumerate(inputs) if isinstance(x, torch.Tensor)}
    if isinstance(inputs[-1], list):
        out |= {f"hidden.{i}": x for i, x in enumerate(inputs[-1])}
    network = network.eval().double()
    exact = call(network, *moved(inputs, torch.float64))
    rounded = call(network.to(torch.bfloat16), *moved(inputs, torch.bfloat16))
    for part, reference in exact.items():
        error = rounded[part].double() - reference
        rms = (error.square().mean() / reference.square().mean()).sqrt()
        largest = error.abs().max() / reference.abs().max()
        out |= {part: reference.float(), f"{part}.errors": torch.stack([rms, largest]).float()}
        print(f"{name} {part}: rms {rms:.2e}, largest {largest:.2e}", flush=True)
    save_file({key: value.contiguous() for key, value in out.items()}, folder / f"{name}.safetensors")
    gc.collect()


def filled(folder, name, model, seed):
    """The network with random numbers of half precision, which are written as checkpoints have them."""
    path = folder / name / f"{sdxl.FILES[name]}.safetensors"
    shapes = sdxl.shapes_of(model)
    sdxl.write_random(path, shapes, seed)
    (model.save_config if hasattr(model, "save_config") else model.config.save_pretrained)(folder / name)
    own = dict(zip(shapes, model.state_dict()))
    model.load_state_dict({own[key]: value for key, value in load_file(path).items()})
    return model


def unet(folder, _):
    def call(network, sample, context, pooled, sizes):
        added = {"text_embeds": pooled, "time_ids": sizes}
        return {"noise": network(sample, 499, context, added_cond_kwargs=added).sample}

    inputs = [seeded(1, 1, 4, 24, 24), seeded(2, 1, 77, 2048), seeded(3, 1, 1280),
              torch.tensor([[192.0, 192, 0, 0, 192, 192]])]
    compare(folder, "unet", filled(folder, "unet", UNet2DConditionModel(**SHALLOW), 10), call, inputs)


def vae(folder, _):
    call = lambda network, latent, image: {
        "decoded": network.decode(latent).sample, "mean": network.encode(image).latent_dist.mean}
    compare(folder, "vae", filled(folder, "vae", AutoencoderKL(**sdxl.VAE), 11), call,
            [seeded(4, 1, 4, 16, 16), seeded(5, 1, 3, 128, 128)])


def text(folder, name, kind, settings, seed):
    def call(network, ids):
        found = network(input_ids=ids, output_hidden_states=True)
        pooled = getattr(found, "text_embeds", None)
        return {"penultimate": found.hidden_states[-2], "pooled": found.pooler_output if pooled is None else pooled}

    ids = torch.randint(1, 49405, (1, 77), generator=torch.Generator().manual_seed(6))
    ids[0, 0], ids[0, 20:] = 49406, 49407
    compare(folder, name, filled(folder, name, kind(CLIPTextConfig(**settings)), seed), call, [ids])


def text_encoder(folder, _):
    # The end of the text is found by its id: 2 in the published settings means the largest one.
    text(folder, "text_encoder", CLIPTextModel, sdxl.TEXT | {"eos_token_id": 2}, 12)


def text_encoder_2(folder, _):
    text(folder, "text_encoder_2", CLIPTextModelWithProjection, sdxl.TEXT_2 | {"eos_token_id": 2}, 13)


def eva_clip(folder, checkout):
    path = folder / "EVA02_CLIP_L_336_psz14_s6B.pt"
    pulid.eva_clip(path, checkout, seed=5)
    package = sys.modules["eva_clip.model"]
    config = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())
    tower = package._build_vision_tower(config["embed_dim"], config["vision_cfg"])
    tower.load_state_dict({key.removeprefix("visual."): value.float()
                           for key, value in torch.load(path, weights_only=True).items() if key.startswith("visual.")})

    def call(network, image):
        embedding, hidden = network(image, return_hidden=True, shuffle=False)
        return {"embedding": embedding} | {f"hidden.{i}": state for i, state in enumerate(hidden)}

    compare(folder, "eva_clip", tower, call, [seeded(7, 1, 3, 336, 336)])


def encoder(folder, name, network, seed, vector):
    state = pulid.half("id_adapter", network, torch.Generator().manual_seed(seed))
    save_file(state, folder / f"{name}.weights.safetensors")
    network.load_state_dict({key.removeprefix("id_adapter."): value.float() for key, value in state.items()})
    hidden = [seeded(20 + i, 1, 577, 1024) for i in range(5)]
    compare(folder, name, network, lambda network, *x: {"identity": network(*x)}, [vector, hidden])


def id_encoder(folder, checkout):
    encoder(folder, "id_encoder", pulid.load(checkout / "pulid/encoders.py").IDEncoder(), 6, seeded(8, 1, 1280))


def id_former(folder, checkout):
    former = pulid.load(checkout / "pulid/encoders_transformer.py").IDFormer()
    encoder(folder, "id_former", former, 7, seeded(8, 1, 1, 1280))


NETWORKS = {f.__name__: f for f in (vae, text_encoder, id_encoder, id_former, eva_clip, unet, text_encoder_2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pulid", type=Path, required=True, metavar="DIR", help="a checkout")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=NETWORKS, help=f"of {', '.join(NETWORKS)}")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, write in NETWORKS.items():
        if not arguments.only or name in arguments.only:
            write(arguments.folder, arguments.pulid)


if __name__ == "__main__":
    main()
