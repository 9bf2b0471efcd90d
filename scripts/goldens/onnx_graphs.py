"""Goldens of the ONNX reader: small graphs of the make of scrfd_10g_bnkps.onnx and glintr100.onnx, and what ONNX Runtime
1.32.0 makes of them. onnx 1.23.2.

    python scripts/goldens/onnx_graphs.py

Writes *.onnx, and graphs.safetensors with their inputs and outputs, to Tests/ONNXTests/Goldens; and a detector that takes
red squares for faces to Tests/NodesTests/Goldens.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

GOLDENS = Path(__file__).resolve().parents[2] / "Tests/ONNXTests/Goldens"
rng = np.random.default_rng(11)
goldens = {}


class Graph:
    """A graph under construction; a call of an operator's name adds a node and gives its output's name."""

    def __init__(self, opset):
        self.opset, self.nodes, self.constants, self.count = opset, [], [], 0

    def name(self):
        self.count += 1
        return str(400 + self.count)

    def constant(self, values, raw=True):
        values, name = np.asarray(values), f"w{self.name()}"
        if raw:
            self.constants.append(numpy_helper.from_array(values, name))
        else:
            kind = helper.np_dtype_to_tensor_dtype(values.dtype)
            self.constants.append(helper.make_tensor(name, kind, values.shape, values.ravel().tolist()))
        return name

    def random(self, *shape, scale=None, mean=0.0):
        scale = scale or (np.prod(shape[1:]) or 1) ** -0.5 * 1.4
        return self.constant((rng.normal(mean, scale, shape)).astype(np.float32), raw=self.count % 3 > 0)

    def __getattr__(self, kind):
        def add(*inputs, **attributes):
            output = self.name()
            self.nodes.append(helper.make_node(kind, list(inputs), [output], name=f"{kind}_{output}", **attributes))
            return output
        return add

    def conv(self, x, cin, cout, k=3, stride=1, pad=None, bias=True):
        pad = k // 2 if pad is None else pad
        inputs = [x, self.random(cout, cin, k, k)] + ([self.random(cout, scale=0.2)] if bias else [])
        return self.Conv(*inputs, kernel_shape=[k, k], strides=[stride] * 2, pads=[pad] * 4, dilations=[1, 1], group=1)

    def norm(self, x, c):
        variance = self.constant(rng.uniform(0.5, 2, c).astype(np.float32))
        return self.BatchNormalization(
            x, self.random(c, scale=0.3, mean=1), self.random(c, scale=0.3), self.random(c, scale=0.3), variance,
            epsilon=2e-5, momentum=0.9)

    def finish(self, name, outputs, shapes, *sizes):
        """Writes the graph, and runs it on inputs of several sizes."""
        value = lambda n, s: helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
        graph = helper.make_graph(
            self.nodes, name, [value("input.1", shapes[0])], [value(o, s) for o, s in zip(outputs, shapes[1:])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=6)
        if None not in shapes:  # which the checker wants, ONNX Runtime does not
            onnx.checker.check_model(model)
        onnx.save(model, GOLDENS / f"{name}.onnx")
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        for size in sizes:
            x = rng.normal(0, 1, size).astype(np.float32)
            key = f"{name}.{'x'.join(map(str, size))}"
            goldens[f"{key}.input"] = x
            for i, y in enumerate(session.run(None, {"input.1": x})):
                goldens[f"{key}.output.{i}"] = y


def sizes_of(g, x, like, opset):
    """A list (B, C) of x and (H, W) of `like`, as exporters write it."""
    integer = lambda v: g.constant(np.asarray(v, np.int64), raw=False)
    axes = lambda v: {"axes": [0]} if opset < 13 else {}
    pick = lambda i: g.Unsqueeze(
        g.Gather(g.Shape(like), g.Constant(value=numpy_helper.from_array(np.asarray(i, np.int64))), axis=0),
        *([] if opset < 13 else [integer([0])]), **axes(0))
    if opset < 10:
        head = g.Slice(g.Shape(x), axes=[0], starts=[0], ends=[2])
    else:
        head = g.Slice(g.Shape(x), integer([0]), integer([2]), integer([0]))
    return g.Concat(head, g.Cast(g.Concat(pick(2), pick(3), axis=0), to=TensorProto.INT64), axis=0)


def scrfd(opset, name, batched):
    """A ResNet with average-pooled shortcuts, a pyramid with nearest resizing, and heads with a scale of their own."""
    g = Graph(opset)
    x = g.Relu(g.conv("input.1", 3, 6, stride=2))
    ceil = {} if opset < 10 else {"ceil_mode": 0}
    x = g.MaxPool(g.Relu(g.conv(x, 6, 8)), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], **ceil)
    maps, width = [], 8
    for cout in (10, 12, 14):
        h = g.conv(g.Relu(g.conv(x, width, cout, stride=2)), cout, cout)
        short = g.AveragePool(x, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], **ceil)
        x = g.Relu(g.Add(h, g.conv(short, width, cout, k=1)))
        maps.append(x)
        width = cout
    laterals = [g.conv(m, c, 8, k=1) for m, c in zip(maps, (10, 12, 14))]
    for i in (2, 1):
        upper, lower = laterals[i], laterals[i - 1]
        if opset >= 11:
            region, none = g.constant(np.zeros(0, np.float32)), g.constant(np.zeros(0, np.float32))
            up = g.Resize(
                upper, region if opset < 13 else "", none if opset < 13 else "", sizes_of(g, upper, lower, opset), mode="nearest",
                coordinate_transformation_mode="asymmetric", cubic_coeff_a=-0.75, nearest_mode="floor")
        elif opset == 10:
            up = g.Resize(upper, g.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest")
        else:
            ratio = g.Div(g.Cast(sizes_of(g, upper, lower, opset), to=TensorProto.FLOAT), g.Cast(g.Shape(upper), to=TensorProto.FLOAT))
            up = g.Upsample(upper, ratio, mode="nearest")
        laterals[i - 1] = g.Add(lower, up)
    scores, boxes, points = [], [], []
    for m in laterals:
        h = g.Relu(g.norm(g.conv(m, 8, 9, bias=False), 9))
        for width, outputs in ((2, scores), (8, boxes), (20, points)):
            y = g.conv(h, 9, width)
            if width == 2:
                y = g.Sigmoid(y)
            if width == 8:
                y = g.Mul(y, g.constant(np.float32(rng.uniform(0.5, 2))))
            order, shape = ([0, 2, 3, 1], [1, -1, width // 2]) if batched else ([2, 3, 0, 1], [-1, width // 2])
            outputs.append(g.Reshape(g.Transpose(y, perm=order), g.constant(np.asarray(shape, np.int64))))
    rank = 3 if batched else 2
    g.finish(name, scores + boxes + points, [[1, 3, "?", "?"]] + [["n"] * rank] * 9, (1, 3, 32, 64), (1, 3, 32, 32))


def recognizer(name, folded):
    """IResNet: norm, convolution, norm, PReLU, convolution, norm; flattened into a Gemm and a last norm."""
    g = Graph(11)
    slopes = lambda c: g.constant(rng.uniform(-0.5, 1, (c, 1, 1)).astype(np.float32))
    convolution = lambda x, i, o, **kw: g.conv(x, i, o, **kw) if folded else g.norm(g.conv(x, i, o, bias=False, **kw), o)
    x = "input.1"
    if not folded:  # as in networks that came from MXNet
        x = g.Mul(g.Sub(x, g.constant(np.float32([0.3]))), g.constant(np.float32([0.8])))
    x = g.PRelu(convolution(x, 3, 4), slopes(4))
    width = 4
    for cout in (5, 6, 6):
        stride = 2 if cout != width else 1
        h = g.PRelu(convolution(g.norm(x, width), width, cout), slopes(cout))
        h = convolution(h, cout, cout, stride=stride)
        x = g.Add(h, x if stride == 1 else convolution(x, width, cout, k=1, stride=2))
        width = cout
    x = g.norm(x, 6) if folded else g.Dropout(g.norm(x, 6))
    x = g.Flatten(x, axis=1)
    x = g.Gemm(x, g.random(7, 6 * 4 * 4), g.random(7, scale=0.2), alpha=1.0, beta=1.0, transB=1)
    g.finish(name, [g.norm(x, 7)], [["None", 3, 16, 16], [1, 7]], (2, 3, 16, 16))


def operators():
    """The rest of what is supported, in odd sizes."""
    g = Graph(13)
    integer = lambda v: g.constant(np.asarray(v, np.int64))
    x = g.conv("input.1", 3, 5)
    outputs = [
        g.AveragePool(x, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        g.AveragePool(x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
        g.MaxPool(x, kernel_shape=[2, 2], strides=[2, 2]),
        g.GlobalAveragePool(x),
        g.LeakyRelu(x, alpha=0.1),
        g.Softmax(g.Transpose(x, perm=[0, 2, 3, 1]), axis=-1),
        g.Transpose(g.Transpose(x, perm=[1, 3, 0, 2]), perm=[3, 1, 2, 0]),
        g.Concat(x, g.Slice(x, integer([1]), integer([-1]), integer([1]), integer([1])), axis=1),
        g.Concat(g.Transpose(x, perm=[0, 2, 3, 1]), g.Transpose(x, perm=[0, 2, 3, 1]), axis=-1),
        g.Sub(g.random(5, 1, 1), x), g.Div(x, g.constant(rng.uniform(1, 2, (1, 5, 1, 1)).astype(np.float32))),
        g.Mul(x, g.random(1, 1, 9, 1)), g.Add(x, x), g.Div(x, g.Add(g.Sigmoid(x), g.Constant(value_float=1.0))),
        g.MatMul(g.Reshape(x, integer([0, 5, -1])), g.random(63, 4)),
        g.Gemm(g.Flatten(x, axis=-2), g.random(63, 6), g.random(1, 6), alpha=0.5, beta=2.0),
        g.Squeeze(g.Unsqueeze(g.Slice(x, integer([0]), integer([1]), integer([3])), integer([0])), integer([0, 4])),
        g.PRelu(x, g.constant(np.float32([0.2]))),
        g.Reshape(g.Identity(x), g.Concat(g.Shape(x, ), integer([1]), axis=0)),
    ]
    for mode in ("nearest", "linear"):
        for place in ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"):
            options = {"nearest_mode": "round_prefer_ceil" if place == "half_pixel" else "floor"} if mode == "nearest" else {}
            outputs.append(g.Resize(x, "", g.constant(np.float32([1, 1, 1.7, 0.6])), mode=mode, coordinate_transformation_mode=place, **options))
            outputs.append(g.Resize(x, "", "", integer([2, 5, 13, 11]), mode=mode, coordinate_transformation_mode=place, **options))
    outputs.append(g.Resize(x, "", g.constant(np.float32([1, 1, 2, 2])), mode="nearest"))
    half = g.Floor(g.Mul(g.Cast(g.Slice(g.Shape(x), integer([2]), integer([4])), to=1), g.constant(np.float32([0.5, 1.5]))))
    outputs.append(g.Resize(x, "", "", g.Concat(integer([2, 5]), g.Cast(half, to=7), axis=0), mode="nearest"))
    g.finish("operators", outputs, [[2, 3, 9, 7]] + [None] * len(outputs), (2, 3, 9, 7))


def grouped():
    """Convolutions whose channels do not all see each other: two groups, and each channel alone."""
    g = Graph(11)
    x = g.conv("input.1", 3, 6)
    x = g.Conv(x, g.random(8, 3, 3, 3), g.random(8), kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, group=2)
    x = g.Conv(x, g.random(8, 1, 3, 3), kernel_shape=[3, 3], pads=[1] * 4, group=8)
    g.finish("grouped", [x], [[2, 3, 9, 7], [2, 8, 5, 4]], (2, 3, 9, 7))


def red_detector():
    """SCRFD's outputs from no learning: a face wherever a cell of 32 pixels is red, the larger the more blue is in it."""
    g = Graph(11)
    outputs = [[], [], []]
    face = np.array([[-0.5, -0.3], [0.5, -0.3], [0, 0.1], [-0.4, 0.6], [0.4, 0.6]], np.float32).ravel()
    for stride in (8, 16, 32):
        mean = g.AveragePool("input.1", kernel_shape=[stride] * 2, strides=[stride] * 2)
        for width, results in zip((1, 4, 10), outputs):
            weight, bias = np.zeros((2 * width, 3, 1, 1), np.float32), np.zeros(2 * width, np.float32)
            if width == 1:
                bias[:] = -20
                if stride == 32:
                    weight[0, :, 0, 0], bias[0] = (40, -40, 0), -64
            elif width == 4:
                weight[:, 2], bias[:] = 0.5, 1.5
            else:
                bias[:] = np.tile(face, 2)
            y = g.Conv(mean, g.constant(weight), g.constant(bias), kernel_shape=[1, 1])
            y = g.Sigmoid(y) if width == 1 else y
            results.append(g.Reshape(g.Transpose(y, perm=[0, 2, 3, 1]), g.constant(np.array([-1, width], np.int64))))
    value = lambda n, s: helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
    names = [name for results in outputs for name in results]
    graph = helper.make_graph(
        g.nodes, "red", [value("input.1", [1, 3, "?", "?"])], [value(n, ["n", "c"]) for n in names], g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    onnx.checker.check_model(model)
    onnx.save(model, GOLDENS.parents[1] / "NodesTests/Goldens/red_detector.onnx")


GOLDENS.mkdir(exist_ok=True)
scrfd(11, "scrfd11", batched=False)
scrfd(13, "scrfd13", batched=True)
scrfd(10, "scrfd10", batched=False)
scrfd(9, "scrfd9", batched=True)
recognizer("iresnet", folded=True)
recognizer("iresnet_norms", folded=False)
operators()
red_detector()
grouped()
save_file({k: np.ascontiguousarray(v) for k, v in goldens.items()}, GOLDENS / "graphs.safetensors")
