"""References for Tests/CurriculumTests/Faces: the detector's loss and its gradients; and the weighted cross-entropy of
Tests/TensorsTests.

Written with torch 2.13.0 (CPU):
    python scripts/goldens/faces_training.py
"""
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

TESTS = Path(__file__).resolve().parents[2] / "Tests"
STRIDES = [8, 16, 32]
SCALES = [[1, 2], [2, 4], [4, 8]]
# Left, top, right, bottom, in pixels of a picture of 128: two in the first, one of them inside the other, none in the
# second, one in the third and one around it, which is larger than the picture.
FACES = [
    [[20.0, 10.0, 90.0, 100.0], [40.0, 40.0, 58.0, 62.0]],
    [],
    [[30.5, 28.0, 75.0, 90.25], [-30.0, -20.5, 140.0, 155.0]],
]


def cross_entropy():
    generator = torch.Generator().manual_seed(4)
    x = (torch.randn(9, 5, generator=generator) * 6).requires_grad_()
    targets = torch.tensor([0, 4, 2, -100, 1, 1, 3, -100, 0])
    weights = torch.rand(9, generator=generator) * 3
    loss = (F.cross_entropy(x, targets, reduction="none") * weights).sum()
    (loss * 1.7).backward()
    save_file(
        {"x": x.detach(), "targets": targets.float(), "weights": weights, "loss": loss.detach().reshape(1), "dx": x.grad},
        TESTS / "TensorsTests/Goldens/cross_entropy.safetensors",
    )


def landmarks(box):
    left, top, right, bottom = box
    places = [(0.3, 0.4), (0.7, 0.38), (0.52, 0.6), (0.35, 0.8), (0.66, 0.81)]
    return [(left + x * (right - left), top + y * (bottom - top)) for x, y in places]


def matched(faces, x, y, stride, scale):
    """The smallest face that an anchor is for, or None."""
    usual, found = 2 * scale * stride, None
    for box in faces:
        left, top, right, bottom = box
        size = ((right - left) * (bottom - top)) ** 0.5
        limit = max(0.18 * size, 0.51 * stride)
        near = abs((left + right) / 2 - x) <= limit and abs((top + bottom) / 2 - y) <= limit
        if usual / 1.7 < size < usual * 1.7 and near and (found is None or size < found[0]):
            found = (size, box)
    return found and found[1]


def overlap(a, b):
    """Of two boxes by their distances from one anchor."""
    area = lambda d: (d[0] + d[2]).clamp(min=0) * (d[1] + d[3]).clamp(min=0)
    shared = area(torch.minimum(a, b))
    return shared / (area(a) + area(b) - shared)


def detector():
    generator = torch.Generator().manual_seed(5)
    tensors, sums, count = {}, {"scores": 0, "boxes": 0, "points": 0, "overlap": 0}, 0
    leaves = []
    for level, stride in enumerate(STRIDES):
        grid = 128 // stride
        scores = (torch.randn(3, grid, grid, 2, generator=generator) * 2 - 1).requires_grad_()
        distances = torch.randn(3, grid, grid, 8, generator=generator) * 0.8 + 2
        distances = distances.requires_grad_()
        points = torch.randn(3, grid, grid, 20, generator=generator).requires_grad_()
        leaves.append((scores, distances, points))
        for b, faces in enumerate(FACES):
            for row in range(grid):
                for column in range(grid):
                    x, y = column * stride, row * stride
                    for a, scale in enumerate(SCALES[level]):
                        target, box = torch.tensor(0.0), matched(faces, x, y, stride, scale)
                        if box:
                            count += 1
                            sides = torch.tensor([x - box[0], y - box[1], box[2] - x, box[3] - y]) / stride
                            offsets = torch.tensor([v for p in landmarks(box) for v in (p[0] - x, p[1] - y)]) / stride
                            d = distances[b, row, column, 4 * a : 4 * a + 4]
                            p = points[b, row, column, 10 * a : 10 * a + 10]
                            target = overlap(d.detach(), sides)
                            sums["overlap"] += target
                            sums["boxes"] += F.smooth_l1_loss(d / scale, sides / scale, beta=0.05, reduction="sum")
                            sums["points"] += F.smooth_l1_loss(p / scale, offsets / scale, beta=0.05, reduction="sum")
                        s = scores[b, row, column, a]
                        entropy = F.binary_cross_entropy_with_logits(s, target, reduction="none")
                        sums["scores"] += (target - s.sigmoid()) ** 2 * entropy
    loss = (sums["scores"] + sums["boxes"] + sums["points"]) / count
    loss.backward()
    for name, value in sums.items():
        tensors[name] = (value / count).detach().reshape(1)
    tensors["loss"] = loss.detach().reshape(1)
    for level, outputs in enumerate(leaves):
        for name, x in zip(["scores", "distances", "points"], outputs):
            tensors[f"{level}.{name}"] = x.detach()
            tensors[f"{level}.d{name}"] = x.grad if x.grad is not None else torch.zeros_like(x)
    save_file(tensors, TESTS / "CurriculumTests/Goldens/detector_loss.safetensors")
    print(count, "anchors have a face")


if __name__ == "__main__":
    cross_entropy()
    detector()
