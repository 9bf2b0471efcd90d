"""Goldens of AutoencoderKL: diffusers 0.42.1, torch 2.13.0 (CPU, float32).

    python scripts/goldens/vae.py

Writes Tests/ModelsTests/Goldens/vae.safetensors (the autoencoder of Tests/Goldens/sdxl) and vae_odd.safetensors (its own
weights; a shape that shares nothing with SDXL's: three blocks, other widths, no attention, no quant convolutions); and
vae_tiled.safetensors (the first, tile by tile).
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "Tests/ModelsTests/Goldens"


def run(vae, height, width, seed):
    generator = torch.Generator().manual_seed(seed)
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    latent = torch.randn(2, vae.config.latent_channels, height, width, generator=generator)
    # Sides that the scale does not divide: the encoder drops what is left over.
    image = torch.rand(2, vae.config.in_channels, height * scale + 3, width * scale + 1, generator=generator) * 2 - 1
    posterior = vae.encode(image).latent_dist
    noise = torch.randn(posterior.mean.shape, generator=generator)
    decoded = vae.decode(latent.requires_grad_()).sample
    seed = torch.randn(decoded.shape, generator=generator)
    decoded.backward(seed)
    tensors = {
        "latent": latent, "decoded": decoded, "seed": seed, "latent_gradient": latent.grad, "image": image, "mean": posterior.mean,
        "log_variance": posterior.logvar, "noise": noise, "sample": posterior.mean + posterior.std * noise,
    }
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            parameter.data = 0.3 * noise + (1 if name.endswith("weight") else 0)
        elif parameter.ndim > 1:
            parameter.data = noise * parameter[0].numel() ** -0.5
        else:
            parameter.data = 0.1 * noise


def tiled(vae, seed):
    """Tiles of 64 pixels; in the latents of 13 x 11, the last row of tiles is a single position high."""
    generator = torch.Generator().manual_seed(seed)
    vae.enable_tiling()
    vae.tile_sample_min_size, vae.tile_latent_min_size = 64, 8
    latent = torch.randn(1, 4, 13, 11, generator=generator)
    image = torch.rand(1, 3, 104, 72, generator=generator) * 2 - 1
    with torch.no_grad():
        posterior = vae.encode(image).latent_dist
        result = {"latent": latent, "decoded": vae.decode(latent).sample, "image": image, "mean": posterior.mean,
                  "log_variance": posterior.logvar}
    vae.disable_tiling()
    return {name: tensor.contiguous() for name, tensor in result.items()}


def main():
    torch.use_deterministic_algorithms(True)
    GOLDENS.mkdir(parents=True, exist_ok=True)

    sdxl = AutoencoderKL.from_pretrained(ROOT / "Tests/Goldens/sdxl/vae", torch_dtype=torch.float32).eval()
    save_file(run(sdxl, 5, 7, seed=1), GOLDENS / "vae.safetensors")
    save_file(tiled(sdxl, seed=4), GOLDENS / "vae_tiled.safetensors")

    odd = AutoencoderKL(
        in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3, block_out_channels=(6, 12, 9), layers_per_block=2, latent_channels=5,
        norm_num_groups=3, scaling_factor=0.5, use_quant_conv=False, use_post_quant_conv=False,
        mid_block_add_attention=False,
    ).eval()
    randomise(odd, seed=2)
    tensors = run(odd, 3, 4, seed=3)
    tensors |= {f"model.{name}": parameter.data.contiguous() for name, parameter in odd.named_parameters()}
    config = {key: value for key, value in odd.config.items() if not key.startswith("_name")}
    save_file(tensors, GOLDENS / "vae_odd.safetensors", metadata={"config": json.dumps(config)})


if __name__ == "__main__":
    main()
