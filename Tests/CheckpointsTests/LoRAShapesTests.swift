import Checkpoints
import TensorTestSupport
import Tensors
import Testing

/// Tensors of LoRA files in any combination and of any shape: an error or a weight of the layer's shape, never a crash.
@Suite struct LoRAShapesTests {
    private static let parts = [
        "lora_up.weight", "lora_down.weight", "lora_mid.weight", "lora_A.weight", "lora_B.weight", "lora_B.bias",
        "dora_scale", "lora_magnitude_vector", "hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2",
        "lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2", "a1.weight", "a2.weight",
        "b1.weight", "b2.weight", "diff", "diff_b", "w_norm", "b_norm", "on_input", "ia3_l", "oft_blocks", "rescale",
        "oft_R.weight", "oft_R.scaled_oft", "boft_R", "boft_s", "weight", "bias", "base_layer.bias", "set_weight",
        "alpha", "scalar",
    ]
    /// Those that need each other, so that many files get as far as their shapes.
    private static let kinds = [
        ["lora_up.weight", "lora_down.weight"], ["lora_up.weight", "lora_down.weight", "lora_mid.weight"],
        ["lora_up.weight", "lora_down.weight", "dora_scale"], ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"],
        ["hada_w1_a", "hada_w1_b", "hada_t1", "hada_w2_a", "hada_w2_b", "hada_t2"], ["lokr_w1", "lokr_w2"],
        ["lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b"], ["lokr_w1", "lokr_w2_a", "lokr_w2_b", "lokr_t2"],
        ["a1.weight", "a2.weight", "b1.weight", "b2.weight"], ["diff", "diff_b"], ["w_norm", "b_norm"],
        ["weight", "on_input"], ["ia3_l"], ["oft_blocks"], ["oft_blocks", "rescale", "alpha"], ["oft_R.weight"],
        ["oft_R.weight", "oft_R.scaled_oft"], ["boft_R", "boft_s"], ["base_layer.bias"], ["set_weight"],
    ]
    /// Layers of the tiny UNet, (16, 64), (32, 16, 1, 1), (16, 4, 3, 3) and a norm of 16; and one that it lacks.
    private static let layers = [
        "lora_unet_down_blocks_0_resnets_0_time_emb_proj", "oft_unet_down_blocks_1_resnets_0_conv_shortcut",
        "base_model.model.conv_in", "unet.down_blocks.0.resnets.0.norm1", "diffusion_model.x",
    ]
    private static let sizes = [0, 1, 1, 2, 3, 4, 4, 4, 8, 9, 16, 16, 16, 32, 36, 64]

    @Test func anErrorOrAWeight() throws {
        let base = try WeightFile.open(
            WeightFolder.find("\(goldenFolder)/sdxl/unet", basename: "diffusion_pytorch_model")
        )
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lora.safetensors"
        var random = SystemlessRandom(state: 20_261_130)
        var outcomes: [String: Int] = [:]
        for _ in 0..<400 {
            var writer = SafetensorsWriter()
            let layer = Self.layers[random.next(below: Self.layers.count)]
            var parts = Self.kinds[random.next(below: Self.kinds.count)]
            for _ in 0..<random.next(below: 3) { parts.append(Self.parts[random.next(below: Self.parts.count)]) }
            for part in Set(parts).sorted() {
                let rank = part == "alpha" || part == "on_input" ? 0 : 1 + random.next(below: 4)
                let shape = (0..<rank).map { _ in Self.sizes[random.next(below: Self.sizes.count)] }
                let values = [Float(0), 1, -0.5, 1e30, .infinity, .nan]
                writer.add(
                    "\(layer).\(part)",
                    Tensor(repeating: values[random.next(below: values.count)], shape: shape)
                )
            }
            try writer.write(to: path)
            do {
                let merged = try LoRAWeights(base, network: .unet, loras: [(LoRAFile(path), 0.5)])
                for name in [
                    "down_blocks.0.resnets.0.time_emb_proj", "down_blocks.1.resnets.0.conv_shortcut", "conv_in",
                ] {
                    for parameter in ["\(name).weight", "\(name).bias"] {
                        let shape = try #require(base.shape(of: parameter))
                        #expect(try merged.tensor(parameter, shape: shape, initial: .zeros).shape == shape)
                    }
                }
                outcomes["merged", default: 0] += 1
            } catch let error as LoRAError {
                #expect("\(error)".hasPrefix(path))
                outcomes["\(error)".contains("shapes") ? "shapes" : "refused", default: 0] += 1
            }
        }
        #expect(outcomes["shapes", default: 0] > 50 && outcomes["refused", default: 0] > 50, "\(outcomes)")
    }

    private static let files = [
        "locon", "cp", "dora_out", "dora_in", "loha", "loha_tucker", "lokr", "lokr_both", "lokr_full", "lokr_tucker",
        "glora", "full", "ia3", "ia3_input", "oft", "oft_limited", "oft_kohya", "oft_onetrainer", "boft",
        "boft_limited",
        "peft_dora/adapter_model", "peft_bias/adapter_model", "peft_ia3/adapter_model", "peft_boft3/adapter_model",
    ]

    /// Good files in which a tensor or two are left out, turned, flattened, cut, or hold what is no number.
    @Test(arguments: files) func aChangedFile(_ name: String) throws {
        let base = try WeightFile.open(
            WeightFolder.find("\(goldenFolder)/sdxl/unet", basename: "diffusion_pytorch_model")
        )
        let good = try SafetensorsFile(path: Golden.path("lora_kinds/\(name).safetensors", #filePath))
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lora.safetensors"
        var random = SystemlessRandom(state: 7)
        var merged = 0
        for _ in 0..<20 {
            var writer = SafetensorsWriter()
            let changed = Set((0..<1 + random.next(below: 2)).map { _ in random.next(below: good.tensorNames.count) })
            for (index, tensor) in good.tensorNames.sorted().enumerated() {
                let shape = try #require(good.shape(of: tensor))
                let numbers = try? good.integers(tensor)
                var values = try numbers.map { Tensor($0.map { Float($0) }, shape: shape) } ?? good.tensor(tensor)
                guard changed.contains(index) else {
                    writer.add(tensor, values)
                    continue
                }
                switch random.next(below: 7) {
                case 0: continue
                case 1: values = values.reshaped(shape.reversed())
                case 2: values = values.reshaped([values.count])
                case 3: values = values.reshaped(shape + [1])
                case 4: values = shape.first ?? 0 > 1 ? values.sliced(axis: 0, 0..<shape[0] - 1) : values
                case 5: values = Tensor(repeating: [.nan, .infinity, 1e38][random.next(below: 3)], shape: shape)
                default: values = Tensor.zeros(shape.map { _ in 0 })
                }
                writer.add(tensor, values)
            }
            try writer.write(to: path)
            do {
                let weights = try LoRAWeights(base, network: .unet, loras: [(LoRAFile(path), 0.5)])
                for layer in [
                    "down_blocks.0.resnets.0.time_emb_proj", "down_blocks.1.resnets.0.conv_shortcut", "conv_in",
                ] {
                    for parameter in ["\(layer).weight", "\(layer).bias"] {
                        let shape = try #require(base.shape(of: parameter))
                        #expect(try weights.tensor(parameter, shape: shape, initial: .zeros).shape == shape)
                    }
                }
                merged += 1
            } catch let error as LoRAError {
                #expect("\(error)".hasPrefix(path))
            }
        }
        #expect(merged > 0)
    }
}

/// xorshift64*, so that all runs see the same.
private struct SystemlessRandom {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 2_685_821_657_736_338_717) >> 33) % limit
    }
}
