import Imaging
import Models
import Tensors
import Training

/// Prompts, noises and people to draw pictures of.
package struct RolloutBatch: Sendable {
    /// Standard normal, (B, h, w, 4)
    package let noise: Tensor
    let prompts: PromptBatch
    let photos: IdentityPhoto
    /// For the identity loss: B.
    let jitters: [CropJitter]

    package init(noise: Tensor, prompts: PromptBatch, photos: IdentityPhoto, jitters: [CropJitter]) {
        (self.noise, self.prompts, self.photos, self.jitters) = (noise, prompts, photos, jitters)
    }
}

/// PuLID, equation 7: L = L_diff + L_align + lambda_id L_id, each of samples of its own.
package struct PuLIDObjective: Sendable {
    package let denoisingLoss: DenoisingLoss
    package let identityLoss: IdentityLoss
    let alignmentLoss: AlignmentLoss
    package let rollout: LightningRollout
    /// lambda_id
    let identityWeight: Float

    package init(
        denoisingLoss: DenoisingLoss,
        identityLoss: IdentityLoss,
        alignmentLoss: AlignmentLoss,
        rollout: LightningRollout,
        identityWeight: Float
    ) {
        (self.denoisingLoss, self.identityLoss, self.alignmentLoss) = (denoisingLoss, identityLoss, alignmentLoss)
        (self.rollout, self.identityWeight) = (rollout, identityWeight)
    }

    /// L_diff
    ///
    /// - Parameter naive: to compare what one step gives with the person too: the landmarks of the clean pictures, nil
    ///   where no one is to be recognised, and how to cut faces out
    package func callAsFunction(
        denoising batch: DenoisingBatch,
        naive: (landmarks: [[Point]?], jitters: [CropJitter])? = nil,
        _ network: PuLIDNetwork
    ) -> SampleLoss {
        let (loss, estimate) = denoisingLoss(batch, network)
        let terms = ["denoising": loss.values[0]]
        guard let naive else { return SampleLoss(loss, terms: terms) }
        let identity = identityLoss(estimate, batch.photos, jitters: naive.jitters, known: naive.landmarks)
        return SampleLoss(loss + identity.total * identityWeight, terms: terms.merging(identity.terms) { $1 })
    }

    /// lambda_id L_id, through all steps from noise.
    package func callAsFunction(identity batch: RolloutBatch, _ network: PuLIDNetwork) -> SampleLoss {
        let latents = rollout(batch.noise, batch.prompts, identity: network(batch.photos))
        let loss = identityLoss(latents, batch.photos, jitters: batch.jitters)
        return SampleLoss(loss.total * identityWeight, terms: loss.terms)
    }

    /// L_align: two paths from the same noise, the one without the person being constant.
    package func callAsFunction(alignment batch: RolloutBatch, _ network: PuLIDNetwork) -> SampleLoss {
        let (tracked, constant) = (AttentionRecorder(), AttentionRecorder())
        _ = rollout(batch.noise, batch.prompts, identity: nil, recorder: constant)
        _ = rollout(batch.noise, batch.prompts, identity: network(batch.photos), recorder: tracked)
        return alignmentLoss(tracked.entries, from: constant.entries)
    }
}
