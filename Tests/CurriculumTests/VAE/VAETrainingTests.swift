import Curriculum
import Foundation
import Imaging
import Kernels
import Models
import Tensors
import Testing
import Training
import World

@Suite struct VAETrainingTests {
    private func training(
        steps: Int,
        from start: [String: Tensor]? = nil,
        crop: Int? = nil,
        loss: ReconstructionLoss = ReconstructionLoss(),
        isDecoderAlone: Bool = false
    ) throws -> VAETraining {
        let config = """
            {"block_out_channels": [8, 8], "layers_per_block": 1, "norm_num_groups": 4, "scaling_factor": 0.5,
             "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}
            """
        return VAETraining(
            config: try JSONDecoder().decode(AutoencoderKL.Config.self, from: Data(config.utf8)),
            pictures: WorldDataset(.base, size: 16, seed: 5, count: 40),
            from: start,
            seed: 3,
            steps: steps,
            batch: 8,
            crop: crop,
            loss: loss,
            isDecoderAlone: isDecoderAlone
        )
    }

    @Test func learnsAndResumesToTheSameBits() throws {
        var whole = try training(steps: 30)
        var losses: [Float] = []
        while !whole.isDone { losses.append(try whole.step().loss) }
        #expect(losses[29] < 0.8 * losses[0])

        var first = try training(steps: 30)
        for _ in 0..<11 { _ = try first.step() }
        var second = try training(steps: 30)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        #expect(try second.result().mapValues(\.values) == whole.result().mapValues(\.values))
    }

    /// Parts of pictures are learned from as whole ones are; the whole picture is no part.
    @Test func partsOfPictures() throws {
        func weights(crop: Int?) throws -> [String: [Float]] {
            var training = try training(steps: 2, crop: crop)
            while !training.isDone { #expect(try training.step().loss.isFinite) }
            return training.trainer.weights.values.mapValues(\.values)
        }
        let whole = try weights(crop: nil)
        #expect(try weights(crop: 16) == whole && weights(crop: 24) == whole)
        let parts = try weights(crop: 8)
        #expect(parts != whole && parts.mapValues(\.count) == whole.mapValues(\.count))
    }

    /// A decoder learns while latents stay bit for bit what they were; and so it does when it was stopped at the end.
    @Test func aDecoderLearnsAlone() throws {
        var first = try training(steps: 2)
        while !first.isDone { _ = try first.step() }
        let start = try first.result()
        let loss = ReconstructionLoss(squares: 4)
        var training = try training(steps: 20, from: start, loss: loss, isDecoderAlone: true)
        var reports: [StepReport] = []
        while !training.isDone { reports.append(try training.step()) }
        #expect(reports[19].loss < 0.95 * reports[0].loss)
        #expect(reports.allSatisfy { ($0.terms["squares"] ?? 0) > 0 })
        let result = try training.result()
        #expect(Set(result.keys) == Set(start.keys))
        for (name, tensor) in start where name.hasPrefix("encoder") || name.hasPrefix("quant_conv") {
            #expect(result[name]?.values == tensor.values, "\(name)")
        }
        for name in ["decoder.conv_in.weight", "decoder.conv_out.weight", "post_quant_conv.weight"] {
            #expect(result[name]?.values != start[name]?.values)
        }
        var again = try self.training(steps: 20, from: start, loss: loss, isDecoderAlone: true)
        try again.resume(from: training.trainer.state)
        #expect(try again.isDone && again.result().mapValues(\.values) == result.mapValues(\.values))
    }

    /// Latents move to mean 0 and deviation 1; what the decoder makes of them does not change.
    @Test func latentsAreNormalised() throws {
        var training = try training(steps: 3)
        while !training.isDone { _ = try training.step() }
        let config = training.config
        func vae(_ weights: [String: Tensor]) throws -> AutoencoderKL {
            try AutoencoderKL(Weights(GivenWeights(name: "vae", weights)), config: config)
        }
        let (before, after) = (try vae(training.trainer.weights.values), try vae(training.result()))
        let pictures = Tensor.concatenated((0..<40).map { training.pictures[$0].bitmap.signed }, axis: 0)
        let latents = after.encode(pictures).mode
        let scaled = latents * config.scalingFactor
        for channel in 0..<config.latentChannels {
            let values = scaled.sliced(axis: 1, channel..<channel + 1).values
            let mean = values.reduce(0, +) / Float(values.count)
            let square = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
            #expect(abs(mean) < 3e-7 && abs(square - mean * mean - 1) < 5e-6)
        }
        let (old, new) = (before.decode(before.encode(pictures).mode), after.decode(latents))
        #expect(zip(old.values, new.values).allSatisfy { abs($0 - $1) < 3e-6 })
        let (oldDeviation, newDeviation) = (
            before.encode(pictures).standardDeviation, after.encode(pictures).standardDeviation
        )
        let ratios = zip(newDeviation.values, oldDeviation.values).map { $0 / $1 }
        // Of each channel one.
        let area = 8 * 8
        for channel in 0..<config.latentChannels {
            let own = Array(ratios[channel * area..<(channel + 1) * area])
            #expect(own.allSatisfy { abs($0 / own[0] - 1) < 4e-6 })
        }
    }
}
