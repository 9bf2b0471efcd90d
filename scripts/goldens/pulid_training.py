"""Reference of one step of PuLID's third stage: every loss, and the gradient of all that is trained.

The parts are the references' own: ToTheBeginning/PuLID (commit 1aa2fc7) pulid/encoders.py and
pulid/attention_processor.py, insightface's iresnet.py (commit 7fadd42), diffusers' UNet, autoencoder and Euler scheduler;
how they are put together follows the paper (arXiv:2404.16022, equations 1 to 7). Written with torch 2.13.0 (CPU, float32),
diffusers 0.42.1:

    python scripts/goldens/pulid_training.py --pulid CHECKOUT_OF_PULID --iresnet FILE

Writes Tests/CurriculumTests/Goldens/pulid_training.safetensors and warp.safetensors. Weights are fp16 there and here.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from face import randomise
from id_encoder import import_encoders
from sdxl_folder import official_attention, set_ortho

OUT = Path(__file__).resolve().parents[2] / "Tests/CurriculumTests/Goldens"
CONTEXT, POOLED, TOKENS, ID, FEATURE, PATCHES, WORDS = 12, 8, 3, 14, 6, 4, 7
PICTURE, CROP, NUMBERS = 16, 16, 10
SCALING, LAMBDA_ID, LAMBDA_SEM, LAMBDA_LAYOUT = 0.65, 0.7, 0.6, 0.1
# insightface's, in 112 pixels.
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])


def networks(pulid, iresnet_file):
    attention = official_attention(pulid)
    set_ortho(attention, "off", 0)
    torch.manual_seed(31)
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1), attention_head_dim=(1, 2), cross_attention_dim=CONTEXT, norm_num_groups=4,
        use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=POOLED + 24)
    vae = AutoencoderKL(
        block_out_channels=(8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, scaling_factor=SCALING,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
    spec = importlib.util.spec_from_file_location("iresnet", iresnet_file)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    loss_net = reference.IResNet(reference.IBasicBlock, [1, 1, 1, 1])
    loss_net.conv1, loss_net.bn1, loss_net.prelu = nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.PReLU(4)
    loss_net.inplanes = 4
    for stage, width in enumerate([4, 6, 6, 8]):
        setattr(loss_net, f"layer{stage + 1}", loss_net._make_layer(reference.IBasicBlock, width, 1, stride=2))
    loss_net.bn2, loss_net.fc, loss_net.features = nn.BatchNorm2d(8), nn.Linear(8, NUMBERS), nn.BatchNorm1d(NUMBERS)
    randomise(loss_net, seed=32)

    encoder = import_encoders(pulid).IDEncoder(width=ID, context_dim=CONTEXT, num_token=TOKENS)
    def mapping():
        return nn.Sequential(
            nn.Linear(FEATURE, FEATURE), nn.LayerNorm(FEATURE), nn.LeakyReLU(),
            nn.Linear(FEATURE, FEATURE), nn.LayerNorm(FEATURE), nn.LeakyReLU(), nn.Linear(FEATURE, CONTEXT))
    for i in range(5):
        setattr(encoder, f"mapping_{i}", mapping())
        setattr(encoder, f"mapping_patch_{i}", mapping())
    processors = {}
    for name, module in unet.named_modules():
        if name.endswith("attn1"):
            processors[name + ".processor"] = attention.AttnProcessor2_0()
        elif name.endswith("attn2"):
            processors[name + ".processor"] = attention.IDAttnProcessor2_0(module.to_q.weight.shape[0], CONTEXT)
    adapter = nn.ModuleList(processors[name] for name in unet.attn_processors)
    for network in (unet, vae, encoder, adapter):
        for module in network.modules():
            if isinstance(module, (nn.GroupNorm, nn.LayerNorm)):
                module.weight.data.normal_(1, 0.3)
                module.bias.data.normal_(0, 0.3)
    with torch.no_grad():
        for parameter in adapter.parameters():
            parameter.normal_(0, 0.5)
        for network in (unet, vae, loss_net, encoder, adapter):
            for value in list(network.parameters()) + list(network.buffers()):
                if value.is_floating_point():
                    value.copy_(value.half().float())
    for network in (unet, vae, loss_net):
        network.requires_grad_(False)
    adapter.requires_grad_(True)
    weights = {}
    for prefix, network in (("unet", unet), ("vae", vae), ("loss_net", loss_net), ("start.id_adapter", encoder),
                            ("start.id_adapter_attn_layers", adapter)):
        weights |= {f"{prefix}.{key}": value.half() for key, value in network.state_dict().items()
                    if value.is_floating_point()}
    unet.set_attn_processor({name: processors[name] for name in unet.attn_processors})
    return unet, vae, loss_net, encoder, adapter, weights


def similarity(points, target):
    """2 x 3, by least squares (Umeyama 1991): as insightface's norm_crop."""
    rows, values = [], []
    for (x, y), (u, v) in zip(points, target):
        rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        values += [u, v]
    a, b, tx, ty = np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0]
    return np.array([[a, -b, tx], [b, a, ty]])


def jittered(transform, shift, scale):
    """The crop moved and scaled about its middle."""
    middle = (CROP - 1) / 2
    return np.vstack([scale * (transform[0] - [0, 0, middle]) + [0, 0, middle + shift[0]],
                      scale * (transform[1] - [0, 0, middle]) + [0, 0, middle + shift[1]]])


def warp(pictures, transforms, size):
    """By grid_sample with the corners' middles at -1 and 1; black (-1) outside."""
    (H, W), grids = pictures.shape[2:], []
    for transform in transforms:
        back = np.linalg.inv(np.vstack([transform, [0, 0, 1]]))[:2]
        y, x = np.mgrid[0:size, 0:size]
        u, v = (back @ np.stack([x.ravel(), y.ravel(), np.ones(size * size)])).reshape(2, size, size)
        grids.append(np.stack([2 * u / (W - 1) - 1, 2 * v / (H - 1) - 1], axis=-1))
    grid = torch.tensor(np.stack(grids), dtype=torch.float32)
    return F.grid_sample(pictures + 1, grid, mode="bilinear", padding_mode="zeros", align_corners=True) - 1


def blur(crops, strengths):
    kernels = torch.tensor([[s / 4, 1 - s / 2, s / 4] for s in strengths])
    result = []
    for crop, kernel in zip(crops, kernels):
        x = F.conv2d(F.pad(crop[:, None], (1, 1, 0, 0), mode="replicate"), kernel.reshape(1, 1, 1, 3))
        result.append(F.conv2d(F.pad(x, (0, 0, 1, 1), mode="replicate"), kernel.reshape(1, 1, 3, 1))[:, 0])
    return torch.stack(result)


def photos(count):
    """The recogniser's and the tower's numbers, hidden states, and the loss net's numbers, normalised."""
    return {"vector": torch.randn(count, ID) * 2,
            **{f"hidden.{i}": torch.randn(count, 1 + PATCHES, FEATURE) * 1.5 for i in range(5)},
            "likeness": F.normalize(torch.randn(count, NUMBERS), dim=1)}


def prompts(count):
    return {"embeds": torch.randn(count, WORDS, CONTEXT), "pooled": torch.randn(count, POOLED),
            "time_ids": torch.tensor([[16.0, 16, 0, 0, 16, 16], [10, 10, 2, 1, 16, 16], [16, 16, 0, 0, 16, 16]])[:count]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    parser.add_argument("--iresnet", type=Path, required=True)
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    unet, vae, loss_net, encoder, adapter, golden = networks(arguments.pulid, arguments.iresnet)
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                       timestep_spacing="trailing")
    sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5

    torch.manual_seed(33)
    latents, noise = torch.randn(3, 4, 8, 8), torch.randn(3, 4, 8, 8)
    timesteps = torch.tensor([3, 480, 910])
    batches = {kind: prompts(count) | photos(count) | {"noise": noise}
               for kind, count, noise in (("denoising", 3, noise), ("identity", 2, torch.randn(2, 4, 8, 8)),
                                          ("alignment", 2, torch.randn(2, 4, 8, 8)))}
    # The first sample is of nobody.
    for key in ["vector"] + [f"hidden.{i}" for i in range(5)]:
        batches["denoising"][key][0] = 0

    def predict(x, timestep, batch, tokens):
        return unet(x, timestep, batch["embeds"],
                    added_cond_kwargs={"text_embeds": batch["pooled"], "time_ids": batch["time_ids"]},
                    cross_attention_kwargs={"id_embedding": tokens, "id_scale": 1.0} if tokens is not None else None
                    ).sample

    def identity(batch):
        return encoder(batch["vector"], [batch[f"hidden.{i}"] for i in range(5)])

    def rollout(batch, tokens):
        """diffusers' own scheduler; its step keeps the graph."""
        scheduler.set_timesteps(4)
        x = batch["noise"] * scheduler.init_noise_sigma
        for t in scheduler.timesteps:
            eps = predict(scheduler.scale_model_input(x, t), t, batch, tokens)
            x = scheduler.step(eps, t, x).prev_sample
        return x

    # Equation 1
    alpha = scheduler.alphas_cumprod[timesteps].reshape(-1, 1, 1, 1)
    noised = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    prediction = predict(noised, timesteps, batches["denoising"], identity(batches["denoising"]))
    weight = (1 + sigmas[timesteps] ** 2).clamp(max=25).reshape(-1, 1, 1, 1)
    denoising = (weight * (prediction - noise) ** 2).mean()
    estimate = (noised - (1 - alpha).sqrt() * prediction) / alpha.sqrt()

    # Equation 6
    landmarks = TEMPLATE / 112 * PICTURE * 0.9 + np.array([[[0.4, 1.1]], [[1.3, -0.2]]])
    landmarks[:, :, 0] += 0.1 * landmarks[:, :, 1] - 0.9
    shifts, scales, blurs = [[0.3, -0.6], [-0.4, 0.2]], [1.05, 0.96], [0.0, 0.7]
    transforms = [jittered(similarity(points, TEMPLATE / 112 * CROP), shift, scale)
                  for points, shift, scale in zip(landmarks, shifts, scales)]
    drawn = rollout(batches["identity"], identity(batches["identity"]))

    def unlikeness(latents, likeness):
        pictures = vae.decode(latents / SCALING).sample.clamp(-1, 1)
        faces = loss_net(blur(warp(pictures, transforms, CROP), blurs))
        return pictures, (1 - F.cosine_similarity(faces, likeness)).mean()

    pictures, unlike = unlikeness(drawn, batches["identity"]["likeness"])

    # Equations 3 and 4
    recorded = []
    hooks = [module.register_forward_hook(lambda module, inputs, output: recorded.append(output))
             for name, module in unet.named_modules() if name.endswith(("attn2.to_q", "attn2.to_k"))]
    paths = []
    for tokens in (None, identity(batches["alignment"])):
        recorded.clear()
        rollout(batches["alignment"], tokens)
        paths.append(list(zip(recorded[::2], recorded[1::2])))
    for hook in hooks:
        hook.remove()
    heads = 2

    def split(x):
        return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)

    def responses(q, k):
        q, k = split(q), split(k)
        return (torch.softmax(k @ q.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1) @ q).transpose(1, 2)

    squares = {"semantic": [], "layout": []}
    norms = {"semantic": [], "layout": []}
    for (q0, k0), (q1, k1) in zip(*paths):
        assert torch.equal(k0, k1)
        for kind, gap in (("semantic", responses(q1, k1) - responses(q0, k0)), ("layout", q1 - q0)):
            squares[kind].append((gap ** 2).mean())
            norms[kind].append(gap.flatten(1).norm(dim=1).mean())
    semantic, layout = (torch.stack(squares[kind]).mean() for kind in ("semantic", "layout"))

    trained = [(f"id_adapter.{name}", value) for name, value in encoder.named_parameters()]
    trained += [(f"id_adapter_attn_layers.{name}", value) for name, value in adapter.named_parameters()]
    naive = unlikeness(estimate[1:], batches["denoising"]["likeness"][1:])[1]
    losses = {"denoising": denoising, "identity": LAMBDA_ID * unlike,
              "alignment": LAMBDA_SEM * semantic + LAMBDA_LAYOUT * layout, "naive": LAMBDA_ID * naive}
    total = losses["denoising"] + losses["identity"] + losses["alignment"]
    golden |= {f"loss.{name}": loss for name, loss in losses.items()}
    for name, loss in (("identity", losses["identity"]), ("alignment", losses["alignment"]), ("total", total)):
        grads = torch.autograd.grad(loss, [value for _, value in trained], retain_graph=True)
        golden |= {f"gradient.{name}.{key}": grad for (key, _), grad in zip(trained, grads)}
    golden |= {"semantic": semantic, "layout": layout, "semantic_norm": torch.stack(norms["semantic"]).mean(),
               "layout_norm": torch.stack(norms["layout"]).mean()}
    golden |= {"drawn": drawn, "pictures": pictures, "timesteps": timesteps.float(), "latents": latents,
               "landmarks": torch.tensor(landmarks, dtype=torch.float32), "shifts": torch.tensor(shifts),
               "scales": torch.tensor(scales), "blurs": torch.tensor(blurs)}
    for kind, batch in batches.items():
        golden |= {f"{kind}.{key}": value for key, value in batch.items()}
    print({name: loss.item() for name, loss in losses.items()}, "semantic", semantic.item(), "layout", layout.item())
    save(golden, "pulid_training")

    pictures = torch.randn(3, 3, 9, 11, requires_grad=True)
    transforms = [np.array([[0.6, -0.3, 2.0], [0.3, 0.6, 0.5]]), np.array([[1.7, 0.2, -5.0], [-0.2, 1.7, -3.3]]),
                  np.array([[1.0, 0, 0], [0, 1, 0]])]
    result = warp(pictures, transforms, 7)
    seed = torch.randn_like(result)
    result.backward(seed)
    save({"pictures": pictures, "transforms": torch.tensor(np.stack(transforms), dtype=torch.float32), "warped": result,
          "blurred": blur(result, [0.0, 1.0, 0.4]), "seed": seed, "gradient": pictures.grad}, "warp")


def save(tensors: dict, name: str) -> None:
    OUT.mkdir(exist_ok=True)
    save_file({key: value.detach().clone().contiguous().reshape(value.shape or (1,)) for key, value in tensors.items()},
              OUT / f"{name}.safetensors",
              metadata={"made_by": "scripts/goldens/pulid_training.py", "versions": "torch 2.13.0, diffusers 0.42.1"})


if __name__ == "__main__":
    main()
