import Curriculum
import Diffusion
import Imaging
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing
import Training
import World

@Suite struct PuLIDTrainingTests {
    /// Fresh small networks and a small world of 16 pixels; nothing here can be recognised, only learned by heart.
    private func training(
        _ stage: PuLIDStage,
        from start: [String: Tensor]? = nil,
        encoder: PuLIDEncoderConfig = .v1(
            IDEncoder.Config(idWidth: 14, tokens: 3, features: 2, featureWidth: 8, contextWidth: 12)
        ),
        people: Int = 6
    ) throws -> PuLIDTraining {
        let small = try PuLIDGolden()
        func fresh(_ name: String) -> Weights { Weights(FreshWeights(name: name, seed: 4)) }
        let prompts = try prompts(fresh("text"))
        let tower = EVAVisionTransformer.Config(
            imageSize: 16,
            patchSize: 8,
            width: 8,
            depth: 3,
            heads: 2,
            mlpWidth: 10,
            outputWidth: 4,
            hiddenStateBlocks: [1, 2]
        )
        let pictures = PuLIDPictures(
            WorldDataset(.base, size: 16, seed: 5, count: 2 * people, personCount: people),
            pairing: .introduction,
            encoders: IdentityEncoders(
                recognizer: small.lossNet,
                tower: try EVAVisionTransformer(fresh("tower"), config: tower),
                lossNet: small.lossNet
            ),
            vae: small.vae,
            prompts: prompts
        )
        let usual = pictures.dataset.usualLandmarks
        return PuLIDTraining(
            stage,
            encoder: encoder,
            from: start,
            unet: small.unet,
            prompts: prompts,
            noise: try NoiseSchedule(),
            pictures: pictures,
            rollout: small.objective.rollout,
            identityLoss: IdentityLoss(lossNet: small.lossNet, vae: small.vae) { pictures in
                Array(repeating: usual, count: pictures.shape[0])
            },
            seed: 9
        )
    }

    /// Contexts of 4 + 8 numbers, pooled ones of 8, in the words of the small random SDXL.
    private func prompts(_ w: Weights) throws -> SDXLPromptEncoder {
        func config(_ width: Int, _ tokenizer: CLIPTokenizer) throws -> CLIPTextConfig {
            try CLIPTextConfig(
                vocabSize: tokenizer.largestID + 1,
                hiddenSize: width,
                intermediateSize: 2 * width,
                projectionDim: width,
                numHiddenLayers: 2,
                numAttentionHeads: 1,
                eosTokenID: tokenizer.endID
            )
        }
        let first = try CLIPTokenizer(folder: goldenFolder + "/sdxl/tokenizer")
        let second = try CLIPTokenizer(folder: goldenFolder + "/sdxl/tokenizer_2")
        return try SDXLPromptEncoder(
            tokenizers: (first, second),
            first: CLIPTextModel(w / "first", config: config(4, first)),
            second: CLIPTextModelWithProjection(w / "second", config: config(8, second))
        )
    }

    private static let third = PuLIDStage(
        denoising: 3,
        identity: 2,
        alignment: 2,
        rate: 1e-3,
        finalRate: 1e-4,
        steps: 3
    )

    @Test func resumesToTheSameBits() throws {
        var whole = try training(Self.third)
        while !whole.isDone { _ = try whole.step() }

        var first = try training(Self.third)
        _ = try first.step()
        var second = try training(Self.third)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        #expect(try second.result().mapValues(\.values) == whole.result().mapValues(\.values))
    }

    /// The means of a step are those of each kind of sample, however the batch is cut.
    @Test func reportsEveryLoss() throws {
        var task = try training(Self.third)
        let report = try task.step()
        let terms = report.terms
        #expect(
            Set(terms.keys) == ["denoising", "identity", "faces", "semantic", "layout", "semantic norm", "layout norm"]
        )
        #expect(terms["faces"] == 1)
        let parts = ["denoising": Float(1), "identity": 1, "semantic": 0.6, "layout": 0.1]
        let sum = parts.reduce(Float(0)) { $0 + $1.value * (terms[$1.key] ?? .nan) }
        #expect(abs(sum - report.loss) < 4e-7 * abs(sum))
    }

    /// One person by heart: the first thing to try before a real run. How like fresh networks find two pictures is mostly
    /// chance, so a training that learns is held against one that does not, from the same noises.
    @Test func learnsOnePersonByHeart() throws {
        func losses(rate: Double) throws -> [Float] {
            var second = try training(
                PuLIDStage(denoising: 0, identity: 2, rate: rate, finalRate: rate, steps: 150),
                people: 1
            )
            var losses: [Float] = []
            while !second.isDone { losses.append(try second.step().terms["identity"] ?? .nan) }
            return losses
        }
        let (learned, untouched) = (try losses(rate: 1e-2), try losses(rate: 1e-9))
        let (last, control) = (learned.suffix(40).reduce(0, +), untouched.suffix(40).reduce(0, +))
        #expect(last < 0.96 * control, "\(last) and \(control)")
    }

    /// Each stage begins with what the one before has learned; the names are those of a PuLID file.
    @Test func stagesFollowOneAnother() throws {
        let short = { (stage: PuLIDStage) in
            var stage = stage
            (stage.denoising, stage.identity, stage.alignment) = (2, min(1, stage.identity), min(1, stage.alignment))
            stage.steps = 1
            return stage
        }
        var result: [String: Tensor]?
        for stage in [PuLIDStage.one, .naive, .two, .three] {
            var task = try training(short(stage), from: result)
            _ = try task.step()
            let next = try task.result()
            if let result {
                #expect(Set(next.keys) == Set(result.keys))
                #expect(next.contains { $0.value.values != result[$0.key]?.values })
            }
            result = next
        }
        let weights = Weights(GivenWeights(name: "PuLID", try #require(result)))
        let small = try PuLIDGolden()
        _ = try IDEncoder(weights / "id_adapter", config: IDEncoder.Config(weights / "id_adapter"))
        _ = try IDAdapter(weights / "id_adapter_attn_layers", unet: small.unet)
        try weights.assertAllUsed()
    }

    /// Version 1.1's encoder is trained in the same way.
    @Test func trainsTheIDFormer() throws {
        let former = IDFormer.Config(
            idWidth: 14,
            idHiddenWidths: [8, 8],
            idTokens: 2,
            width: 8,
            queries: 3,
            contextWidth: 12,
            features: 2,
            featureWidth: 8,
            featureHiddenWidths: [8, 8],
            layers: 2,
            innerWidth: 8,
            headWidth: 4,
            feedForwardWidth: 16
        )
        var task = try training(Self.third, encoder: .v1_1(former))
        let report = try task.step()
        #expect(report.norm > 0)
        let latents = try #require(task.result()["id_adapter.latents"])
        #expect(latents.shape == [1, 3, 8])
    }

    @Test func samplesOfEachKindAreSpreadEvenly() {
        let kinds = PuLIDStage.three.samples.map { "\($0)" }
        #expect(kinds.count == 20)
        for half in [kinds.prefix(10), kinds.suffix(10)] {
            let counts = Dictionary(grouping: half) { $0 }.mapValues(\.count)
            #expect(counts == ["denoising": 4, "identity": 3, "alignment": 3])
        }
    }
}
