import Checkpoints
import Foundation
import TensorTestSupport
import Tensors
import Testing

/// LoRAs merged as diffusers and peft fuse them (scripts/goldens/lora.py).
@Suite struct LoRATests {
    private let fused = Golden("lora/fused.safetensors", #filePath)

    private static func lora(_ name: String) throws -> LoRAFile {
        try LoRAFile(Golden.path("lora/\(name).safetensors", #filePath))
    }

    /// The network's part of the random SDXL folder.
    private static func base(_ network: LoRAFile.Network) throws -> any WeightSource {
        let basename = network == .unet ? "diffusion_pytorch_model" : "model"
        return try WeightFile.open(
            WeightFolder.find("\(goldenFolder)/sdxl/\(network.rawValue)", basename: basename)
        )
    }

    private static func all(_ source: any WeightSource) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for name in source.tensorNames {
            tensors[name] = try source.tensor(name, shape: source.shape(of: name) ?? [], initial: .zeros)
        }
        return tensors
    }

    /// One file in each key style, and what must come of it.
    static let styles = [
        ("kohya", "kohya"), ("kohya_original", "kohya"), ("peft", "peft"), ("diffusers", "peft"), ("varied", "varied"),
    ]

    @Test(arguments: styles) func mergesAsTheReferenceDoes(_ name: String, _ expected: String) throws {
        let file = try Self.lora(name)
        #expect(file.networks == [.unet, .textEncoder, .textEncoder2])
        for network in LoRAFile.Network.allCases {
            let base = try Self.base(network)
            let (before, after) = try (
                Self.all(base), Self.all(LoRAWeights(base, network: network, loras: [(file, 0.7)]))
            )
            #expect(after.keys.sorted() == base.tensorNames)
            var changed: [String] = []
            for (name, tensor) in after {
                // Some files of transformers have a prefix that others lack.
                let local = name.dropLast(".weight".count).replacing("text_model.", with: "")
                let layer = "\(network.rawValue).\(local)"
                if tensor.values != before[name]?.values { changed.append(layer) }
                let golden = "\(expected).\(layer)"
                if fused.file.shape(of: golden) != nil { assertClose(tensor, fused[golden], relative: 1e-6, golden) }
            }
            // Twelve layers of the UNet and three of each text encoder, and no others.
            let wanted = fused.file.tensorNames.filter { $0.hasPrefix("kohya.\(network.rawValue).") }
            #expect(changed.sorted() == wanted.map { String($0.dropFirst("kohya.".count)) })
            #expect(changed.count == (network == .unet ? 12 : 3))
        }
    }

    @Test func severalAddUpInTheirOrder() throws {
        let (a, b) = try (Self.lora("kohya"), Self.lora("varied"))
        let base = try Self.base(.unet)
        func merged(_ loras: [(file: LoRAFile, scale: LoRAScale)]) throws -> [String: Tensor] {
            try Self.all(LoRAWeights(base, network: .unet, loras: loras))
        }
        let both = try merged([(a, 0.7), (b, -0.25)])
        let (onlyA, onlyB, none) = try (merged([(a, 0.7)]), merged([(b, -0.25)]), merged([(a, 0)]))
        let plain = try Self.all(base)
        for (name, tensor) in both {
            guard let x = onlyA[name], let y = onlyB[name], let w = plain[name] else { continue }
            #expect(none[name]?.values == w.values)
            assertClose(tensor, x + (y - w), relative: 1e-6, name)
        }
        #expect(
            try Self.all(LoRAWeights(base, network: .unet, loras: [])).mapValues(\.values) == plain.mapValues(\.values)
        )
    }

    /// SDXL-Lightning's LoRAs are in kohya's style with diffusers' names: for all of the UNet's layers, convolutions and
    /// time embeddings among them, and with an alpha for each.
    @Test func everyLayerOfTheUNetIsFound() throws {
        let base = try Self.base(.unet)
        let layers = base.tensorNames.filter { name in
            name.hasSuffix(".weight") && [2, 4].contains(base.shape(of: name)?.count)
        }
        var writer = SafetensorsWriter()
        for name in layers {
            let shape = try #require(base.shape(of: name))
            let key = "lora_unet_" + name.dropLast(".weight".count).replacing(".", with: "_")
            writer.add("\(key).lora_down.weight", Tensor(repeating: 0.5, shape: [2] + shape.dropFirst()), as: .f16)
            let ones = shape.dropFirst(2).map { _ in 1 }
            writer.add("\(key).lora_up.weight", Tensor(repeating: 0.25, shape: [shape[0], 2] + ones), as: .f16)
            writer.add("\(key).alpha", Tensor(repeating: 8, shape: []), as: .f16)
        }
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/sdxl_lightning_4step_lora.safetensors"
        try writer.write(to: path)
        let file = try LoRAFile(path)
        #expect(file.summaries == [.init(network: .unet, layers: layers.count, ranks: [2], alphas: [8])])
        let merged = try Self.all(LoRAWeights(base, network: .unet, loras: [(file, 1)]))
        for (name, before) in try Self.all(base) {
            // 8 / 2 * (2 * 0.25 * 0.5)
            assertClose(try #require(merged[name]), layers.contains(name) ? before + 1 : before, relative: 1e-6, name)
        }
    }

    // MARK: - Files that cannot be merged

    private func write(_ tensors: [String: [Int]], metadata: [String: String] = [:], _ folder: TemporaryFolder) throws
        -> String
    {
        var writer = SafetensorsWriter(metadata: metadata)
        for (name, shape) in tensors { writer.add(name, Tensor(repeating: 0.5, shape: shape)) }
        let path = "\(folder.path)/lora.safetensors"
        try writer.write(to: path)
        return path
    }

    private static let layer = "lora_unet_mid_block_attentions_0_proj_in"
    private static let good = ["\(layer).lora_up.weight": [32, 4], "\(layer).lora_down.weight": [4, 32]]

    static let unknown: [[String: [Int]]] = [
        ["\(layer).dora_scale": [32, 1]], ["\(layer).lora_mid.weight": [4, 4, 3, 3]], ["\(layer).hada_w1_a": [32, 4]],
        ["lora_te_text_model_x.lora_up.weight": [2, 2], "lora_te_text_model_x.lora_down.weight": [2, 2]],
        ["model.diffusion_model.x.weight": [2]], ["\(layer)x.lora_up.weight": [32, 4]], ["\(layer)y.alpha": []],
    ]

    @Test(arguments: unknown) func unknownKeysAreNamed(_ keys: [String: [Int]]) throws {
        let folder = try TemporaryFolder()
        let path = try write(Self.good.merging(keys) { $1 }, folder)
        #expect(throws: LoRAError.unknownKeys(keys.keys.sorted(), file: path)) { try LoRAFile(path) }
    }

    @Test func layersThatTheModelLacksAreNamed() throws {
        let folder = try TemporaryFolder()
        let names = ["unet.down_blocks.7.conv.lora_A.weight", "unet.down_blocks.7.conv.lora_B.weight"]
        let path = try write(Self.good.merging([names[0]: [2, 2], names[1]: [2, 2]]) { $1 }, folder)
        let file = try LoRAFile(path)
        #expect(throws: LoRAError.unknownLayers(names, network: .unet, file: path)) {
            try LoRAWeights(Self.base(.unet), network: .unet, loras: [(file, 1)])
        }
    }

    static let sizes: [(up: [Int], down: [Int])] = [
        ([32, 4], [4, 31]), ([31, 4], [4, 32]), ([32, 3], [4, 32]), ([32], [4, 32]), ([32, 4], [32]),
        ([32, 0], [0, 32]),
        ([32, 4, 2, 1], [4, 32]), ([32, 4], [4, 32, 3, 3]),
    ]

    @Test(arguments: sizes) func matricesMustFit(_ up: [Int], _ down: [Int]) throws {
        let folder = try TemporaryFolder()
        let path = try write(["\(Self.layer).lora_up.weight": up, "\(Self.layer).lora_down.weight": down], folder)
        let file = try LoRAFile(path)
        #expect(
            throws: LoRAError.wrongSize(
                layer: Self.layer,
                kind: "LoRA",
                tensors: [up, down],
                expected: [32, 32],
                file: path
            )
        ) { try LoRAWeights(Self.base(.unet), network: .unet, loras: [(file, 1)]) }
    }

    /// PEFT's alpha may be in the metadata; other kinds of LoRA announce themselves there.
    @Test func metadataCounts() throws {
        let folder = try TemporaryFolder()
        let key = "lora_adapter_metadata"
        let base = try Self.base(.unet)
        func weight(_ metadata: [String: String]) throws -> Tensor {
            let file = try LoRAFile(write(Self.good, metadata: metadata, folder))
            return try LoRAWeights(base, network: .unet, loras: [(file, 1)])
                .tensor("mid_block.attentions.0.proj_in.weight", shape: [32, 32], initial: .zeros)
        }
        let plain = try base.tensor("mid_block.attentions.0.proj_in.weight", shape: [32, 32], initial: .zeros)
        assertClose(try weight([:]), plain + 1, "alpha as the rank")
        assertClose(try weight([key: #"{"unet.r": 4, "unet.lora_alpha": 8}"#]), plain + 2, "alpha of the metadata")
        for setting in [#""unet.use_rslora": true"#, #""unet.use_dora": true"#, #""unet.alpha_pattern": {"x": 1}"#] {
            #expect(throws: LoRAError.self) { try weight([key: "{\(setting)}"]) }
        }
    }

    @Test func alphaIsOneNumber() throws {
        let folder = try TemporaryFolder()
        let path = try write(Self.good.merging(["\(Self.layer).alpha": [2]]) { $1 }, folder)
        #expect(throws: LoRAError.badNumber("\(Self.layer).alpha", file: path)) { try LoRAFile(path) }
    }

    @Test func aFileWithoutLoRAIsNoLoRA() throws {
        let folder = try TemporaryFolder()
        let path = try write([:], folder)
        #expect(throws: LoRAError.empty(file: path)) { try LoRAFile(path) }
    }
}
