import Diffusion
import Imaging
import Models
import Tensors
import World

/// Measures the networks that PuLID's training rests on, by people whom none of them has seen.
public struct NetworkMeasurement: Sendable {
    public let networks: SDXLNetworks
    /// Draws in four steps.
    public let student: UNet2DConditionModel
    public let vae: AutoencoderKL
    public let noise: NoiseSchedule
    public let recognizer, lossNet, evaluationNet: IResNet
    public let probe: SceneProbe
    public let detector: SCRFDNetwork
    public let parser: BiSeNet

    public init(
        networks: SDXLNetworks,
        student: UNet2DConditionModel,
        vae: AutoencoderKL,
        noise: NoiseSchedule,
        recognizer: IResNet,
        lossNet: IResNet,
        evaluationNet: IResNet,
        probe: SceneProbe,
        detector: SCRFDNetwork,
        parser: BiSeNet
    ) {
        (self.networks, self.student, self.vae, self.noise) = (networks, student, vae, noise)
        (self.recognizer, self.lossNet, self.evaluationNet) = (recognizer, lossNet, evaluationNet)
        (self.probe, self.detector, self.parser) = (probe, detector, parser)
    }

    /// - Parameters:
    ///   - pictures: that each network is shown
    ///   - prompts: the first so many of the evaluation's
    ///   - seeds: pictures that are drawn of each of them
    ///   - picturesEach: of each person in each style, for the recognisers
    ///   - size: of the pictures, in pixels
    ///   - afterNetwork: told how many networks are measured; what it throws ends the work
    /// - Throws: what `afterNetwork` throws
    public func callAsFunction(
        pictures: Int = 160,
        prompts: Int = 20,
        seeds: Int = 4,
        picturesEach: Int = 2,
        size: Int = 64,
        afterNetwork: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> [Gate: Double] {
        let scenes = WorldDataset(.base, size: size, seed: 99, count: pictures, people: .validation)
        let faces = WorldDataset(.faces, size: size, seed: 98, count: pictures, people: .validation)
        let fast = SDXLNetworks(unet: student, prompts: networks.prompts)
        let works: [() throws -> [Gate: Double]] = [
            { try reconstruction(of: scenes) },
            { [.recognizer: acceptance(of: recognizer, picturesEach, size)] },
            { [.lossNet: acceptance(of: lossNet, picturesEach, size)] },
            { [.evaluationNet: acceptance(of: evaluationNet, picturesEach, size)] },
            { [.probe: SceneProbeReport(probe, on: scenes).mean] },
            { [.base: try agreement(of: networks, size, prompts, seeds, .dpmpp2M, steps: 25, guidance: 3)] },
            { [.student: try agreement(of: fast, size, prompts, seeds, .euler, steps: 4, guidance: 1)] },
            {
                let report = try DetectorReport(detector, on: faces)
                return [.detector: report.found, .landmarkError: report.landmarkError]
            },
            { [.parser: ParserReport(parser, on: faces).accuracy] },
        ]
        var measured: [Gate: Double] = [:]
        for (done, work) in works.enumerated() {
            try afterNetwork(done, works.count)
            measured.merge(try work()) { $1 }
        }
        try afterNetwork(works.count, works.count)
        return measured
    }

    private func reconstruction(of pictures: WorldDataset) throws -> [Gate: Double] {
        var (ratios, cosines) = (0.0, 0.0)
        for index in 0..<pictures.count {
            let picture = pictures[index]
            let made = Bitmap(signed: vae.decode(vae.encode(picture.bitmap.signed).mode))
            ratios += min(try PixelDifferences(between: picture.bitmap, and: made).psnr, Self.perfect)
            let faces = [picture.bitmap, made].map { evaluationNet.direction(of: $0, picture.landmarks) }
            cosines += Double(cosine(faces[0], faces[1]))
        }
        let count = Double(max(1, pictures.count))
        return [.reconstruction: ratios / count, .reconstructedLikeness: cosines / count]
    }

    /// Of a picture that comes back as it was, in dB.
    private static let perfect = 100.0

    private func acceptance(of recognizer: IResNet, _ picturesEach: Int, _ size: Int) -> Double {
        RecognitionReport(picturesEach: picturesEach, size: size, side: recognizer.config.imageSize) { recognizer($0) }
            .photosAccepted
    }

    private func agreement(
        of networks: SDXLNetworks,
        _ size: Int,
        _ prompts: Int,
        _ seeds: Int,
        _ sampler: Sampler,
        steps: Int,
        guidance: Float
    ) throws -> Double {
        let draw = WorldSampler(networks, vae: vae, noise: noise, size: size)
        let texts = WorldPrompts.evaluation.prefix(prompts).map(\.prompt).flatMap { Array(repeating: $0, count: seeds) }
        let drawn = try draw(texts, seed: 0, sampler: sampler, steps: steps, guidance: guidance)
        let shares = zip(texts, drawn).compactMap { text, picture in
            probe.agreement(with: PromptReader.read(text).description, picture.forProbe.signed)
        }
        return shares.reduce(0, +) / Double(max(1, shares.count))
    }
}

extension IResNet {
    /// The face with these landmarks, as this recogniser sees it: of length 1.
    ///
    /// insightface: utils/face_align.py::norm_crop
    func direction(of bitmap: Bitmap, _ landmarks: [Point]) -> [Float] {
        let side = config.imageSize
        let target = AlignmentTemplate.recognition.landmarks(side: side)
        let transform = AffineTransform.similarity(from: landmarks, to: target) ?? .identity
        return self(bitmap.warped(by: transform, width: side, height: side, border: .black).signed).l2Normalized()
            .values
    }
}
