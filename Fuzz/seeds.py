#!/usr/bin/env python3
"""Writes the first inputs of each target into Fuzz/Corpus, from small files of the tests and by hand. Inputs that fuzzing
has found lie beside them under other names, and stay."""
import json
import struct
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "Fuzz" / "Corpus"


def seed(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(content.encode() if isinstance(content, str) else content)


def golden(suite, name):
    return (ROOT / "Tests" / suite / "Goldens" / name).read_bytes()


# Weights.


def safetensors(tensors, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (kind, shape, content) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def lora(up, down):
    half = struct.pack("<4e", 1, 2, 3, 4)
    return safetensors({up: ("F16", [2, 2], half), down: ("F16", [2, 2], half)})


def global_(module, name):
    return f"c{module}\n{name}\n".encode()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def pickle(legacy):
    storage = b"(" + text("storage") + global_("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x04"
    storage += b"NtQ" if legacy else b"tQ"
    tensor = global_("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + b"K\0K\x02K\x02\x86K\x02K\x01\x86\x89"
    tensor += global_("collections", "OrderedDict") + b")RtR"
    return b"\x80\x02" + global_("collections", "OrderedDict") + b")R(" + text("w") + tensor + b"u}b."


def archive(members):
    body = directory = b""
    for name, content in members.items():
        common = struct.pack("<HHIIIIHH", 0, 0, 0, zlib.crc32(content), len(content), len(content), len(name), 0)
        directory += b"PK\1\2\0\0\0\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\3\4\0\0" + common + name.encode() + content
    counts = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + counts


def weights():
    numbers = struct.pack("<4f", 1, 2, 3, 4)
    seed("safetensors", "plain", safetensors({"a.w": ("F32", [2, 2], numbers), "b": ("I64", [1], bytes(8))}))
    kinds = {"F16": 2, "BF16": 2, "F64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
    every = {kind: (kind, [2], bytes(range(2 * size))) for kind, size in kinds.items()}
    seed("safetensors", "kinds", safetensors(every, {"format": "pt"}))
    unet = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q"
    seed("safetensors", "kohya", lora(f"{unet}.lora_up.weight", f"{unet}.lora_down.weight"))
    unet = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
    seed("safetensors", "peft", lora(f"{unet}.lora_B.weight", f"{unet}.lora_A.weight"))
    seed("safetensors", "official", golden("CheckpointsTests", "official.safetensors"))

    seed("pytorch", "zip", archive({"archive/data.pkl": pickle(False), "archive/data/0": numbers}))
    ordered = archive({"archive/data.pkl": pickle(False), "archive/byteorder": b"little", "archive/data/0": numbers})
    seed("pytorch", "zip-byteorder", ordered)
    magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + b"\x80\x02M\xe9\x03." + b"\x80\x02}."
    keys = b"\x80\x02](" + text("0") + b"e."
    seed("pytorch", "legacy", magic + pickle(True) + keys + struct.pack("<q", 4) + numbers)
    for name in ["pytorch.pth", "pytorch_grouped.bin", "pytorch_protocol4.pt", "pytorch_nested.pth", "pytorch_types.pt",
                 "pytorch_types.pth", "pytorch_trainer2.ckpt", "pytorch_trainer4.ckpt"]:
        seed("pytorch", name, golden("CheckpointsTests", name))


def gguf(values, tensors):
    """values: (key, type, bytes); tensors: (name, sizes, type, bytes)."""
    word = lambda text: struct.pack("<Q", len(text)) + text.encode()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    head += b"".join(word(key) + struct.pack("<I", kind) + content for key, kind, content in values)
    data = b""
    for name, sizes, kind, content in tensors:
        head += word(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, len(data))
        data += content + bytes(-len(content) % 32)
    return head + bytes(-len(head) % 32) + data


def ggufs():
    blocks = {2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 12: (256, 144), 13: (256, 176), 14: (256, 210)}
    tensors = [(f"t{kind}", [count], kind, bytes(i % 61 for i in range(size))) for kind, (count, size) in blocks.items()]
    tensors += [("half", [3], 1, bytes(6)), ("short", [2, 2], 25, bytes(8)), ("bfloat", [1], 30, bytes(2))]
    words = struct.pack("<IQ", 8, 2) + struct.pack("<Q", 1) + b"a" + struct.pack("<Q", 0)
    shape = struct.pack("<IQ2i", 5, 2, 4, 64)
    values = [("general.architecture", 8, struct.pack("<Q", 4) + b"sdxl"), ("general.alignment", 4, struct.pack("<I", 32))]
    values += [("words", 9, words), ("comfy.gguf.orig_shape.t14", 9, shape), ("real", 12, struct.pack("<d", 0.5))]
    seed("gguf", "kinds", gguf(values, tensors))
    seed("gguf", "plain", gguf([], [("a", [2, 2], 0, bytes(16))]))
    seed("gguf", "whole", golden("CheckpointsTests", "whole.gguf"))
    seed("gguf", "layouts", golden("CheckpointsTests", "layouts.gguf"))


# ONNX: protocol buffers by hand.


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def chunk(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    if isinstance(value, int):
        return chunk(5, chunk(1, name) + number(3, value) + number(20, 2))
    if isinstance(value, float):
        return chunk(5, chunk(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1))
    if isinstance(value, str):
        return chunk(5, chunk(1, name) + chunk(4, value) + number(20, 3))
    return chunk(5, chunk(1, name) + b"".join(number(8, one) for one in value) + number(20, 7))


def node(kind, inputs, output, **attributes):
    content = b"".join(chunk(1, one) for one in inputs) + chunk(2, output) + chunk(4, kind)
    return chunk(1, content + b"".join(attribute(*one) for one in attributes.items()))


def constant(name, shape, values):
    whole = all(isinstance(value, int) for value in values)
    raw = struct.pack(f"<{len(values)}{'q' if whole else 'f'}", *values)
    sizes = b"".join(number(1, size) for size in shape)
    return chunk(5, sizes + number(2, 7 if whole else 1) + chunk(8, name) + chunk(9, raw))


def model(shape, nodes, constants=(), opset=13):
    sizes = b"".join(chunk(1, number(1, size)) for size in shape)
    ends = chunk(11, chunk(1, "x") + chunk(2, chunk(1, number(1, 1) + chunk(2, sizes)))) + chunk(12, chunk(1, "y"))
    return number(1, 6) + chunk(7, b"".join(nodes) + b"".join(constants) + ends) + chunk(8, number(2, opset))


def graphs():
    ones = [1.0] * 36
    convolution = [
        node("Conv", ["x", "w", "b"], "c", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], group=1),
        node("BatchNormalization", ["c", "b", "b", "b", "b"], "n", epsilon=1e-5),
        node("PRelu", ["n", "p"], "r"),
        node("MaxPool", ["r"], "m", kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], ceil_mode=0),
        node("AveragePool", ["m"], "a", kernel_shape=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
        node("GlobalAveragePool", ["a"], "y"),
    ]
    constants = [constant("w", [2, 2, 3, 3], ones), constant("b", [2], ones[:2]), constant("p", [2, 1, 1], ones[:2])]
    seed("onnx", "convolution", model([1, 2, 4, 4], convolution, constants))
    grouped = [node("Conv", ["x", "w"], "y", group=2, dilations=[1, 1])]
    seed("onnx", "grouped", model([1, 2, 4, 4], grouped, [constant("w", [2, 1, 3, 3], ones[:18])]))

    sizes = [
        node("Shape", ["x"], "s"),
        node("Slice", ["s", "two", "four"], "hw"),
        node("Gather", ["s", "zero"], "b", axis=0),
        node("Unsqueeze", ["b", "zero"], "u"),
        node("Concat", ["u", "u", "hw"], "shape", axis=0),
        node("Cast", ["shape"], "floats", to=1),
        node("Floor", ["floats"], "down"),
        node("Cast", ["down"], "whole", to=7),
        node("Resize", ["x", "", "", "whole"], "y", mode="linear", coordinate_transformation_mode="asymmetric"),
    ]
    lists = [constant("zero", [1], [0]), constant("two", [1], [2]), constant("four", [1], [4])]
    seed("onnx", "sizes", model([1, 1, 4, 4], sizes, lists))
    scaled = [node("Upsample", ["x", "k"], "y", mode="nearest")]
    seed("onnx", "upsample", model([1, 1, 2, 2], scaled, [constant("k", [4], [1.0, 1.0, 2.0, 2.0])], opset=9))

    layout = [
        node("Transpose", ["x"], "t", perm=[0, 2, 3, 1]),
        node("Reshape", ["t", "r"], "f"),
        node("Softmax", ["f"], "p", axis=-1),
        node("Gemm", ["p", "g"], "e", alpha=1.0, beta=1.0, transB=1),
        node("Sigmoid", ["e"], "i"),
        node("LeakyRelu", ["i"], "l", alpha=0.1),
        node("Mul", ["l", "l"], "q"),
        node("Div", ["q", "l"], "d"),
        node("Sub", ["d", "q"], "n"),
        node("MatMul", ["n", "g"], "z"),
        node("Flatten", ["z"], "w", axis=1),
        node("Dropout", ["w"], "o"),
        node("Identity", ["o"], "y"),
    ]
    constants = [constant("r", [2], [-1, 2]), constant("g", [2, 2], ones[:4])]
    seed("onnx", "layout", model([1, 2, 2, 2], layout, constants))
    seed("onnx", "operators", golden("ONNXTests", "grouped.onnx"))


# Pictures.


def png_chunk(name, content):
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(kind=2, depth=8, width=3, height=2, before=(), interlace=0):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    row = b"\0" + bytes((width * channels * depth + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    chunks = [(b"IHDR", header), *before, (b"IDAT", zlib.compress(row * height)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*one) for one in chunks)


def text_chunk(key, value):
    return (b"iTXt", key.encode() + b"\0\0\0\0\0" + value.encode())


def pictures_of(file, names):
    """Of a golden's tensors, each a file."""
    whole = golden("ImagingTests", file)
    size = struct.unpack("<Q", whole[:8])[0]
    entries = json.loads(whole[8 : 8 + size])
    for target, name in names:
        start, end = entries[f"file.{name}"]["data_offsets"]
        seed(target, name, whole[8 + size + start : 8 + size + end])


def pictures():
    jpegs = ["exif6.jpeg", "progressive.jpeg", "subsampled.jpeg", "grey.jpeg", "cmyk.jpeg"]
    webps = ["lossy.webp", "exif6.webp", "alpha.webp", "animated.webp"]
    names = [("jpeg", name) for name in jpegs] + [("webp", name) for name in webps]
    pictures_of("imaging.safetensors", names + [("png", name) for name in ["alpha.png", "exif6.png"]])
    names = [("heif", name) for name in ["full.avif", "alpha.avif", "full.heic", "turned.heic", "deep.heic"]]
    pictures_of("photos.safetensors", [("jpeg", "ycck.jpeg"), *names])
    palette = [(b"PLTE", bytes(6)), (b"tRNS", b"\0\x80")]
    seed("png", "palette", png(3, 1, before=palette))
    seed("png", "grey", png(0, 2, before=[(b"tRNS", b"\0\1")]))
    seed("png", "deep", png(6, 16))
    seed("png", "deep-colour", png(2, 16, before=[(b"tRNS", bytes(6)), (b"gAMA", bytes(4))]))
    seed("png", "exif", png(before=[(b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0")]))

    said = {
        "version": "1", "recipe": "r", "file": "../r.yaml", "settings": '["seed=1","a=\\u00e9"]', "parameters": "{}",
        "node": "n", "cell": '{"seed":1}', "key": "00ff",
    }
    seed("origin", "whole", png(before=[text_chunk(f"pulid-run.{key}", value) for key, value in said.items()]))
    seed("origin", "mixed", png(before=[(b"tEXt", b"pulid-run.node\0n"), text_chunk("k", "v"), (b"zTXt", b"k\0\0")]))


# Settings, records, recipes.

TOKENIZER = {
    "added_tokens": [
        {"id": 6, "content": "<|startoftext|>", "normalized": False},
        {"id": 7, "content": "<|endoftext|>", "normalized": True},
    ],
    "model": {
        "type": "BPE",
        "vocab": {"a": 0, "c": 1, "t</w>": 2, "ca": 3, "cat</w>": 4, "a</w>": 5},
        "merges": [["c", "a"], "ca t</w>"],
    },
    "model_max_length": 77,
    "bos_token": {"content": "<|startoftext|>"},
    "pad_token": "a",
}


def settings():
    for part in ["unet", "vae", "text_encoder", "text_encoder_2"]:
        seed("json", part, (ROOT / f"models/tiny/sdxl/{part}/config.json").read_bytes())
    seed("json", "scheduler", (ROOT / "models/tiny/sdxl/scheduler/scheduler_config.json").read_bytes())
    seed("json", "model_index", (ROOT / "models/tiny/sdxl/model_index.json").read_bytes())
    seed("json", "tokenizer", json.dumps(TOKENIZER))
    listed = {"added_tokens_decoder": {"6": {"content": "<|endoftext|>"}, "7": {"content": "<|startoftext|>"}}}
    seed("json", "tokenizer-listed", json.dumps(TOKENIZER | listed | {"added_tokens": []}))
    seed("json", "index", '{"metadata":{"total_size":1e3},"weight_map":{"a":"x-1.safetensors","b":"x-2.safetensors"}}')


def item(value):
    fixed = lambda count: struct.pack("<Q", count)
    tagged = lambda tag, content: tag + fixed(len(content)) + content
    match value:
        case None: return b"n"
        case bool(): return b"b" + bytes([value])
        case int(): return tagged(b"i", str(value).encode())
        case float(): return b"d" + struct.pack("<d", value)
        case str(): return tagged(b"s", value.encode())
        case list(): return b"l" + fixed(len(value)) + b"".join(map(item, value))
        case dict(): return b"m" + fixed(len(value)) + b"".join(tagged(b"k", k.encode()) + item(v) for k, v in value.items())


def record(kind, values, blocks):
    content = b"PLR1" + item(kind) + item(values) + item(len(blocks))
    for name, (element, shape, data) in blocks.items():
        content += item(name) + item(element) + item(shape) + b"x" + struct.pack("<Q", len(data)) + data
    return content


def records():
    values = {"a": None, "b": True, "c": -7, "d": 0.5, "e": "é", "f": [1, [2, {"g": "h"}]]}
    seed("record", "values", record("text", values, {}))
    seed("record", "blocks", record("image", {}, {"p": ("U8", [2, 3], bytes(6)), "q": ("F32", [], bytes(4))}))
    seed("record", "empty", record("x", {}, {"z": ("I64", [0, 5], b"")}))


def tiff(comment, make=""):
    """EXIF data with a user comment in ASCII, and with a camera's maker."""
    content = b"ASCII\0\0\0" + comment.encode()
    entries = [(0x010F, 2, make.encode() + b"\0")] if make else []
    count = len(entries) + 1
    place = 8 + 2 + 12 * count + 4
    directory, data = b"", b""
    for tag, kind, text_ in entries:
        directory += struct.pack("<HHII", tag, kind, len(text_), place + len(data))
        data += text_
    directory += struct.pack("<HHII", 0x8769, 4, 1, place + len(data))
    data += struct.pack("<HHHIII", 1, 0x9286, 7, len(content), place + len(data) + 18, 0) + content
    return b"II*\0" + struct.pack("<IH", 8, count) + directory + struct.pack("<I", 0) + data


def texts():
    """Pictures that say how they were made, as all three formats say it."""
    result = "axes: {seed: [1]}\nnodes: {n: {uses: constant, value: 1}}\noutputs: {n.txt: $n}\n"
    ours = {"version": "0.1.0", "file": "r.yaml", "settings": "[\"a=1\"]", "node": "n", "cell": "{\"seed\": 1}"}
    ours |= {"key": "00" * 32, "result": result, "files": "{\"a.png\": \"00\"}", "tools": "{}"}
    ours = {f"pulid-run.{name}": value for name, value in ours.items()}
    chunks = [text_chunk(name, value) for name, value in ours.items()]
    seed("texts", "png", png(before=chunks))
    exif = tiff(json.dumps(ours))
    app1 = b"Exif\0\0" + exif
    seed("texts", "jpeg", b"\xff\xd8\xff\xe1" + struct.pack(">H", 2 + len(app1)) + app1 + b"\xff\xd9")
    part = b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) % 2)
    seed("texts", "webp", b"RIFF" + struct.pack("<I", 4 + len(part)) + b"WEBP" + part)
    comfy = tiff("a portrait\nSteps: 4, Sampler: Euler, Seed: 7", make='workflow:{"nodes": []}')
    seed("texts", "others", b"RIFF" + struct.pack("<I", 12 + len(comfy)) + b"WEBPEXIF" + struct.pack("<I", len(comfy)) + comfy)


def workflows():
    seed("workflow", "api", (ROOT / "recipes/imports/portrait.json").read_bytes())
    nodes = [
        {"id": 1, "type": "CheckpointLoaderSimple", "widgets_values": ["sdxl.safetensors"],
         "outputs": [{"links": [1]}, {"links": [2, 3]}, {"links": [7]}]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["a \u001b \"cat\": # x"], "inputs": [{"name": "clip", "link": 2}],
         "outputs": [{"links": [4]}]},
        {"id": 3, "type": "CLIPTextEncode", "widgets_values": [""], "inputs": [{"name": "clip", "link": 3}],
         "outputs": [{"links": [5]}], "mode": 4},
        {"id": 4, "type": "EmptyLatentImage", "widgets_values": [512, 512, 1], "outputs": [{"links": [6]}]},
        {"id": 5, "type": "KSampler", "widgets_values": [7, "fixed", 20, 5.5, "dpmpp_2m", "karras", 1],
         "inputs": [{"name": n, "link": i} for n, i in
                    [("model", 1), ("positive", 4), ("negative", 5), ("latent_image", 6)]], "outputs": [{"links": [8]}]},
        {"id": 6, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 8}, {"name": "vae", "link": 7}],
         "outputs": [{"links": [9]}]},
        {"id": 7, "type": "SaveImage", "widgets_values": ["%date%/../a b"], "inputs": [{"name": "images", "link": 9}]},
    ]
    links = [[1, 1, 0, 5, 0, "MODEL"], [2, 1, 1, 2, 0, "CLIP"], [3, 1, 1, 3, 0, "CLIP"], [4, 2, 0, 5, 1, "C"],
             [5, 3, 0, 5, 2, "C"], [6, 4, 0, 5, 3, "L"], [7, 1, 2, 6, 1, "VAE"], [8, 5, 0, 6, 0, "L"], [9, 6, 0, 7, 0, "I"]]
    seed("workflow", "interface", json.dumps({"nodes": nodes, "links": links, "version": 0.4}))
    circle = {"1": {"class_type": "KSampler", "inputs": {"latent_image": ["1", 0], "model": ["2", 0]}},
              "2": {"class_type": "LoraLoader", "inputs": {"model": ["2", 0]}}}
    seed("workflow", "circle", json.dumps(circle))
    settings = "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 123, Size: 832x1216, Model: a b, Version: v1.6.0"
    seed("parameters", "whole", "a cat, (hat:1.2) <lora:style:0.7>\nmore\nNegative prompt: bad: \"x\" # y\n" + settings)
    seed("parameters", "quoted", 'x\nSteps: 4, Sampler: "Euler, a", Lora hashes: "a: 1, b: 2", Seed: -1, Size: 8x8')
    seed("parameters", "upscaled", "x\n" + settings + ", Denoising strength: 0.5, Hires upscale: 2, Hires steps: 10")


def axes():
    seed("axes", "lines", "\ufeff# prompts\na cat\r\n\n  $5 ${x}\n")
    seed("axes", "table", "\ufeffa,b\r\n1,\"x, \"\"y\"\"\"\r\n2,\"two\nlines\"\n")
    seed("axes", "ragged", "a,b\n1,2,3\n4\n\"x\"y,1\n")
    seed("axes", "open", "a\n\"x")


RECIPES = {
    "nodes": "nodes:\n  a: {uses: constant, value: 1}\n  b: {uses: scale, input: $a, by: 2.5}\noutputs: {a.txt: $b}\n",
    "sweep": """params: {photo: faces/ada.png, half: 0.5}
axes:
  style: [ink, 'neon', &g gold]
  seed: {from: 1, to: 3}
zip: [[style, seed]]
exclude: [{style: *g}]
include: [{style: *g, seed: 9}]
nodes:
  words: {uses: caption, text: "${style}, $$5"}
  n: {uses: constant, value: 1.5}
  m: {uses: mean, of: [$n, $n], weights: [1, "${half}"]}
  t: {uses: table, numbers: [$m], rows: seed}
outputs:
  "${style}-${seed}.txt": $words
  t.txt: $t
expect:
  - $m.value <= ${half}
""",
    "picture": """recipe: p
description: >-
  A little of all.
axes: {seed: {from: 1, to: 4, step: 2}}
nodes:
  model: {uses: load_model, path: models, adapters: [{file: n.txt, scale: 2}]}
  picture:
    uses: paint
    model: $model
    caption: words
    seed: ${seed}
  score: {uses: compare, image: $picture, baseline: faces/bob.png}
  first: {uses: compare, image: "$picture[seed=1]"}
outputs: {"${seed}.png": $picture, scores.csv: "$score[*]", first.json: $first}
""",
    "include": "include: r.yaml\nnodes: {a: {uses: sum, of: []}}\n",
    "broken": "nodes: {a: {uses: constnat, value: \"\\e[1m\"}, b: [*x, !!t 1, <<: 2]}\naxes: {s: [1..3, 0x10, ~]}\n",
}


def main():
    weights()
    ggufs()
    graphs()
    pictures()
    settings()
    records()
    texts()
    workflows()
    axes()
    for name, content in RECIPES.items():
        seed("recipe", name, content)


main()
