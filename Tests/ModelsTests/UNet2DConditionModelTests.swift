import Checkpoints
import Foundation
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing

/// Whole calls of the random SDXL-shaped UNet against diffusers, and against PuLID's own attention processors.
struct UNet2DConditionModelTests {
    let unet: UNet2DConditionModel
    let golden: Golden

    private static let folder = goldenFolder + "/sdxl/unet"

    init() throws {
        unet = try Self.unet(SafetensorsFile(path: WeightFolder.find(Self.folder, basename: "diffusion_pytorch_model")))
        golden = Golden("unet.safetensors", #filePath)
    }

    private static func unet(_ source: any WeightSource) throws -> UNet2DConditionModel {
        let config = try JSONDecoder().decode(
            UNet2DConditionModel.Config.self,
            from: Data(contentsOf: URL(filePath: folder + "/config.json"))
        )
        let weights = Weights(source)
        let unet = try UNet2DConditionModel(weights, config: config)
        try weights.assertAllUsed()
        return unet
    }

    private func call(_ input: String, timestep: Float, identities: [IDConditioning] = []) throws -> Tensor {
        try call(unet, input, timestep: timestep, identities: identities)
    }

    private func call(
        _ unet: UNet2DConditionModel,
        _ input: String,
        timestep: Float,
        identities: [IDConditioning] = []
    ) throws -> Tensor {
        let sample = golden["\(input).sample"]
        let sizes = golden["time_ids"]
        let timeIDs = (0..<sample.shape[0]).map { Array(sizes.values[$0 * 6..<($0 + 1) * 6]) }
        let added = UNet2DConditionModel.AddedConditions(
            textEmbeds: golden["\(input).pooled"],
            timeIDs: timeIDs
        )
        let context = golden["\(input).context"]
        return unet(
            sample.channelsLast(),
            timestep: timestep,
            text: unet.conditioning(context: context),
            added: added,
            identities: identities
        )
        .channelsFirst()
    }

    @Test(arguments: ["even", "odd"]) func matchesDiffusers(input: String) throws {
        assertClose(try call(input, timestep: 999), golden["\(input).noise"], relative: 6e-6, "t = 999")
        assertClose(try call(input, timestep: 17), golden["\(input).noise_at_17"], relative: 6e-6, "t = 17")
    }

    /// Blocks of every type that the gguf package makes, under the authors' names, as city96's converter lays them out.
    @Test func quantizedMatchesDiffusers() throws {
        let file = try WeightFile.open(Golden.path("unet.gguf", #filePath))
        let source = try RenamedWeights(file, prefix: "", targets: OriginalUNetNames(layersPerBlock: 2).targets)
        let noise = try call(Self.unet(source), "even", timestep: 999)
        assertClose(noise, Golden("unet_gguf.safetensors", #filePath)["noise"], relative: 6e-6, "in GGUF's blocks")
        #expect(Weights(source).bytesInMemory < 720_000)
    }

    @Test(arguments: IDConditioning.Ortho.allCases, [0, 8])
    func matchesPuLID(ortho: IDConditioning.Ortho, numZero: Int) throws {
        let weights = Weights(try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors"))
        let adapter = try IDAdapter(weights / "id_adapter_attn_layers", unet: unet)
        try weights.assertAllUsed()
        let identity = try SafetensorsFile(path: goldenFolder + "/identity.safetensors")
        let tokens = Tensor.concatenated([try identity.tensor("uncond"), try identity.tensor("id")], axis: 0)
        let conditioning = adapter.conditioning(tokens: tokens, scale: 0.8, numZero: numZero, ortho: ortho)
        assertClose(
            try call("even", timestep: 499, identities: [conditioning].compactMap { $0 }),
            golden["identity.\(ortho.rawValue).\(numZero)"],
            relative: 6e-6,
            "ortho \(ortho.rawValue), \(numZero) zeros"
        )
    }

    /// Where gradients flow back to an identity, its attention runs step by step.
    @Test(arguments: IDConditioning.Ortho.allCases, [(5, 0), (3, 8), (10, 20)])
    func trainingSeesTheSame(ortho: IDConditioning.Ortho, counts: (tokens: Int, zeros: Int)) throws {
        let weights = Weights(try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors"))
        let adapter = try IDAdapter(weights / "id_adapter_attn_layers", unet: unet)
        var random = TorchRandomSource(seed: 9)
        let shape = [2, counts.tokens, unet.config.crossAttentionDim]
        let tokens = Tensor(random.normal(shape.reduce(1, *)), shape: shape)
        let results = try [tokens, tokens.tracked()].map { tokens in
            let identity = adapter.conditioning(tokens: tokens, scale: 0.8, numZero: counts.zeros, ortho: ortho)
            return try call("even", timestep: 499, identities: [identity].compactMap { $0 })
        }
        assertClose(results[0], results[1].detached(), relative: 4e-6, "ortho \(ortho.rawValue), step by step")
    }

    @Test func anIdentityOfScaleZeroIsNone() throws {
        let weights = Weights(try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors"))
        let adapter = try IDAdapter(weights / "id_adapter_attn_layers", unet: unet)
        #expect(adapter.conditioning(tokens: .zeros([1, 10, 72]), scale: 0, numZero: 8, ortho: .v2) == nil)
    }

    @Test func sameBitsFromAnyNumberOfThreads() throws {
        let results = try [1, 2, 3].map { width in
            try ComputeSettings.with(threads: width) { try call("even", timestep: 999).values }
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test(arguments: [
        ("\"cross_attention_dim\": 768", "this is an SD 1.5 UNet: cross-attention 768, SDXL has 2048"),
        ("\"cross_attention_dim\": 1024", "this is an SD 2 UNet: cross-attention 1024, SDXL has 2048"),
    ])
    func otherModelsAreNamed(entry: String, message: String) {
        let json = Data("{\(entry), \"block_out_channels\": [320]}".utf8)
        let error = #expect(throws: UNetConfigError.self) {
            try JSONDecoder().decode(UNet2DConditionModel.Config.self, from: json)
        }
        #expect(error?.description == message)
    }
}
