"""insightface: detection/scrfd/configs/scrfd/scrfd_10g_bnkps.py, without mmdetection around it: ResNetV1e of basic
blocks, PAFPN, and a head for each stride whose tower is shared by scores, boxes and key points."""

import torch
from torch import nn
from torch.nn import functional as F


def conv_norm(cin: int, cout: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)]


class BasicBlock(nn.Module):
    """mmdet/models/backbones/resnet.py::BasicBlock"""

    def __init__(self, cin: int, cout: int, stride: int):
        super().__init__()
        self.body = nn.Sequential(*conv_norm(cin, cout, stride), nn.ReLU(), *conv_norm(cout, cout))
        self.downsample = None
        if stride > 1 or cin != cout:
            pool = [nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)] if stride > 1 else []
            self.downsample = nn.Sequential(*pool, nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        return F.relu(self.body(x) + (x if self.downsample is None else self.downsample(x)))


class Backbone(nn.Module):
    """mmdet/models/backbones/resnet.py::ResNetV1e; the last three stages' maps."""

    def __init__(self, base: int = 56, planes=(56, 88, 88, 224), depths=(3, 4, 2, 3)):
        super().__init__()
        self.stem = nn.Sequential(
            *conv_norm(3, base // 2, 2), nn.ReLU(), *conv_norm(base // 2, base // 2), nn.ReLU(),
            *conv_norm(base // 2, base), nn.ReLU(), nn.MaxPool2d(2, 2))
        widths = [base, *planes]
        self.stages = nn.ModuleList(
            nn.Sequential(*(BasicBlock(widths[i] if j == 0 else width, width, 2 if i > 0 and j == 0 else 1)
                            for j in range(depth)))
            for i, (width, depth) in enumerate(zip(planes, depths)))

    def forward(self, x):
        x, maps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps[1:]


class PAFPN(nn.Module):
    """mmdet/models/necks/pafpn.py::PAFPN"""

    def __init__(self, widths=(88, 88, 224), width: int = 56):
        super().__init__()
        same = lambda count, stride=1: nn.ModuleList(nn.Conv2d(width, width, 3, stride, 1) for _ in range(count))
        self.lateral = nn.ModuleList(nn.Conv2d(c, width, 1) for c in widths)
        self.fpn, self.downsample, self.pafpn = same(3), same(2, stride=2), same(2)

    def forward(self, maps):
        x = [layer(y) for layer, y in zip(self.lateral, maps)]
        for i in (2, 1):
            x[i - 1] = x[i - 1] + F.interpolate(x[i], size=x[i - 1].shape[2:], mode="nearest")
        x = [layer(y) for layer, y in zip(self.fpn, x)]
        for i in (0, 1):
            x[i + 1] = x[i + 1] + self.downsample[i](x[i])
        return [x[0], self.pafpn[0](x[1]), self.pafpn[1](x[2])]


class Head(nn.Module):
    """mmdet/models/dense_heads/scrfd_head.py::SCRFDHead; outputs without a batch, as the published file has them."""

    def __init__(self, width: int = 56, features: int = 80, depth: int = 3, anchors: int = 2):
        super().__init__()
        tower = lambda: nn.Sequential(*(
            layer for i in range(depth) for layer in (*conv_norm(features if i else width, features), nn.ReLU())))
        predict = lambda count: nn.ModuleList(nn.Conv2d(features, count * anchors, 3, padding=1) for _ in range(3))
        self.towers = nn.ModuleList(tower() for _ in range(3))
        self.cls, self.box, self.kps = predict(1), predict(4), predict(10)
        self.scales = nn.Parameter(torch.ones(3))

    def forward(self, maps):
        maps = [tower(x) for tower, x in zip(self.towers, maps)]
        rows = lambda x, count: x.permute(2, 3, 0, 1).reshape(-1, count)
        return (*(rows(layer(x), 1).sigmoid() for layer, x in zip(self.cls, maps)),
                *(rows(layer(x) * self.scales[i], 4) for i, (layer, x) in enumerate(zip(self.box, maps))),
                *(rows(layer(x), 10) for layer, x in zip(self.kps, maps)))


class SCRFD(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone, self.neck, self.head = Backbone(), PAFPN(), Head()

    def forward(self, x):
        return self.head(self.neck(self.backbone(x)))
