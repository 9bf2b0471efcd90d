import Checkpoints
import TensorTestSupport
import Tensors
import Testing

/// GGUF files as the `gguf` package writes and dequantises them, to the bit.
@Suite struct GGUFFileTests {
    let expected = Golden("blocks.safetensors", #filePath)
    static let quantized = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]

    private func open(_ name: String) throws -> any CheckpointSource {
        try WeightFile.open(Golden.path(name, #filePath))
    }

    /// The bits of NaNs are not the reference's.
    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }

    @Test(arguments: quantized + ["F16", "BF16", "F32", "F64"]) func values(_ type: String) throws {
        let file = try open("blocks.gguf")
        #expect(file.elementType(of: type)?.rawValue == type)
        #expect(file.shape(of: type) == expected[type].shape)
        #expect(bits(try file.tensor(type)) == bits(expected[type]))
    }

    @Test func integersAreIntegers() throws {
        let file = try open("blocks.gguf")
        #expect(try file.integers("I32") == [-3, -2, -1, 0, 1, 2, 3])
        #expect(throws: CheckpointError.notFloats(tensor: "I32", type: .i32, file: file.name)) {
            try file.tensor("I32")
        }
        #expect(throws: WeightsError.missing(name: "Q9_0", source: file.name, nearest: "Q4_0")) {
            try file.tensor("Q9_0")
        }
    }

    /// A product reads blocks where they lie; its sums are those of the widened weight.
    @Test(arguments: quantized) func products(_ type: String) throws {
        var random = TorchRandomSource(seed: 1)
        let x = random.normal([3, 1024])
        let weight = try open("blocks.gguf").tensor(type).sliced(axis: 0, 1..<6)
        #expect(bits(x.linear(weight)) == bits(x.linear(expected[type].sliced(axis: 0, 1..<6))))
    }

    @Test func memoryIsTheFiles() throws {
        let file = try open("blocks.gguf")
        #expect(file.bytesInMemory(of: "Q8_0") == 6 * 1024 * 34 / 32)
        #expect(file.bytesInMemory(of: "Q4_K") == 6 * 1024 * 144 / 256)
    }

    @Test func metadata() throws {
        #expect(
            try open("blocks.gguf").metadata == [
                "general.architecture": "sdxl", "general.quantization_version": "2", "note": "ü", "u8": "255",
                "i8": "-3", "u16": "65535", "i16": "-300", "i32": "-70000", "f32": "0.25", "yes": "true",
                "u64": "9223372036854775808", "i64": "-1099511627776", "f64": "0.1",
            ]
        )
    }

    /// city96's converter cuts what has no rows of whole blocks, and notes the shape.
    @Test(arguments: ["conv.weight", "narrow.weight", "wide.weight"]) func originalShapes(_ name: String) throws {
        let file = try open("layouts.gguf")
        #expect(file.shape(of: name) == expected["layouts.\(name)"].shape)
        #expect(bits(try file.tensor(name)) == bits(expected["layouts.\(name)"]))
    }

    /// stable-diffusion.cpp writes a UNet's matrices as convolutions.
    @Test func matricesOfTheUNet() throws {
        let file = try open("whole.gguf")
        #expect(file.shape(of: "model.diffusion_model.input_blocks.4.1.proj_in.weight") == [4, 4])
        #expect(file.shape(of: "first_stage_model.encoder.mid.attn_1.q.weight") == [4, 4, 1, 1])
        #expect(
            bits(try file.tensor("model.diffusion_model.input_blocks.4.1.proj_in.weight"))
                == bits(expected["whole.square"])
        )
    }

    /// Where it converts names, the text encoders have transformers', which only its own files mix with the others.
    @Test func convertedNames() throws {
        let second = "conditioner.embedders.1.model."
        #expect(
            try open("converted.gguf").tensorNames == [
                "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight",
                "\(second)ln_final.bias", "\(second)positional_embedding",
                "\(second)text_model.encoder.layers.0.self_attn.q_proj.bias", "\(second)text_projection",
                "\(second)token_embedding.weight", "\(second)transformer.resblocks.0.attn.out_proj.weight",
                "\(second)transformer.resblocks.0.ln_1.weight", "\(second)transformer.resblocks.0.mlp.c_proj.bias",
                "\(second)transformer.resblocks.31.attn.in_proj_weight", "first_stage_model.decoder.conv_in.weight",
                "model.diffusion_model.out.0.weight",
            ]
        )
    }
}
