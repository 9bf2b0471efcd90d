"""Writes Tests/CheckpointsTests/Goldens/lora_kinds: small networks of every kind for the random SDXL UNet, as LyCORIS and
PEFT save them, and the weights that their own forward passes amount to.

Reference: LyCORIS 4.1.3 (lycoris_lora, installed with --no-deps, beside einops and toml), peft 0.21.2, diffusers 0.42.1,
torch 2.13.0, all in 64-bit floats but LyCORIS's OFT and BOFT, which know 32 alone.
kohya's OFT and OneTrainer's are computed by their definitions (kohya-ss/sd-scripts: networks/oft.py; OneTrainer:
modules/module/LoRAModule.py), and so is what half the scale means where libraries disagree: W + s (W' - W).
"""

import pathlib
import shutil

import torch
from diffusers import UNet2DConditionModel
from lycoris.modules import boft, diag_oft, full, glora, ia3, locon, loha, lokr, norms
from peft import BOFTConfig, IA3Config, LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, get_peft_model
from peft.tuners.boft import layer as boft_layer
from safetensors.torch import load_file, save_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
FOLDER = TESTS / "CheckpointsTests/Goldens/lora_kinds"
shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
# Layer, the authors' name of it: a linear layer, and convolutions of 1x1 and 3x3.
LINEAR, POINT, CONV = "down_blocks.0.resnets.0.time_emb_proj", "down_blocks.1.resnets.0.conv_shortcut", "conv_in"
LAYERS = {LINEAR: "input_blocks.1.0.emb_layers.1", POINT: "input_blocks.4.0.skip_connection", CONV: "input_blocks.0.0"}
NORM = {"down_blocks.0.resnets.0.norm1": "input_blocks.1.0.in_layers.0"}
merged = {}


def unet():
    model = UNet2DConditionModel.from_pretrained(TESTS / "Goldens/sdxl/unet", torch_dtype=torch.float32)
    return model.double().requires_grad_(False)


def effective(forward, weight):
    """The weight and bias that a layer's forward pass amounts to."""
    dtype = weight.dtype
    if weight.ndim == 2:
        zero = forward(torch.zeros(1, weight.shape[1], dtype=dtype))
        return (forward(torch.eye(weight.shape[1], dtype=dtype)) - zero).T, zero[0]
    # Padding of one sees a 3x3 picture whole in its middle.
    side = weight.shape[2]
    shape = (1, weight.shape[1], side, side)
    middle = (slice(None), slice(None), side // 2, side // 2)
    zero = forward(torch.zeros(shape, dtype=dtype))[middle][0]
    units = torch.eye(weight[0].numel(), dtype=dtype).reshape(-1, *shape[1:])
    return (forward(units)[middle] - zero).T.reshape(weight.shape), zero


def keep(name, layer, weight, bias=None):
    merged[f"{name}.{layer}.weight"] = weight.detach().float().contiguous()
    if bias is not None:
        merged[f"{name}.{layer}.bias"] = bias.detach().float().contiguous()


def randomize(module, deviation=0.3):
    for key, parameter in module.named_parameters():
        if "dora_scale" in key or "magnitude" in key:
            parameter.data *= 0.5 + torch.rand(parameter.shape, generator=generator, dtype=parameter.dtype)
        else:
            # Numbers that 16 bits hold, so that files are small and exact.
            values = torch.randn(parameter.shape, generator=generator) * deviation
            parameter.data = values.half().to(parameter.dtype)


def single(state):
    return {k: (v.detach().float() if v.is_floating_point() else v).contiguous() for k, v in state.items()}


# LyCORIS, in kohya's style
def lycoris(name, cls, layers=LAYERS, bias=False, half=False, deviation=0.3, dtype=torch.float64, **options):
    state = {}
    for layer, original in layers.items():
        org = unet().to(dtype).get_submodule(layer)
        # The norms' buffers of what a layer was are the layer's; a linear layer has no core.
        module = cls("lora", org, 1.0, **options)
        module.to(dtype)
        randomize(module, deviation)
        # What a file holds is in 32 bits: the reference sees no more.
        for parameter in module.parameters():
            parameter.data = parameter.data.float().to(dtype)
        if isinstance(org, torch.nn.GroupNorm):
            keep(name, layer, org.weight + module.w_norm, org.bias + module.b_norm)
        weights = org.weight
        module.apply_to()
        flat = "lora_unet_" + original.replace(".", "_")
        for key, value in single(module.state_dict()).items():
            state[f"{flat}.{key}"] = value
        if isinstance(org, torch.nn.GroupNorm):
            continue
        weight, b = effective(org.forward, weights)
        keep(name, layer, weight, b if bias else None)
        if half:
            module.multiplier = 0.5
            keep(f"{name}.half", layer, effective(org.forward, weights)[0])
    save_file(state, FOLDER / f"{name}.safetensors")


generator = torch.Generator().manual_seed(11)
torch.manual_seed(11)
common = dict(lora_dim=4, alpha=2)
lycoris("locon", locon.LoConModule, **common)
lycoris("cp", locon.LoConModule, use_tucker=True, **common)
lycoris("rslora", locon.LoConModule, rs_lora=True, **common)
lycoris("dora_out", locon.LoConModule, weight_decompose=True, wd_on_out=True, **common)
lycoris("dora_in", locon.LoConModule, weight_decompose=True, wd_on_out=False, **common)
lycoris("loha", loha.LohaModule, **common)
lycoris("loha_tucker", loha.LohaModule, use_tucker=True, **common)
lycoris("loha_dora", loha.LohaModule, weight_decompose=True, **common)
lycoris("lokr", lokr.LokrModule, lora_dim=1, alpha=0.5)
lycoris("lokr_both", lokr.LokrModule, lora_dim=1, alpha=0.5, decompose_both=True)
lycoris("lokr_full", lokr.LokrModule, lora_dim=100000, alpha=7)
lycoris("lokr_tucker", lokr.LokrModule, lora_dim=1, alpha=0.5, use_tucker=True, factor=2)
lycoris("lokr_dora", lokr.LokrModule, lora_dim=1, alpha=0.5, weight_decompose=True)
lycoris("glora", glora.GLoRAModule, **common)
lycoris("full", full.FullModule, bias=True)
lycoris("norm", norms.NormModule, layers=NORM)
lycoris("ia3", ia3.IA3Module)
lycoris("ia3_input", ia3.IA3Module, train_on_input=True)
lycoris("oft", diag_oft.DiagOFTModule, lora_dim=4, constraint=0, half=True, dtype=torch.float32)
lycoris("oft_limited", diag_oft.DiagOFTModule, lora_dim=4, constraint=0.01, rescaled=True, dtype=torch.float32)
lycoris("boft", boft.ButterflyOFTModule, lora_dim=4, constraint=0, half=True, dtype=torch.float32)
lycoris("boft_limited", boft.ButterflyOFTModule, lora_dim=4, constraint=0.01, rescaled=True, dtype=torch.float32)

# kohya's OFT, whose alpha 0 holds the rotation back to nothing, and OneTrainer's, by their definitions


def skew(blocks):
    return blocks - blocks.mT


def base(layer):
    return unet().get_submodule(layer).weight.detach()


def rotate_out(weight, R):
    """Block k of the rows times R[k] from the left, transposed."""
    rows = weight.reshape(R.shape[0], R.shape[1], -1)
    return torch.einsum("kjm,kjc->kmc", R, rows).reshape(weight.shape)


def cayley(Q):
    one = torch.eye(Q.shape[-1], dtype=Q.dtype)
    return (one + Q) @ torch.linalg.inv(one - Q)


def random_half(*shape, deviation=0.3):
    return (torch.randn(shape, generator=generator) * deviation).half()


state = {}
for layer, original in LAYERS.items():
    weight = base(layer)
    out = weight.shape[0]
    blocks, alpha = random_half(4, out // 4, out // 4), torch.tensor(0.02)
    Q = skew(blocks.double())
    norm, limit = Q.norm(), alpha.double() * out
    Q = Q * (torch.minimum(norm, limit) + 1e-8) / (norm + 1e-8)
    flat = "oft_unet_" + original.replace(".", "_")
    state |= {f"{flat}.oft_blocks": blocks, f"{flat}.alpha": alpha}
    keep("oft_kohya", layer, rotate_out(weight, cayley(Q)))
save_file(state, FOLDER / "oft_kohya.safetensors")


def triangle(vectors, n):
    Q = torch.zeros(vectors.shape[0], n, n, dtype=torch.float64)
    rows, columns = torch.triu_indices(n, n, 1)
    Q[:, rows, columns] = vectors.double()
    return Q - Q.mT


def neumann(Q):
    return torch.eye(Q.shape[-1], dtype=Q.dtype) + 2 * Q + 2 * Q @ Q + 2 * Q @ Q @ Q + Q @ Q @ Q @ Q


state = {}
for layer in LAYERS:
    weight = base(layer)
    columns, n = weight[0].numel(), 4
    vectors = random_half(columns // n, n * (n - 1) // 2)
    R = neumann(triangle(vectors.double() / (2 * (n - 1) ** 0.5 if layer == LINEAR else 1), n))
    flat = "lora_unet_" + layer.replace(".", "_")
    state[f"{flat}.oft_R.weight"] = vectors
    if layer == LINEAR:
        state[f"{flat}.oft_R.scaled_oft"] = torch.tensor(True)
    blocks = weight.reshape(weight.shape[0], -1, n)
    equation = "okj,kij->oki" if layer == LINEAR else "okj,kji->oki"
    keep("oft_onetrainer", layer, torch.einsum(equation, blocks, R).reshape(weight.shape))
save_file(state, FOLDER / "oft_onetrainer.safetensors")

# DoRA at half its strength, and alphas of every type


def dora(W, V, m, axis):
    others = [i for i in range(W.ndim) if i != axis]
    return V * m / V.square().sum(dim=others, keepdim=True).sqrt()


state = {}
types = [torch.tensor(2), torch.tensor(2.0, dtype=torch.float64), torch.tensor([3.0], dtype=torch.bfloat16)]
for (layer, original), alpha in zip(LAYERS.items(), types):
    weight = base(layer)
    down = random_half(4, *weight.shape[1:])
    up = random_half(weight.shape[0], 4, *[1] * (weight.ndim - 2))
    D = (up.double().flatten(1) @ down.double().flatten(1)).reshape(weight.shape) * alpha.double().item() / 4
    flat = "lora_unet_" + original.replace(".", "_")
    matrices = {f"{flat}.lora_up.weight": up, f"{flat}.lora_down.weight": down, f"{flat}.alpha": alpha}
    keep("alphas", layer, weight + D)
    state |= matrices
    keep("dora_half", layer, weight + 0.5 * (dora(weight, weight + D, 1.0, 0) - weight))
save_file(state, FOLDER / "alphas.safetensors")
save_file(state | {k.replace("lora_up.weight", "dora_scale"): torch.ones(v.shape[0], *[1] * (v.ndim - 1))
                   for k, v in state.items() if k.endswith("lora_up.weight")}, FOLDER / "dora_half.safetensors")

# PEFT, in its own folders


def peft(name, config, half=False, deviation=0.3):
    model = get_peft_model(unet(), config)
    for key, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if "magnitude" in key or "ia3_l" in key or "boft_s" in key:
            values = parameter.data * (0.5 + torch.rand(parameter.shape, generator=generator))
        elif key.endswith("bias"):
            values = parameter.data + torch.randn(parameter.shape, generator=generator)
        else:
            values = torch.randn(parameter.shape, generator=generator) * deviation
        parameter.data = values.half().double()
    model.save_pretrained(FOLDER / name)
    (FOLDER / name / "README.md").unlink(missing_ok=True)
    tensors = FOLDER / name / "adapter_model.safetensors"
    save_file({k: v.half() for k, v in load_file(tensors).items()}, tensors)
    for layer in config.target_modules:
        module = model.base_model.model.get_submodule(layer)
        weight, bias = effective(module.forward, base(layer))
        keep(name, layer, weight, bias)


targets = [LINEAR, POINT, CONV]
peft("peft_lora", LoraConfig(r=4, lora_alpha=2, target_modules=targets, rank_pattern={"conv_in": 2},
                             alpha_pattern={"conv_in": 3, ".*time_emb_p.oj": 5}))
peft("peft_rslora", LoraConfig(r=4, lora_alpha=2, target_modules=targets, use_rslora=True, rank_pattern={"conv_in": 2}))
peft("peft_dora", LoraConfig(r=4, lora_alpha=2, target_modules=targets, use_dora=True))
peft("peft_bias", LoraConfig(r=4, lora_alpha=2, target_modules=targets, lora_bias=True))
peft("peft_biases", LoraConfig(r=4, lora_alpha=2, target_modules=targets, bias="lora_only"))
peft("peft_loha", LoHaConfig(r=4, alpha=2, target_modules=targets))
peft("peft_lokr", LoKrConfig(r=99, alpha=9.9, target_modules=targets))
peft("peft_ia3", IA3Config(target_modules=targets, feedforward_modules=["conv_in"]))
peft("peft_oft", OFTConfig(oft_block_size=4, r=0, target_modules=targets, use_cayley_neumann=True), deviation=0.1)
peft("peft_oft_exact", OFTConfig(oft_block_size=4, r=0, target_modules=targets, use_cayley_neumann=False))
# Without its CUDA code PEFT makes one stage alone: a plain block-diagonal stands for it.
boft_layer.get_fbd_cuda = lambda: True
boft_layer.FastBlockDiag = type("BlockDiagonal", (), {
    "apply": staticmethod(lambda blocks: torch.stack([torch.block_diag(*stage) for stage in blocks]))})
peft("peft_boft", BOFTConfig(boft_block_size=4, boft_n_butterfly_factor=2, target_modules=[LINEAR, POINT]))
peft("peft_boft3", BOFTConfig(boft_block_size=4, boft_n_butterfly_factor=3, target_modules=[LINEAR]))

save_file(merged, FOLDER / "merged.safetensors")
