"""Random numbers for networks of full size, of a scale at which activations stay finite."""

import torch
from torch import nn


def random_tensor(name: str, shape, generator: torch.Generator, dtype: torch.dtype) -> torch.Tensor:
    """Matrices and convolutions by their inputs, norms near one, biases near zero."""
    noise = torch.randn(tuple(shape), generator=generator)
    if len(shape) == 0:
        return noise.to(dtype)
    if len(shape) == 1:
        scale, middle = (0.1, 1.0) if name.endswith("weight") else (0.05, 0.0)
    elif "embedding" in name and name.endswith("weight") and "linear" not in name:
        scale, middle = 0.02, 0.0
    else:
        scale, middle = noise[0].numel() ** -0.5, 0.0
    return noise.mul_(scale).add_(middle).to(dtype)


@torch.no_grad()
def fill(model: nn.Module, seed: int) -> nn.Module:
    """All parameters at random; buffers stay."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        parameter.copy_(random_tensor(name, parameter.shape, generator, torch.float32))
    for module in model.modules():
        if isinstance(module, nn.PReLU):
            module.weight.uniform_(0, 0.5, generator=generator)
    return model.eval()


@torch.no_grad()
def settle(model: nn.Module, *inputs: torch.Tensor) -> nn.Module:
    """Batch norms with the statistics of these inputs, as a trained network has those of its pictures."""
    norms = [module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    model.train()
    model(*inputs)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    return model.eval()


def seeded(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
