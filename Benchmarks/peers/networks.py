"""Whole networks, with the weights that the Swift side wrote."""

import json

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from identity import add_identity
from safetensors.torch import load_file


def loaded(network, path):
    """The network on meta tensors takes the file's, widened."""
    network.load_state_dict({name: t.float() for name, t in load_file(path).items()}, assign=True)
    return network


def unet(task):
    with torch.device("meta"):
        network = UNet2DConditionModel.from_config(json.loads(task["config"]))
    return loaded(network, task["weights"])


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
    network = unet(task)
    inputs = unet_inputs(network, 1, task["side"])
    if task["identity_weights"]:
        tokens = torch.rand(1, 10, network.config.cross_attention_dim) * 4 - 2
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
    network = loaded(network, task["weights"])
    latent = torch.rand(1, 4, task["side"], task["side"]) * 4 - 2
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
