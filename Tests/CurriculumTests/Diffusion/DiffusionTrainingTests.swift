import Curriculum
import Imaging
import Kernels
import Models
import Tensors
import Testing
import Training

@Suite struct DiffusionTrainingTests {
    private func textToImage(
        steps: Int,
        from start: [String: Tensor]? = nil,
        _ micro: MicroSDXL
    ) -> TextToImageTraining {
        TextToImageTraining(
            config: micro.config,
            pictures: micro.pictures,
            noise: micro.noise,
            from: start,
            seed: 3,
            steps: steps,
            batch: 6,
            microBatchSize: 2,
            rate: 1e-2
        )
    }

    private func lightning(steps: Int, from base: [String: Tensor], _ micro: MicroSDXL) throws -> LightningTraining {
        try LightningTraining(
            config: micro.config,
            base: base,
            pictures: micro.pictures,
            noise: micro.noise,
            seed: 8,
            steps: steps,
            batch: 4,
            microBatchSize: 2,
            rate: 1e-3
        )
    }

    private func result(_ task: some TrainingTask) throws -> [String: Tensor] {
        var task = task
        while !task.isDone { _ = try task.step() }
        return try task.result()
    }

    /// - Returns: what comes out of `task` when it is stopped after `steps`, and `again` goes on by one thread
    private func resumed<Task: TrainingTask>(_ task: Task, after steps: Int, in again: Task) throws -> [String: Tensor]
    {
        var (task, again) = (task, again)
        for _ in 0..<steps { _ = try task.step() }
        try again.resume(from: task.trainer.state)
        return try ComputeSettings.with(threads: 1) { try result(again) }
    }

    private func mean(_ losses: ArraySlice<Float>) -> Float { losses.reduce(0, +) / Float(losses.count) }

    @Test func textToImageResumesToTheSameBits() throws {
        let micro = try MicroSDXL()
        let whole = try result(textToImage(steps: 5, micro))
        let microBatches = try resumed(textToImage(steps: 5, micro), after: 2, in: textToImage(steps: 5, micro))
        #expect(microBatches.mapValues(\.values) == whole.mapValues(\.values))
        // The networks can be read back from what came out, and nothing is left over.
        let weights = Weights(GivenWeights(name: "result", whole))
        _ = try SDXLNetworks(weights, config: micro.config)
        try weights.assertAllUsed()
    }

    @Test func textToImageGoesOnFromGivenWeights() throws {
        let micro = try MicroSDXL()
        let start = try result(textToImage(steps: 3, micro))
        var task = textToImage(steps: 40, from: start, micro)
        _ = try task.step()
        // The learning rate of step 0 is 0.
        #expect(task.trainer.weights.values.mapValues(\.values) == start.mapValues(\.values))
        _ = try task.step()
        #expect(task.trainer.weights.values.mapValues(\.values) != start.mapValues(\.values))
    }

    @Test func textToImageLearns() throws {
        let micro = try MicroSDXL()
        var task = textToImage(steps: 60, micro)
        var losses: [Float] = []
        while !task.isDone { losses.append(try task.step().loss) }
        let (first, last) = (mean(losses.prefix(10)), mean(losses.suffix(10)))
        #expect(last < 0.85 * first)
    }

    @Test func lightningResumesToTheSameBits() throws {
        let micro = try MicroSDXL()
        let base = try result(textToImage(steps: 3, micro))
        let whole = try result(lightning(steps: 6, from: base, micro))
        let microBatches = try resumed(
            lightning(steps: 6, from: base, micro),
            after: 3,
            in: lightning(steps: 6, from: base, micro)
        )
        #expect(microBatches.mapValues(\.values) == whole.mapValues(\.values))
        #expect(Set(whole.keys) == Set(base.below("unet").keys))
    }

    /// The student comes nearer to its teacher in every interval.
    @Test func lightningLearns() throws {
        let micro = try MicroSDXL()
        let base = try result(textToImage(steps: 30, micro))
        var task = try lightning(steps: 80, from: base, micro)
        var losses: [String: [Float]] = [:]
        while !task.isDone {
            for (name, loss) in try task.step().terms { losses[name, default: []].append(loss) }
        }
        #expect(losses.keys.sorted() == ["interval 0", "interval 1", "interval 2", "interval 3"])
        for (name, losses) in losses {
            let (first, last) = (mean(losses.prefix(5)), mean(losses.suffix(5)))
            #expect(last < first, "\(name)")
        }
    }

    /// A picture depends on its prompt and its own seed alone.
    @Test func samplesOnePictureForEachPrompt() throws {
        let micro = try MicroSDXL()
        let networks = try SDXLNetworks(Weights(FreshWeights(name: "fresh", seed: 1)), config: micro.config)
        let sampler = WorldSampler(networks, vae: micro.vae, noise: micro.noise, size: 16)
        let pictures = try sampler(["smiling", "sad"], seed: 5, steps: 3, guidance: 2)
        #expect(pictures.map(\.width) == [16, 16] && pictures.map(\.height) == [16, 16])
        #expect(try pictures[1] == sampler(["sad"], seed: 6, steps: 3, guidance: 2)[0])
        #expect(try pictures[1] != sampler(["sad"], seed: 5, steps: 3, guidance: 2)[0])
        #expect(try pictures[1] != sampler(["happy"], seed: 6, steps: 3, guidance: 2)[0])
        #expect(try pictures[1] != sampler(["sad"], seed: 6, steps: 3, guidance: 1)[0])
    }
}
