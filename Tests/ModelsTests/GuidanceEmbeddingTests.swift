import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

/// A UNet that is told the guidance, as LCM-SDXL's, against diffusers (scripts/goldens/unet_guidance.py).
struct GuidanceEmbeddingTests {
    private let golden = Golden("unet_guidance.safetensors", #filePath)

    @Test(arguments: [1, 4.5, 8] as [Float]) func callsAreDiffusers(_ guidance: Float) throws {
        let folder = goldenFolder + "/sdxl/unet"
        let name = "time_embedding.cond_proj.weight"
        let matrix = golden[name]
        var config = try JSONDecoder().decode(
            UNet2DConditionModel.Config.self,
            from: Data(contentsOf: URL(filePath: folder + "/config.json"))
        )
        config.timeCondProjDim = matrix.shape[1]
        let file = try SafetensorsFile(path: WeightFolder.find(folder, basename: "diffusion_pytorch_model"))
        let weights = Weights(Constants(file, [name: matrix]))
        let unet = try UNet2DConditionModel(weights, config: config)
        try weights.assertAllUsed()
        let noise = unet(
            golden["sample"].channelsLast(),
            timestep: 499,
            text: unet.conditioning(context: golden["context"]),
            added: UNet2DConditionModel.AddedConditions(
                textEmbeds: golden["pooled"],
                timeIDs: [golden["time_ids"].values],
                guidance: guidance
            )
        )
        assertClose(noise.channelsFirst(), golden["noise.\(guidance)"], relative: 3.8e-6, "guidance \(guidance)")
    }
}
