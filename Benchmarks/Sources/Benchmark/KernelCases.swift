import Tensors

/// Single operations at the shapes that SDXL's UNet and VAE have for a picture of the given size.
struct KernelCases {
    let weights: RandomWeights
    let size: PictureSize

    /// Latents of one side, and the channels of the UNet's three levels.
    private var side: Int { size.pixels / 8 }
    private var channels: [Int] { size.isFull ? [320, 640, 1280] : [16, 32, 64] }

    var all: [BenchmarkCase] { linears + convolutions + attentions + elementwise }

    private var linears: [BenchmarkCase] {
        [1, 2].flatMap { level -> [BenchmarkCase] in
            let (c, rows) = (channels[level], (side >> level) * (side >> level))
            return [(c, c), (c, 8 * c), (4 * c, c)].map { linear(rows: rows, from: $0, to: $1) }
        }
    }

    private func linear(rows: Int, from cIn: Int, to cOut: Int) -> BenchmarkCase {
        BenchmarkCase(
            group: .kernels,
            name: "linear \(rows) x \(cIn) -> \(cOut)",
            work: 2 * Double(rows * cIn * cOut),
            task: ["kind": "linear", "rows": .int(rows), "in": .int(cIn), "out": .int(cOut)]
        ) {
            let layer = try weights.network("linear-\(cIn)-\(cOut)") { try Linear($0, from: cIn, to: cOut) }
            let x = input([1, rows, cIn])
            return measured { layer(x) }
        }
    }

    private var convolutions: [BenchmarkCase] {
        let unet = (0..<3).map { (channels[$0], channels[$0], side >> $0) }
        let vae =
            size.isFull ? [(512, 512, side), (512, 512, 2 * side), (256, 256, 4 * side), (128, 128, 8 * side)] : []
        return (unet + vae).map { cIn, cOut, side in
            BenchmarkCase(
                group: .kernels,
                name: "conv 3x3 \(side)x\(side), \(cIn) -> \(cOut)",
                work: 18 * Double(side * side * cIn * cOut),
                task: ["kind": "conv", "side": .int(side), "in": .int(cIn), "out": .int(cOut)]
            ) {
                let layer = try weights.network("conv-\(cIn)-\(cOut)") {
                    try Conv2d($0, from: cIn, to: cOut, kernel: 3)
                }
                let x = input([1, side, side, cIn])
                return measured { layer(x) }
            }
        }
    }

    private var attentions: [BenchmarkCase] {
        [1, 2].flatMap { level -> [BenchmarkCase] in
            let (c, queries) = (channels[level], (side >> level) * (side >> level))
            let heads = size.isFull ? c / 64 : c / 16
            return [queries, 77].map { attention(queries: queries, keys: $0, heads: heads, channels: c) }
        }
    }

    private func attention(queries: Int, keys: Int, heads: Int, channels: Int) -> BenchmarkCase {
        BenchmarkCase(
            group: .kernels,
            name: "attention \(queries) over \(keys), \(heads) heads of \(channels / heads)",
            work: 4 * Double(queries * keys * channels),
            task: [
                "kind": "attention", "queries": .int(queries), "keys": .int(keys), "heads": .int(heads),
                "channels": .int(channels),
            ]
        ) {
            let (q, k, v) = (input([1, queries, channels]), input([1, keys, channels]), input([1, keys, channels]))
            return measured { scaledDotProductAttention(q, k, v, heads: heads) }
        }
    }

    private var elementwise: [BenchmarkCase] {
        let (c, side) = (channels[1], side / 2)
        let picture = [1, side, side, c]
        let rows = [1, side * side, c]
        let wide = [1, side * side, 8 * c]
        let groups = size.isFull ? 32 : 8
        return [
            pass("group norm", picture, extra: ["groups": .int(groups)]) { x in
                let norm = try GroupNorm(Weights(FreshWeights(name: "", seed: 1)), groups: groups, channels: c)
                return { norm(x) }
            },
            pass("group norm + SiLU", picture, extra: ["groups": .int(groups)]) { x in
                let norm = try GroupNorm(Weights(FreshWeights(name: "", seed: 1)), groups: groups, channels: c)
                return { norm(x, silu: true) }
            },
            pass("layer norm", rows) { x in
                let norm = try LayerNorm(Weights(FreshWeights(name: "", seed: 1)), channels: c)
                return { norm(x) }
            },
            pass("GEGLU", wide) { x in { x.geglu() } },
            pass("SiLU", picture) { x in { x.silu() } },
            pass("GELU", rows) { x in { x.gelu() } },
            pass("add", picture) { x in { x + x } },
            pass("softmax", [1, 1024, side * side]) { x in { x.softmax() } },
            pass("concatenate channels", picture) { x in { .concatenated([x, x], axis: 3) } },
            pass("upsample 2x", picture) { x in { x.upsampledNearest2x() } },
        ]
    }

    /// One pass over memory.
    private func pass(
        _ name: String,
        _ shape: [Int],
        extra: PeerTask = [:],
        _ setUp: @escaping (Tensor) throws -> () -> Tensor
    ) -> BenchmarkCase {
        let sizes = Dictionary(uniqueKeysWithValues: shape.indices.map { ("size\($0)", PeerValue.int(shape[$0])) })
        return BenchmarkCase(
            group: .kernels,
            name: "\(name) \(shape.dropFirst().map(String.init).joined(separator: "x"))",
            task: sizes.merging(extra) { $1 }.merging(["kind": .string(name)]) { $1 }
        ) {
            measured(try setUp(input(shape)))
        }
    }
}

/// Work whose result is dropped.
func measured(_ run: @escaping () -> Tensor) -> () -> BenchmarkCase.Outcome {
    {
        _ = run()
        return .init()
    }
}

/// Numbers like an activation's: about -2 ... 2.
func input(_ shape: [Int]) -> Tensor {
    var random = TorchRandomSource(seed: 1)
    return Tensor((0..<shape.reduce(1, *)).map { _ in random.uniform() * 4 - 2 }, shape: shape)
}
