import Diffusion
import Graph
import Models
import Tensors

/// An identity in one render.
struct ActingIdentity {
    let conditioning: IDConditioning
    /// The noise levels at which it acts.
    let sigmas: ClosedRange<Float>
}

/// How `sample` uses its identities.
extension Sample {
    /// Keys, values, masks and windows; identities of scale 0 are left out.
    ///
    /// - Parameters:
    ///   - grid: the latent's
    ///   - steps: those that the render takes
    ///   - batch: joins the conditional and the unconditional side as the UNet's calls want them
    func actingIdentities(
        _ context: RunContext,
        unet: UNet2DConditionModel,
        grid: PixelGrid,
        noise: NoiseSchedule,
        steps: [Step],
        batch: (Tensor, Tensor) -> Tensor
    ) throws -> [ActingIdentity] {
        let people = identity.items
        guard !people.isEmpty else { return [] }
        guard let pulid else { throw NodeError.identityWithoutPuLID }
        let adapter = try pulid.adapter(context, for: unet, of: model)
        let usual = IdentityAttention.usual(isIDFormer: try pulid.isIDFormer(context))
        let grids = unet.grids(height: grid.height, width: grid.width)
        return try people.enumerated().compactMap { i, person in
            let who = people.count == 1 ? "the identity" : "identity \(i + 1) of \(people.count)"
            guard person.id.shape[2] == unet.config.crossAttentionDim else {
                throw NodeError.sizesDiffer(
                    what: who,
                    found: person.id.shape,
                    expected: [1, person.id.shape[1], unet.config.crossAttentionDim],
                    hint: "it was encoded with a PuLID of another model"
                )
            }
            let placement = person.placement
            let (start, end) = (placement.startAt ?? startAt, placement.endAt ?? endAt)
            guard start < end else { throw IdentityWindowError(who: who, startAt: start, endAt: end) }
            let settings = attention(of: placement, usual: usual)
            let mask = placement.mask.map { IdentityMask($0, grids: grids) }
            guard
                let conditioning = model.computing({
                    adapter.conditioning(
                        tokens: batch(person.id, person.uncond),
                        scale: Float(placement.idScale ?? idScale),
                        numZero: settings.numZero,
                        ortho: settings.ortho,
                        mask: mask
                    )
                })
            else { return nil }
            let sigmas = noise.sigmas(from: start, to: end)
            if !steps.isEmpty, !steps.contains(where: { sigmas.contains($0.sigma) }) {
                context.warn("\(who) never acts: none of \(steps.count) steps lies from \(start) to \(end)")
            }
            if mask?.isBlack == true {
                context.warn("\(who) never acts: its mask is black at the size of the attention")
            }
            return ActingIdentity(conditioning: conditioning, sigmas: sigmas)
        }
    }

    /// The identity's own settings go before the render's, and each one's numbers before its mode.
    private func attention(of placement: IdentityPlacement, usual: IdentityAttention) -> IdentityAttention {
        var attention = mode?.attention ?? usual
        attention.numZero = numZero ?? attention.numZero
        attention.ortho = ortho ?? attention.ortho
        if let mode = placement.mode { attention = mode.attention }
        attention.numZero = placement.numZero ?? attention.numZero
        attention.ortho = placement.ortho ?? attention.ortho
        return attention
    }
}

/// An identity's own window and the render's, of which one gives the start and the other the end.
struct IdentityWindowError: Error, Hashable {
    let who: String
    let startAt: Double
    let endAt: Double
}

extension IdentityWindowError: CustomStringConvertible {
    var description: String {
        "\(who) would never act: it starts at \(startAt) and ends at \(endAt); give place_id both start_at and end_at"
    }
}
