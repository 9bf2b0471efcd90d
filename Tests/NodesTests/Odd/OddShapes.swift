import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import Models
import Nodes
import TensorTestSupport
import Tensors

/// Inputs of drawn shapes for the nodes, with the embedded models: case n is the same everywhere.
struct OddShapes {
    private let runner = NodeRunner(context: RunContext(fileDigest: { Digest(of: $0.utf8) }))
    private let scratch: ModelFolder
    private let sdxl: SDXLModel
    private let prompt: PromptArtifact
    private let pulid: PuLIDModel
    private let faces: FaceModels

    init() throws {
        let models = goldenFolder + "/../../models/tiny"
        scratch = try ModelFolder(copying: goldenFolder + "/sdxl/scheduler")
        sdxl = try runner.run("load_sdxl", ["base": .string("\(models)/sdxl")])
        prompt = try runner.run("encode_prompt", ["text": .string("a person")], inputs: ["model": sdxl])
        pulid = try runner.run(
            "load_pulid",
            ["weights": .string("\(models)/pulid.safetensors"), "eva_clip": .string("\(models)/eva_clip.safetensors")]
        )
        faces = try runner.run("load_face_models", ["folder": .string("\(models)/face")])
    }

    private static let kinds: [@Sendable (OddShapes, inout SplitMix) throws -> Void] = [
        { try $0.sample(&$1) }, { try $0.sample(&$1) }, { try $0.sample(&$1) }, { try $0.decode(&$1) },
        { try $0.decode(&$1) }, { try $0.encodeImage(&$1) }, { try $0.encodeImage(&$1) }, { try $0.encodeID(&$1) },
        { try $0.encodeID(&$1) }, { try $0.place(&$1) }, { try $0.load(&$1) }, { try $0.load(&$1) },
        { try $0.compare(&$1) },
        { try $0.read(&$1) }, { try $0.look(&$1) }, { try $1.once(in: 8) ? $0.train(&$1) : $0.place(&$1) },
    ]

    /// - Throws: `OddEnd` for a result that is not finite
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        let kind = random.int(in: 0...Self.kinds.count - 1)
        do { try Self.kinds[kind](self, &random) } catch let end as OddEnd { throw end } catch {
            guard "\(error)".count > 20 else { throw OddEnd(description: "kind \(kind): \(error)") }
        }
    }

    // MARK: - What is drawn

    private func size(_ most: Int, _ random: inout SplitMix) -> Int {
        random.once(in: 6) ? random.int(in: 1...3) : random.int(in: 1...most)
    }

    private func tensor(_ shape: [Int], _ random: inout SplitMix) -> Tensor {
        var source = TorchRandomSource(seed: random.next())
        let scale: Float = random.once(in: 20) ? 0 : random.once(in: 20) ? 1e4 : 1
        return source.normal(shape) * scale
    }

    private func picture(_ most: Int, multiple: Int = 1, _ random: inout SplitMix) -> ImageArtifact {
        let unit = random.once(in: 2) ? multiple : 1
        let sides = (0..<2).map { _ in max(1, size(most, &random) / unit) * unit }
        let values = tensor([1, 3] + (random.once(in: 4) ? [sides[0], sides[0]] : sides), &random)
        return ImageArtifact(values.clamped(to: -1...1))
    }

    private func identity(_ random: inout SplitMix) throws -> IdentityArtifact {
        let width = prompt.embeds.shape[2] + (random.once(in: 10) ? random.int(in: -3...3) : 0)
        let tokens = size(40, &random)
        let person = IdentityArtifact(
            id: tensor([1, tokens, width], &random),
            uncond: tensor([1, tokens, width], &random)
        )
        guard random.once(in: 2) else { return person }
        var settings: [String: Value] = [:]
        if random.once(in: 2) { settings["num_zero"] = .integer(Int128(random.int(in: 0...80))) }
        if random.once(in: 2) { settings["ortho"] = .string(random.pick(["off", "v1", "v2"]) ?? "off") }
        var inputs: [String: any Artifact] = ["identity": person]
        if random.once(in: 2) { inputs["mask"] = picture(70, &random) }
        return try runner.run("place_id", settings, inputs: inputs)
    }

    private func face(_ random: inout SplitMix) -> FaceArtifact {
        let (side, other) = (size(80, &random), size(80, &random))
        let width = random.once(in: 5) ? size(600, &random) : 512
        return FaceArtifact(
            box: tensor([4], &random),
            landmarks: tensor([5, 2], &random),
            recognition: random.once(in: 12) ? .zeros([0]) : tensor([width], &random),
            aligned: tensor([1, 3, side, other], &random).sigmoid(),
            features: tensor([1, 3, side, other], &random).sigmoid()
        )
    }

    private func finite(_ tensors: Tensor..., of node: String) throws {
        for tensor in tensors where !tensor.values.allSatisfy(\.isFinite) {
            throw OddEnd(description: "\(node): a result is not finite")
        }
    }

    // MARK: - Nodes

    private func sample(_ random: inout SplitMix) throws {
        let (width, height) = (8 * random.int(in: 2...6), 8 * random.int(in: 2...6))
        var inputs: [String: [any Artifact]] = ["model": [sdxl], "prompt": [prompt]]
        if !random.once(in: 3) {
            inputs["pulid"] = [pulid]
            inputs["identity"] = try (0..<random.int(in: 1...3)).map { _ in try identity(&random) }
        }
        if random.once(in: 3) {
            var shape = [1, 4, height / 4, width / 4]
            if random.once(in: 3) { shape[random.int(in: 0...3)] += random.int(in: 0...2) }
            inputs["latent"] = [LatentArtifact(tensor(shape, &random))]
        }
        let sampler = random.pick(["ddim", "dpmpp_2m", "dpmpp_sde", "euler", "euler_ancestral"]) ?? "euler"
        let latent: LatentArtifact = try runner.run(
            "sample",
            [
                "seed": .integer(Int128(random.next())), "steps": .integer(Int128(random.int(in: 1...3))),
                "width": .integer(Int128(width)), "height": .integer(Int128(height)), "sampler": .string(sampler),
                "guidance": .number(random.once(in: 2) ? 1 : 4),
                "ortho": .string(random.pick(["off", "v1", "v2"]) ?? "off"),
                "num_zero": .integer(Int128(random.int(in: 0...80))),
                "strength": .number(Double(random.int(in: 0...4)) / 4),
                "id_scale": .number(Double(random.int(in: 0...5))),
            ],
            several: inputs
        )
        try finite(latent.latent, of: "sample")
    }

    private func decode(_ random: inout SplitMix) throws {
        let channels = random.once(in: 8) ? size(6, &random) : 4
        let shape = [random.once(in: 8) ? 2 : 1, channels, size(24, &random), size(24, &random)]
        let latent = LatentArtifact(tensor(shape, &random), downscale: random.pick([nil, nil, 4, 8]) ?? nil)
        let image: ImageArtifact = try runner.run(
            "decode",
            random.once(in: 3) ? ["tile": .integer(Int128(32 * random.int(in: 1...3)))] : [:],
            inputs: ["model": sdxl, "latent": latent]
        )
        try finite(image.image, of: "decode")
        _ = try image.encoded(as: "png", metadata: [])
    }

    private func encodeImage(_ random: inout SplitMix) throws {
        let latent: LatentArtifact = try runner.run(
            "encode_image",
            random.once(in: 3) ? ["tile": .integer(Int128(32 * random.int(in: 1...3)))] : [:],
            inputs: ["model": sdxl, "image": picture(100, multiple: 4, &random)]
        )
        try finite(latent.latent, of: "encode_image")
    }

    private func encodeID(_ random: inout SplitMix) throws {
        let identity: IdentityArtifact = try runner.run(
            "encode_id",
            random.once(in: 2) ? ["fuse": .string(random.pick(["concat", "mix", "mean", "joint"]) ?? "mix")] : [:],
            several: ["pulid": [pulid], "face": (0..<random.int(in: 1...3)).map { _ in face(&random) }]
        )
        try finite(identity.id, identity.uncond, of: "encode_id")
    }

    private func place(_ random: inout SplitMix) throws {
        var numbers: [String: Value] = [
            "width": .integer(Int128(size(90, &random))), "height": .integer(Int128(size(90, &random))),
        ]
        for name in ["left", "top", "feather"] where random.once(in: 2) {
            numbers[name] = .number(Double(random.int(in: 0...9)) / 10)
        }
        let mask: ImageArtifact = try runner.run("draw_mask", numbers)
        try finite(mask.image, of: "draw_mask")
        let placed: IdentityArtifact = try runner.run(
            "place_id",
            inputs: ["identity": identity(&random), "mask": random.once(in: 2) ? mask : picture(90, &random)]
        )
        try finite(placed.id, of: "place_id")
    }

    private func load(_ random: inout SplitMix) throws {
        let face: FaceArtifact = try runner.run(
            "load_face",
            [
                "crop": .string(random.once(in: 4) ? "detect" : "whole"),
                "on_no_face": .string(random.pick(["error", "skip"]) ?? "skip"),
                "pick": random.pick([.string("largest"), .string("center"), .integer(0), .integer(-1), .integer(7)])
                    ?? .null,
            ],
            inputs: ["models": faces, "image": picture(random.once(in: 20) ? 1500 : 200, &random)]
        )
        try finite(face.recognition, face.aligned, face.features, of: "load_face")
    }

    private func look(_ random: inout SplitMix) throws {
        let sheet: ImageArtifact = try runner.run(
            "show_face",
            ["crop": .string(random.once(in: 2) ? "detect" : "whole")],
            inputs: ["models": faces, "image": picture(120, &random)]
        )
        try finite(sheet.image, of: "show_face")
    }

    private func compare(_ random: inout SplitMix) throws {
        let image = picture(60, &random)
        var inputs: [String: any Artifact] = [
            "image": image, "baseline": random.once(in: 2) ? image : picture(60, &random),
        ]
        if random.once(in: 2) { (inputs["face"], inputs["models"]) = (face(&random), faces) }
        let scores: ScoresArtifact = try runner.run("compare", inputs: inputs)
        guard scores.values.values.allSatisfy({ !$0.isNaN }) else { throw OddEnd(description: "compare: no number") }
    }

    /// Files that hold nothing, or something of another shape.
    private func read(_ random: inout SplitMix) throws {
        var writer = SafetensorsWriter(metadata: ["downscale": random.pick(["4", "0", "-1", "x", "1e39"]) ?? "8"])
        let isLatent = random.once(in: 2)
        let shape = (0..<random.int(in: 0...5)).map { _ in random.int(in: 0...4) }
        for name in isLatent ? ["latent"] : ["id", "uncond"] {
            writer.add(name, tensor(random.once(in: 3) ? (isLatent ? [1, 4, 8, 8] : [1, 2, 112]) : shape, &random))
        }
        let path = "\(scratch.path)/file.safetensors"
        try writer.write(to: path)
        if isLatent {
            let latent: LatentArtifact = try runner.run("load_latent", ["file": .string(path)])
            let image: ImageArtifact = try runner.run("decode", inputs: ["model": sdxl, "latent": latent])
            try finite(image.image, of: "decode")
        } else {
            let identity: IdentityArtifact = try runner.run("load_id", ["file": .string(path)])
            try finite(identity.id, of: "load_id")
        }
    }

    /// Data sets of every size.
    private func train(_ random: inout SplitMix) throws {
        let pictures: DatasetArtifact = try runner.run(
            "make_dataset",
            [
                "kind": .string(random.pick(["base", "portraits", "faces"]) ?? "base"), "count": .integer(4),
                "size": .integer(Int128(random.once(in: 2) ? 8 * random.int(in: 2...5) : random.int(in: 16...40))),
                "seed": .integer(1),
            ]
        )
        let weights: WeightsArtifact = try runner.run(
            "train_vae",
            ["seed": .integer(1), "steps": .integer(1), "batch": .integer(1)],
            inputs: ["model": sdxl, "pictures": pictures]
        )
        for (name, block) in weights.record.blocks {
            guard block.bytes.withUnsafeBytes({ $0.bindMemory(to: Float.self).allSatisfy(\.isFinite) }) else {
                throw OddEnd(description: "train_vae: \(name) is not finite")
            }
        }
    }
}
