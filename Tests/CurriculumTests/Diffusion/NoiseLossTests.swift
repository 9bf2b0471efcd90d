import Curriculum
import Models
import TensorTestSupport
import Tensors
import Testing
import Training

/// Against diffusers and transformers: scripts/goldens/text_to_image.py.
@Suite struct NoiseLossTests {
    /// The loss and its gradients by every parameter of the three networks, for three captions, an empty one and a
    /// missing one.
    @Test func gradientsOfTheWholeModel() throws {
        let micro = try MicroSDXL()
        let golden = Golden("text_to_image.safetensors", #filePath)
        let weights = TrainableWeights(
            name: "micro",
            from: GivenWeights(name: "golden", golden.all.below("weight")),
            seed: nil
        )
        let networks = try SDXLNetworks(Weights(weights), config: micro.config)
        let captions: [String?] = ["a portrait, photo style", "blue shirt, red background", "smiling", "", nil]
        let timesteps = [999, 3, 420, 611, 87]
        let sizes: [[Float]] = [
            [16, 16, 0, 0, 16, 16], [18, 18, 1, 2, 16, 16], [10, 10, 0, 0, 16, 16], [16, 16, 0, 0, 16, 16],
            [18, 18, 2, 0, 16, 16],
        ]
        // A missing prompt in the middle: the order of samples does not matter.
        let samples = [0, 1, 4, 2, 3].map { i in
            NoisedSample(
                golden["latents"].sliced(axis: 0, i..<i + 1).channelsLast(),
                noise: golden["noise"].sliced(axis: 0, i..<i + 1).channelsLast(),
                at: timesteps[i],
                of: micro.noise,
                tokens: captions[i].map {
                    CaptionedLatent.Tokens($0, micro.config.tokenizer, micro.config.tokenizer2)
                },
                sizes: sizes[i]
            )
        }
        let loss = networks.noiseLoss(samples)
        assertClose(loss, golden["loss"], relative: 2e-7, "loss")

        let expected = golden.all.below("gradient")
        let trained = weights.trained
        #expect(trained.count == golden.all.below("weight").count)
        for ((name, leaf), gradient) in zip(trained, gradients(of: loss, for: trained.map(\.leaf))) {
            if name.hasSuffix("token_embedding.weight") {
                let rows = golden.integers("gradient_rows.\(name)")
                assertClose(gradient.rows(at: rows), try #require(expected[name]), relative: 4e-6, name)
                let others = Set(0..<leaf.shape[0]).subtracting(rows)
                #expect(gradient.rows(at: others.sorted()).values.allSatisfy { $0 == 0 })
            } else if name.hasSuffix("k_proj.bias") {
                // It moves all of a query's scores alike, which changes nothing but roundings.
                #expect(gradient.values.allSatisfy { abs($0) < 4e-9 }, "\(name)")
            } else if let reference = expected[name] {
                assertClose(gradient, reference, relative: 2.1e-5, name)
            } else {
                // Of the first encoder's last layer nothing is used.
                #expect(name.hasPrefix("text_encoder.") && gradient.values.allSatisfy { $0 == 0 }, "\(name)")
            }
        }
    }
}

extension Golden {
    fileprivate var all: [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: file.tensorNames.filter { !$0.hasPrefix("gradient_rows") }.map { ($0, self[$0]) }
        )
    }
}
