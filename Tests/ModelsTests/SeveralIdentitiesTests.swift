import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

/// Two people in one call of the random UNet, against what PuLID's own attention processors add for each of them.
struct SeveralIdentitiesTests {
    let unet: UNet2DConditionModel
    let adapter: IDAdapter
    let inputs = Golden("unet.safetensors", #filePath)
    let golden = Golden("identities.safetensors", #filePath)

    init() throws {
        let folder = goldenFolder + "/sdxl/unet"
        let config = try JSONDecoder().decode(
            UNet2DConditionModel.Config.self,
            from: Data(contentsOf: URL(filePath: folder + "/config.json"))
        )
        let weights = try SafetensorsFile(path: WeightFolder.find(folder, basename: "diffusion_pytorch_model"))
        unet = try UNet2DConditionModel(Weights(weights), config: config)
        let attention = Weights(try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors"))
        adapter = try IDAdapter(attention / "id_adapter_attn_layers", unet: unet)
    }

    private func call(_ input: String, _ identities: [IDConditioning?]) -> Tensor {
        let sample = inputs["\(input).sample"]
        let sizes = inputs["time_ids"].values
        let added = UNet2DConditionModel.AddedConditions(
            textEmbeds: inputs["\(input).pooled"],
            timeIDs: (0..<sample.shape[0]).map { Array(sizes[$0 * 6..<($0 + 1) * 6]) }
        )
        return unet(
            sample.channelsLast(),
            timestep: 499,
            text: unet.conditioning(context: inputs["\(input).context"]),
            added: added,
            identities: identities.compactMap { $0 }
        ).channelsFirst()
    }

    /// As the reference has them: ten tokens of v1 at scale 0.8 and 32 of v1.1 at scale 1.2.
    private func people(
        _ input: String,
        _ ortho: IDConditioning.Ortho,
        masks: [Tensor]? = nil
    ) -> [IDConditioning?] {
        let (B, _, H, W) = inputs["\(input).sample"].shape4
        return [(0, 0.8 as Float, 8), (1, 1.2, 20)].map { person, scale, numZero in
            let tokens = golden["person.\(person)"]
            return adapter.conditioning(
                tokens: tokens.sliced(axis: 0, 2 - B..<2),
                scale: scale,
                numZero: numZero,
                ortho: ortho,
                mask: masks.map { IdentityMask($0[person], grids: unet.grids(height: H, width: W)) }
            )
        }
    }

    private var masks: [Tensor] { [golden["mask.0"], golden["mask.1"]] }

    @Test(arguments: IDConditioning.Ortho.allCases, ["even", "odd"])
    func eachWhereTheMaskSays(ortho: IDConditioning.Ortho, input: String) {
        assertClose(
            call(input, people(input, ortho, masks: masks)),
            golden["\(ortho.rawValue).\(input).masked"],
            relative: 5.2e-6,
            "two masked identities, ortho \(ortho.rawValue), \(input)"
        )
    }

    @Test(arguments: IDConditioning.Ortho.allCases) func bothEverywhere(ortho: IDConditioning.Ortho) {
        assertClose(
            call("even", people("even", ortho)),
            golden["\(ortho.rawValue).even.everywhere"],
            relative: 5.2e-6,
            "two identities, ortho \(ortho.rawValue)"
        )
    }

    /// PuLID's processor for PyTorch 1, which has no v2.
    @Test(arguments: [IDConditioning.Ortho.off, .v1]) func theOtherFlavour(ortho: IDConditioning.Ortho) {
        assertClose(
            call("even", people("even", ortho, masks: masks)),
            golden["\(ortho.rawValue).even.masked.torch1"],
            relative: 5.2e-6,
            "IDAttnProcessor, ortho \(ortho.rawValue)"
        )
    }

    @Test func orderMattersInTheLastBitsAlone() {
        let people = people("even", .v2, masks: masks)
        assertClose(call("even", people.reversed()), call("even", people), relative: 4e-6, "either order")
    }

    /// v2 counts the first five tokens, those of zero after an identity of fewer among them: said by their number or given as
    /// tokens, they are the same; also in training, where this attention goes step by step.
    @Test(arguments: [1, 3, 4, 5], [false, true]) func zerosCountAmongTheFirstTokens(count: Int, isTraining: Bool) {
        let some = golden["person.0"].sliced(axis: 1, 0..<count)
        let tokens = isTraining ? some.tracked() : some
        func noise(zerosGiven: Int) -> Tensor {
            let (B, _, C) = tokens.shape3
            let given = Tensor.concatenated([tokens, .zeros([B, zerosGiven, C])], axis: 1)
            return call(
                "even",
                [adapter.conditioning(tokens: given, scale: 1, numZero: 9 - zerosGiven, ortho: .v2)]
            )
        }
        for zeros in [1, 5 - count, 6] where zeros > 0 {
            assertClose(noise(zerosGiven: zeros), noise(zerosGiven: 0), relative: 4e-6, "\(zeros) zeros")
        }
        assertClose(noise(zerosGiven: 9), noise(zerosGiven: 0), relative: 4e-6, "zeros alone")
    }

    @Test func aWhiteMaskIsNoneAndABlackOneNobody() {
        func noise(mask: Tensor?) -> [Float] {
            call("even", Array(people("even", .v2, masks: mask.map { [$0, $0] }).prefix(1))).values
        }
        let white = Tensor(repeating: 1, shape: [1, 1, 37, 23])
        #expect(noise(mask: white) == noise(mask: nil))
        #expect(noise(mask: white * 0) == call("even", []).values)
        #expect(noise(mask: nil) != call("even", []).values)
        let grids = unet.grids(height: 8, width: 12)
        #expect(IdentityMask(white * 0, grids: grids).isBlack && !IdentityMask(white, grids: grids).isBlack)
    }
}
