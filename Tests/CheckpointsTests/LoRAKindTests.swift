import Checkpoints
import TensorTestSupport
import Tensors
import Testing

/// Every kind of LoRA, merged as its trainer's own forward pass computes it (scripts/goldens/lora_kinds.py).
@Suite struct LoRAKindTests {
    private let merged = Golden("lora_kinds/merged.safetensors", #filePath)

    private static func base() throws -> any WeightSource {
        try WeightFile.open(
            WeightFolder.find("\(goldenFolder)/sdxl/unet", basename: "diffusion_pytorch_model")
        )
    }

    private static func file(_ name: String) throws -> LoRAFile {
        let path = Golden.path("lora_kinds/\(name)", #filePath)
        guard let weights = LoRAFile.weights(in: path) else { return try LoRAFile(path + ".safetensors") }
        return try LoRAFile(weights, settings: LoRAFile.settings(of: weights))
    }

    /// The file, the scale, the name of what comes of it, and the kinds that are found.
    struct Case: CustomTestStringConvertible {
        let file: String
        var scale: Float = 1
        var expected: String?
        var kinds: [String]
        var testDescription: String { "\(file) x \(scale)" }
    }

    static let cases: [Case] = [
        Case(file: "locon", kinds: ["LoRA"]), Case(file: "cp", kinds: ["LoRA"]), Case(file: "rslora", kinds: ["LoRA"]),
        Case(file: "alphas", kinds: ["LoRA"]), Case(file: "dora_out", kinds: ["DoRA"]),
        Case(file: "dora_in", kinds: ["DoRA"]), Case(file: "dora_half", scale: 0.5, kinds: ["DoRA"]),
        Case(file: "loha", kinds: ["LoHa"]), Case(file: "loha_tucker", kinds: ["LoHa"]),
        Case(file: "loha_dora", kinds: ["DoRA"]), Case(file: "lokr", kinds: ["LoKr"]),
        Case(file: "lokr_both", kinds: ["LoKr"]), Case(file: "lokr_full", kinds: ["LoKr"]),
        Case(file: "lokr_tucker", kinds: ["LoKr"]), Case(file: "lokr_dora", kinds: ["DoRA"]),
        Case(file: "glora", kinds: ["GLoRA"]), Case(file: "full", kinds: ["difference"]),
        Case(file: "norm", kinds: ["difference"]), Case(file: "ia3", kinds: ["(IA)3"]),
        Case(file: "ia3_input", kinds: ["(IA)3"]), Case(file: "oft", kinds: ["OFT"]),
        Case(file: "oft", scale: 0.5, expected: "oft.half", kinds: ["OFT"]), Case(file: "oft_limited", kinds: ["OFT"]),
        Case(file: "oft_kohya", kinds: ["OFT"]), Case(file: "oft_onetrainer", kinds: ["OFT"]),
        Case(file: "boft", kinds: ["BOFT"]), Case(file: "boft", scale: 0.5, expected: "boft.half", kinds: ["BOFT"]),
        Case(file: "boft_limited", kinds: ["BOFT"]), Case(file: "peft_lora", kinds: ["LoRA"]),
        Case(file: "peft_rslora", kinds: ["LoRA"]), Case(file: "peft_dora", kinds: ["DoRA"]),
        Case(file: "peft_bias", kinds: ["LoRA"]), Case(file: "peft_biases", kinds: ["LoRA", "whole parameter"]),
        Case(file: "peft_loha", kinds: ["LoHa"]), Case(file: "peft_lokr", kinds: ["LoKr"]),
        Case(file: "peft_ia3", kinds: ["(IA)3"]), Case(file: "peft_oft", kinds: ["OFT"]),
        Case(file: "peft_oft_exact", kinds: ["OFT"]), Case(file: "peft_boft", kinds: ["BOFT"]),
    ]

    /// To 4e-6 of what is changed, and nothing else is changed.
    @Test(arguments: cases) func mergesAsItsTrainerComputesIt(_ example: Case) throws {
        let file = try Self.file(example.file)
        #expect(file.summaries.map(\.kinds) == [example.kinds])
        let base = try Self.base()
        let after = try LoRAWeights(base, network: .unet, loras: [(file, LoRAScale(example.scale))])
        let prefix = "\(example.expected ?? example.file)."
        var compared = 0
        for name in base.tensorNames {
            let shape = try #require(base.shape(of: name))
            let (x, y) = try (
                base.tensor(name, shape: shape, initial: .zeros), after.tensor(name, shape: shape, initial: .zeros)
            )
            guard merged.file.shape(of: prefix + name) != nil else {
                #expect(x.values == y.values, "\(name)")
                continue
            }
            assertClose(y - x, merged[prefix + name] - x, relative: 4e-6, "\(example.testDescription) \(name)")
            compared += 1
        }
        #expect(compared >= 2)
    }
}
