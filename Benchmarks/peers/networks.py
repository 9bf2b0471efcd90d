"""Whole networks, with the weights that the Swift side wrote."""

import json

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from identity import add_identity
from safetensors.torch import load_file


def number_type(task):
    return torch.bfloat16 if task["precision"] == "bf16" else torch.float32


def loaded(network, path, dtype):
    """The network on meta tensors takes the file's in another type."""
    network.load_state_dict({name: t.to(dtype) for name, t in load_file(path).items()}, assign=True)
    return network.to(memory_format=torch.channels_last) if dtype == torch.bfloat16 else network


def unet(task, dtype=torch.float32):
    with torch.device("meta"):
        network = UNet2DConditionModel.from_config(json.loads(task["config"]))
    return loaded(network, task["weights"], dtype)


def unet_inputs(network, batch, side):
    def uniform(*shape):
        return torch.rand(*shape) * 4 - 2

    config, pixels = network.config, 8 * side
    pooled = config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim
    return {
        "sample": uniform(batch, 4, side, side),
        "timestep": torch.tensor(500.0),
        "encoder_hidden_states": uniform(batch, 77, config.cross_attention_dim),
        "added_cond_kwargs": {
            "text_embeds": uniform(batch, pooled),
            "time_ids": torch.tensor([[pixels, pixels, 0, 0, pixels, pixels]] * batch, dtype=torch.float32),
        },
    }


def unet_call(task):
    dtype = number_type(task)
    network = unet(task, dtype)
    inputs = unet_inputs(network, 1, task["side"])
    inputs = {name: x if isinstance(x, dict) or x.ndim == 0 else x.to(dtype) for name, x in inputs.items()}
    inputs["added_cond_kwargs"]["text_embeds"] = inputs["added_cond_kwargs"]["text_embeds"].to(dtype)
    if task["identity_weights"]:
        tokens = (torch.rand(1, 10, network.config.cross_attention_dim) * 4 - 2).to(dtype)
        add_identity(network, load_file(task["identity_weights"]), tokens)
    return lambda: network(**inputs)


def vae_decode(task):
    widths = json.loads(task["widths"])
    with torch.device("meta"):
        network = AutoencoderKL(
            block_out_channels=widths,
            layers_per_block=task["layers"],
            norm_num_groups=task["groups"],
            latent_channels=4,
            down_block_types=["DownEncoderBlock2D"] * len(widths),
            up_block_types=["UpDecoderBlock2D"] * len(widths),
        )
    network = loaded(network, task["weights"], number_type(task))
    latent = (torch.rand(1, 4, task["side"], task["side"]) * 4 - 2).to(number_type(task))
    return lambda: network.decode(latent).sample


def training_step(task):
    network = unet(task)
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    inputs = unet_inputs(network, task["batch"], task["side"])
    target = torch.rand_like(inputs["sample"])

    def step():
        for parameter in network.parameters():
            parameter.grad = None
        torch.nn.functional.mse_loss(network(**inputs).sample, target).backward()

    return step
