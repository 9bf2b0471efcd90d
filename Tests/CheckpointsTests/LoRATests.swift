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
                if fused.file.shape(of: golden) != nil { assertClose(tensor, fused[golden], relative: 4e-7, golden) }
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
            assertClose(tensor, x + (y - w), relative: 4e-7, name)
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
            assertClose(try #require(merged[name]), layers.contains(name) ? before + 1 : before, relative: 0, name)
        }
    }

    // MARK: - Names

    /// One layer of each network as every writer calls it: they all mean the same.
    static let names: [(LoRAFile.Network, [String])] = [
        (
            .unet,
            [
                "lora_unet_up_blocks_0_attentions_2_transformer_blocks_1_attn1_to_out_0.lora_up.weight",
                "lora_unet_output_blocks_2_1_transformer_blocks_1_attn1_to_out_0.lora_up.weight",
                "lycoris_up_blocks_0_attentions_2_transformer_blocks_1_attn1_to_out_0.lora_up.weight",
                "unet.up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
                "unet.up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora.up.weight",
                "unet.up_blocks.0.attentions.2.transformer_blocks.1.attn1.processor.to_out_lora.up.weight",
                "unet.output_blocks.2.1.transformer_blocks.1.attn1.to_out.0.lora_up.weight",
                "unet.base_model.model.up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
                "up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
                "up_blocks.0.attentions.2.transformer_blocks.1.attn1.processor.to_out_lora.up.weight",
                "output_blocks.2.1.transformer_blocks.1.attn1.to_out.0.lora_B.default.weight",
                "diffusion_model.output_blocks.2.1.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
                "model.diffusion_model.output_blocks.2.1.transformer_blocks.1.attn1.to_out.0.lora_up.weight",
                "base_model.model.up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
                "base_model.model.unet.up_blocks.0.attentions.2.transformer_blocks.1.attn1.to_out.0.lora_B.weight",
            ]
        ),
        (
            .textEncoder,
            [
                "lora_te1_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight",
                "lora_te1_encoder_layers_1_self_attn_q_proj.lora_up.weight",
                "lora_te_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight",
                "lycoris_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight",
                "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.up.weight",
                "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.up.weight",
                "text_encoder.encoder.layers.1.self_attn.q_proj.lora_B.weight",
                "text_encoders.clip_l.transformer.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight",
                "base_model.model.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight",
            ]
        ),
        (
            .textEncoder2,
            [
                "lora_te2_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight",
                "text_encoder_2.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight",
                "text_encoders.clip_g.transformer.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight",
            ]
        ),
    ]

    @Test(arguments: names) func everyWritersNamesAreKnown(_ network: LoRAFile.Network, _ names: [String]) throws {
        let folder = try TemporaryFolder()
        let base = try Self.base(network)
        let wanted = network == .unet ? "attn1.to_out.0.weight" : "layers.1.self_attn.q_proj.weight"
        let inside = network == .unet ? "up_blocks.0.attentions.2.transformer_blocks.1" : ""
        for up in names {
            let down = up.replacing("lora_up.", with: "lora_down.").replacing("lora_B.", with: "lora_A.")
                .replacing("lora.up.", with: "lora.down.").replacing("layer.up.", with: "layer.down.")
            let width = try #require(
                base.tensorNames.first { $0.hasSuffix(wanted) }.flatMap { base.shape(of: $0)?.first }
            )
            let path = try write([up: [width, 2], down: [2, width]], folder)
            #expect(LoRAFile.isLoRA([up, down]))
            let merged = try LoRAWeights(base, network: network, loras: [(LoRAFile(path), 1)])
            var changed = 0
            for (name, before) in try Self.all(base) {
                let after = try merged.tensor(name, shape: before.shape, initial: .zeros)
                guard after.values != before.values else { continue }
                #expect(name.hasSuffix(wanted) && name.hasPrefix(inside), "\(up) is \(name)")
                assertClose(after, before + 0.5, relative: 0, up)
                changed += 1
            }
            #expect(changed == 1, "\(up)")
        }
    }

    // MARK: - How strongly

    /// The blocks of diffusers and of A1111.
    @Test func blocksHaveScalesOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let layers = [
            "conv_in", "down_blocks.1.resnets.0.conv1", "mid_block.resnets.0.conv1", "up_blocks.1.resnets.2.conv1",
            "up_blocks.1.upsamplers.0.conv", "time_embedding.linear_1",
        ]
        let base = try Self.base(.unet)
        var writer = SafetensorsWriter()
        for layer in layers {
            writer.add(
                "diffusion_model.\(layer).diff",
                Tensor(repeating: 1, shape: try #require(base.shape(of: "\(layer).weight")))
            )
        }
        let path = "\(folder.path)/lora.safetensors"
        try writer.write(to: path)
        func changes(_ blocks: [UNetBlock: Float]) throws -> [Float] {
            let merged = try LoRAWeights(base, network: .unet, loras: [(LoRAFile(path), LoRAScale(2, blocks: blocks))])
            return try layers.map { layer in
                let shape = try #require(base.shape(of: "\(layer).weight"))
                let (a, b) = try (
                    base.tensor("\(layer).weight", shape: shape, initial: .zeros),
                    merged.tensor("\(layer).weight", shape: shape, initial: .zeros)
                )
                return ((b - a).values[0] * 1000).rounded() / 1000
            }
        }
        #expect(try changes([:]) == [2, 2, 2, 2, 2, 2])
        #expect(try changes([.down: 0.5, .mid: 0, .up: -1]) == [1, 1, 0, -2, -2, 2])
        #expect(try changes([.down: 0.5, .input(4): 2, .output(5): 3, .mid: 1]) == [1, 4, 2, 6, 6, 2])
        #expect(UNetBlock.all.count == 21)
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
        ["model.diffusion_model.x.weight": [2]], ["\(layer)y.alpha": []], ["\(layer)y.dora_scale": [32, 1]],
        ["\(layer)y.lora_mod.weight": [4, 4, 3, 3]], ["\(layer).reshape_weight": [2]],
        ["\(layer).hada_w1_c": [32, 4]], ["\(layer).rescale": [32, 1]],
        ["bundle_emb.ada.clip_l_out": [2, 48]],
    ]

    @Test(arguments: unknown) func unknownKeysAreNamed(_ keys: [String: [Int]]) throws {
        let folder = try TemporaryFolder()
        let path = try write(Self.good.merging(keys) { $1 }, folder)
        #expect(throws: LoRAError.unknownKeys(keys.keys.sorted(), file: path)) { try LoRAFile(path) }
    }

    @Test func networksOfOtherModelsAreNamed() throws {
        let folder = try TemporaryFolder()
        let other = "lora_prior_unet_x.lora_up.weight"
        let path = try write(Self.good.merging([other: [2, 2]]) { $1 }, folder)
        #expect(throws: LoRAError.unknownNetwork([other], file: path)) { try LoRAFile(path) }
    }

    static let incomplete: [(given: [String: [Int]], kind: String, missing: String)] = [
        (["lora_up.weight": [32, 4]], "LoRA", "lora_down.weight"),
        (["lora_mid.weight": [4, 4, 3, 3]], "LoRA", "lora_up.weight"),
        (["hada_w1_a": [32, 4]], "LoHa", "hada_w1_b"), (["lokr_w2": [4, 4]], "LoKr", "lokr_w1_a"),
        (["a1.weight": [4, 4]], "GLoRA", "a2.weight"), (["on_input": []], "(IA)3", "weight"),
    ]

    @Test(arguments: incomplete) func whatIsMissingIsNamed(_ given: [String: [Int]], _ kind: String, _ missing: String)
        throws
    {
        let folder = try TemporaryFolder()
        let layer = "\(Self.layer)x"
        let keys = Dictionary(uniqueKeysWithValues: given.map { ("\(layer).\($0)", $1) })
        let path = try write(Self.good.merging(keys) { $1 }, folder)
        #expect(throws: LoRAError.incomplete(layer: layer, kind: kind, missing: missing, file: path)) {
            try LoRAFile(path)
        }
    }

    @Test func layersThatTheModelLacksAreNamed() throws {
        let folder = try TemporaryFolder()
        let names = ["unet.down_blocks.7.conv.lora_A.weight", "unet.down_blocks.7.conv.lora_B.weight"]
        let path = try write(Self.good.merging(names.map { ($0, [2, 2]) }) { $1 }, folder)
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

    /// PEFT's alpha may be in the metadata, also by layer, and divided by the root of the rank.
    @Test func metadataCounts() throws {
        let folder = try TemporaryFolder()
        let key = "lora_adapter_metadata"
        let base = try Self.base(.unet)
        func weight(_ metadata: [String: String]) throws -> Tensor {
            let layer = "unet.mid_block.attentions.0.proj_in"
            let tensors = ["\(layer).lora_B.weight": [32, 4], "\(layer).lora_A.weight": [4, 32]]
            let file = try LoRAFile(write(tensors, metadata: metadata, folder))
            return try LoRAWeights(base, network: .unet, loras: [(file, 1)])
                .tensor("mid_block.attentions.0.proj_in.weight", shape: [32, 32], initial: .zeros)
        }
        let plain = try base.tensor("mid_block.attentions.0.proj_in.weight", shape: [32, 32], initial: .zeros)
        // Each sum is 4 * 0.5 * 0.5, the rank 4.
        let settings: [(String, Float)] = [
            ("", 1), (#""unet.lora_alpha": 8"#, 2), (#""unet.lora_alpha": 8, "unet.use_rslora": true"#, 4),
            (#""unet.lora_alpha": 8, "unet.alpha_pattern": {"proj_in": 2}"#, 0.5),
            (#""unet.lora_alpha": 8, "unet.alpha_pattern": {"mid_block.*proj_(in|out)": 2, "x": 1}"#, 0.5),
            (#""unet.lora_alpha": 8, "unet.alpha_pattern": {"in": 2, "^proj_in$": 3}"#, 2),
            (#""text_encoder.lora_alpha": 8"#, 1), (#""unet.lora_alpha": 8, "unet.use_dora": true"#, 2),
        ]
        for (text, sum) in settings {
            assertClose(try weight([key: "{\(text)}"]), plain + sum, relative: 0, text)
        }
        assertClose(try weight([:]), plain + 1, relative: 0, "no metadata")
        for text in ["", "[]", "{", "nan"] {
            #expect(throws: LoRAError.badSettings(file: "\(folder.path)/lora.safetensors")) { try weight([key: text]) }
        }
    }

    /// What PEFT notes and what the tensors are have to agree; a value that means nothing is not passed over.
    @Test(arguments: [
        (#""peft_type": "LOHA""#, "peft_type"), (#""r": 8, "lora_alpha": 4"#, "r"),
        (#""lora_alpha": "16""#, "lora_alpha"),
        (#""r": 4, "alpha_pattern": {"proj_in": "high"}"#, "alpha_pattern"), (#""r": 0"#, "r"),
        (#""r": 4, "rank_pattern": {"proj_in": 8}"#, "r"),
        (#""lora_alpha": 8, "alpha_pattern": {"a(b": 2}"#, "alpha_pattern"),
        (#""lora_alpha": 8, "use_rslora": "yes""#, "use_rslora"),
    ])
    func settingsThatContradict(_ settings: String, _ key: String) throws {
        let folder = try TemporaryFolder()
        let layer = "unet.mid_block.attentions.0.proj_in"
        let tensors = [
            "base_model.model.\(layer).lora_B.weight": [32, 4], "base_model.model.\(layer).lora_A.weight": [4, 32],
        ]
        let weights = try write(tensors, folder)
        let path = "\(folder.path)/adapter_config.json"
        try "{\(settings)}".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: LoRAError.self) { try LoRAFile(weights, settings: path) }
        guard case .badSetting(key, _, path) = error else {
            Issue.record("\(settings): \(String(describing: error))")
            return
        }
        // null is the default, and what agrees is followed.
        try #"{"peft_type": "LORA", "r": 4, "lora_alpha": 2, "rank_pattern": null, "alpha_pattern": {}}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
            try LoRAFile(weights, settings: path).summaries
                == [LoRAFile.Summary(network: .unet, layers: 1, ranks: [4], alphas: [2])]
        )
    }

    /// A name that says no network is named with its kind; numbers that are none with their file.
    @Test func whatIsWrongIsNamed() throws {
        let folder = try TemporaryFolder()
        let path = try write(["flux.x.lora_up.weight": [4, 2], "flux.x.lora_down.weight": [2, 4]], folder)
        #expect(LoRAFile.isLoRA(["foo.bar.hada_w1_a"]))
        #expect(
            throws: LoRAError.unknownNetwork(["flux.x.lora_down.weight", "flux.x.lora_up.weight"], file: path)
        ) { try LoRAFile(path) }
        var writer = SafetensorsWriter()
        for (name, shape) in Self.good {
            let values = [Float](repeating: name.hasSuffix("lora_down.weight") ? .nan : 1, count: shape.reduce(1, *))
            writer.add(name, Tensor(values, shape: shape))
        }
        try writer.write(to: path)
        let file = try LoRAFile(path)
        #expect(throws: LoRAError.notFinite("\(Self.layer).lora_down.weight", file: path)) {
            try file.requireFinite(.unet)
        }
        try file.requireFinite(.textEncoder)
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
