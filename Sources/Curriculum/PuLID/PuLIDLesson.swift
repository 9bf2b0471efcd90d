import Elementary
import Imaging
import Models
import Tensors
import Training

/// What the samples of a step draw, each from its own random source, and what is lost on them.
struct PuLIDLesson: Sendable {
    let stage: PuLIDStage
    let objective: PuLIDObjective
    let pictures: PuLIDPictures
    /// For the two losses on pictures that are drawn from noise; one prompt each.
    let identityPrompts, alignmentPrompts: [PromptBatch]
    /// What each sample of a step is for.
    let samples: [PuLIDSample]

    /// How often a sample to denoise is without a person, or without words.
    private static let dropout: (identity: Float, text: Float) = (0.08, 0.1)

    init(
        stage: PuLIDStage,
        objective: PuLIDObjective,
        pictures: PuLIDPictures,
        identityPrompts: [PromptBatch],
        alignmentPrompts: [PromptBatch]
    ) {
        (self.stage, self.objective, self.pictures) = (stage, objective, pictures)
        (self.identityPrompts, self.alignmentPrompts) = (identityPrompts, alignmentPrompts)
        samples = stage.samples
    }

    /// The loss of a micro-batch of a step's samples.
    ///
    /// - Parameter sources: of all samples
    func loss(of microBatch: Range<Int>, _ sources: [TorchRandomSource], _ network: PuLIDNetwork) -> SampleLoss {
        let losses = PuLIDSample.allCases.compactMap { kind -> SampleLoss? in
            let drawn = microBatch.filter { samples[$0] == kind }.map { sources[$0] }
            if drawn.isEmpty { return nil }
            // The mean over a step's samples then is the sum of the means of each kind.
            let share = Float(drawn.count * samples.count) / Float(microBatch.count * stage.count(kind))
            return loss(kind, drawn, network).scaled(by: share)
        }
        return losses.reduce(SampleLoss(.zeros([1])), +)
    }

    private func loss(_ kind: PuLIDSample, _ sources: [TorchRandomSource], _ network: PuLIDNetwork) -> SampleLoss {
        switch kind {
        case .denoising: denoisingLoss(sources, network)
        case .identity: objective(identity: rollouts(sources, identityPrompts), network)
        case .alignment: objective(alignment: rollouts(sources, alignmentPrompts), network)
        }
    }

    private func denoisingLoss(_ sources: [TorchRandomSource], _ network: PuLIDNetwork) -> SampleLoss {
        let size = objective.identityLoss.lossNet.config.imageSize
        let samples = sources.map { source in
            var random = source
            let index = random.index(below: pictures.dataset.count)
            let isNobody = random.uniform() < Self.dropout.identity
            let isSilent = random.uniform() < Self.dropout.text
            let (target, photo) = (pictures.targets[index], pictures.photos[index])
            return (
                target,
                timestep: objective.denoisingLoss.timestep(random.uniform()),
                noise: random.normal(target.latent.shape),
                prompt: isSilent ? target.prompt.absent : target.prompt,
                photo: isNobody ? photo.absent : photo,
                // Nobody is not to be recognised.
                landmarks: isNobody ? nil : target.landmarks,
                jitter: CropJitter(&random, size: size)
            )
        }
        let batch = DenoisingBatch(
            latents: .concatenated(samples.map(\.0.latent), axis: 0),
            noise: .concatenated(samples.map(\.noise), axis: 0),
            timesteps: samples.map(\.timestep),
            prompts: PromptBatch(samples.map(\.prompt)),
            photos: IdentityPhoto(samples.map(\.photo))
        )
        let naive = stage.isNaive ? (samples.map(\.landmarks), samples.map(\.jitter)) : nil
        return objective(denoising: batch, naive: naive, network)
    }

    private func rollouts(_ sources: [TorchRandomSource], _ prompts: [PromptBatch]) -> RolloutBatch {
        let size = objective.identityLoss.lossNet.config.imageSize
        let (vae, side) = (objective.identityLoss.vae.config, pictures.dataset.size)
        let shape = [1, side / vae.downscale, side / vae.downscale, vae.latentChannels]
        let samples = sources.map { source in
            var random = source
            return (
                photo: pictures.photos[random.index(below: pictures.dataset.count)],
                prompt: prompts[random.index(below: prompts.count)],
                noise: random.normal(shape),
                jitter: CropJitter(&random, size: size)
            )
        }
        return RolloutBatch(
            noise: .concatenated(samples.map(\.noise), axis: 0),
            prompts: PromptBatch(samples.map(\.prompt)),
            photos: IdentityPhoto(samples.map(\.photo)),
            jitters: samples.map(\.jitter)
        )
    }
}

extension DenoisingLoss {
    /// The timestep of a uniform number in 0..<1.
    func timestep(_ u: Float) -> Int {
        let last = noise.sigmas.count - 1
        return min(last, Int(Double(last + 1) * Double.pow(Double(u), weighting.exponent)))
    }
}

extension SampleLoss {
    fileprivate func scaled(by factor: Float) -> SampleLoss {
        SampleLoss(total * factor, terms: terms.mapValues { $0 * factor })
    }

    fileprivate static func + (a: SampleLoss, b: SampleLoss) -> SampleLoss {
        SampleLoss(a.total + b.total, terms: a.terms.merging(b.terms) { $0 + $1 })
    }
}
