import Curriculum
import Imaging
import Models
import TensorTestSupport
import Tensors
import Testing
import Training

/// The losses of PuLID against the references' own parts put together in PyTorch, and what must hold of them anyway.
@Suite struct PuLIDObjectiveTests {
    private let small: PuLIDGolden

    init() throws { small = try PuLIDGolden() }

    /// The gradients of all that is trained, by name.
    private func gradients(
        _ small: PuLIDGolden,
        changed: [String: Tensor] = [:],
        of losses: (PuLIDNetwork) -> [SampleLoss]
    ) throws -> [String: Tensor] {
        let weights = try small.weights(changed: changed)
        let total = try losses(small.network(weights)).map(\.total).reduce(.zeros([1]), +)
        let trained = weights.trained
        let found = Tensors.gradients(of: total, for: trained.map(\.leaf))
        return Dictionary(uniqueKeysWithValues: zip(trained.map(\.name), found))
    }

    private func compare(_ found: [String: Tensor], with name: String, relative: Float) {
        // Three linear layers and two norms eleven times, and two matrices for each of four attentions.
        #expect(found.count == 11 * 10 + 8)
        for (parameter, gradient) in found {
            let expected = small.golden["gradient.\(name).\(parameter)"]
            assertClose(gradient, expected, relative: relative, "\(name) \(parameter)")
        }
    }

    @Test func aWholeStepOfStageThreeIsTheReferences() throws {
        let (objective, golden) = (small.objective, small.golden)
        let found = try gradients(small) { network in
            let losses = [
                objective(denoising: small.denoising, network), objective(identity: small.rollout("identity"), network),
                objective(alignment: small.rollout("alignment"), network),
            ]
            for (loss, name) in zip(losses, ["denoising", "identity", "alignment"]) {
                assertClose(loss.total, golden["loss.\(name)"], relative: 2e-6, "loss \(name)")
            }
            for name in ["semantic", "layout"] {
                let (term, norm) = (losses[2].terms[name] ?? 0, losses[2].terms["\(name) norm"] ?? 0)
                assertClose(Tensor([term], shape: [1]), golden[name], relative: 9e-7, name)
                assertClose(Tensor([norm], shape: [1]), golden["\(name)_norm"], relative: 2e-6, "\(name) norm")
            }
            return losses
        }
        compare(found, with: "total", relative: 1.4e-4)
    }

    @Test func eachGradientThroughTheRolloutIsTheReferences() throws {
        let objective = small.objective
        let identity = try gradients(small) { [objective(identity: small.rollout("identity"), $0)] }
        compare(identity, with: "identity", relative: 6e-5)
        let alignment = try gradients(small) { [objective(alignment: small.rollout("alignment"), $0)] }
        compare(alignment, with: "alignment", relative: 2e-5)
    }

    /// y_4 = y_0 + sum (next - sigma) eps, as diffusers' Euler scheduler goes.
    @Test func theRolloutIsEulersMethod() throws {
        let batch = small.rollout("identity")
        let identity = try small.network(small.weights())(small.photos("identity"))
        let drawn = small.objective.rollout(batch.noise, small.prompts("identity"), identity: identity)
        assertClose(drawn.channelsFirst(), small.golden["drawn"], relative: 7e-7, "drawn")
        let steps = small.objective.rollout.schedule.steps
        #expect(steps.map(\.timestep) == [999, 749, 499, 249])
        assertClose(
            Tensor(steps.map { $0.next - $0.sigma }, shape: [4]),
            Tensor([-10.532911866, -2.468843169, -0.919681295, -0.693204900], shape: [4]),
            relative: 2e-6
        )
    }

    @Test func theNaiveLossIsThatOfOneStep() throws {
        // The reference leaves out the sample of nobody.
        func last(_ x: Tensor) -> Tensor { x.sliced(axis: 0, 1..<3) }
        let all = small.denoising
        let prompts = PromptBatch(
            embeds: last(small.golden["denoising.embeds"]),
            pooled: last(small.golden["denoising.pooled"]),
            timeIDs: Array(small.prompts("denoising").timeIDs.dropFirst())
        )
        let photos = IdentityPhoto(
            vector: last(small.golden["denoising.vector"]),
            hiddenStates: (0..<5).map { last(small.golden["denoising.hidden.\($0)"]) },
            likeness: last(small.golden["denoising.likeness"])
        )
        let batch = DenoisingBatch(
            latents: last(all.latents),
            noise: last(all.noise),
            timesteps: Array(all.timesteps.dropFirst()),
            prompts: prompts,
            photos: photos
        )
        let network = try small.network(small.weights())
        let known = small.objective.identityLoss.landmarks(.zeros([2, 3, 16, 16])).compactMap(\.self)
        let loss = small.objective(denoising: batch, naive: (known, small.jitters), network)
        assertClose(
            Tensor([(loss.terms["identity"] ?? 0) * 0.7], shape: [1]),
            small.golden["loss.naive"],
            relative: 2e-7,
            "loss naive"
        )
        #expect(loss.total.values[0] == (loss.terms["denoising"] ?? 0) + (loss.terms["identity"] ?? 0) * 0.7)
    }

    // MARK: - What must hold

    /// An identity whose values are zero changes nothing, so nothing is to be aligned. (With a graph, convolutions are
    /// computed in another order than without: then it is next to nothing.)
    @Test func withoutValuesNothingIsToBeAligned() throws {
        let weights = try small.weights()
        _ = try small.network(weights)
        let zeros = weights.values.filter { $0.key.hasSuffix("id_to_v.weight") }.mapValues { Tensor.zeros($0.shape) }
        let network = try small.network(small.weights(changed: zeros))
        let batch = small.rollout("alignment")
        #expect(small.objective(alignment: batch, network).total.values[0] < 6e-14)

        let paths = [nil, network(small.photos("alignment"))?.detached()].map { identity in
            let recorder = AttentionRecorder()
            _ = small.objective.rollout(batch.noise, small.prompts("alignment"), identity: identity, recorder: recorder)
            return recorder.entries
        }
        let loss = AlignmentLoss()(paths[1], from: paths[0])
        #expect(loss.total.values == [0] && loss.terms.values.allSatisfy { $0 == 0 })
    }

    /// The person enters after the first cross-attention of the first step; words are the same on both paths.
    @Test func pathsPartAfterTheFirstAttention() throws {
        let batch = small.rollout("alignment")
        let (with, without) = (AttentionRecorder(), AttentionRecorder())
        let identity = try small.network(small.weights())(small.photos("alignment"))
        let prompts = small.prompts("alignment")
        _ = small.objective.rollout(batch.noise, prompts, identity: identity, recorder: with)
        _ = small.objective.rollout(batch.noise, prompts, identity: nil, recorder: without)
        #expect(with.entries.count == 4 * 4)
        #expect(with.entries[0].query.values == without.entries[0].query.values)
        for (a, b) in zip(with.entries, without.entries).dropFirst() {
            #expect(a.query.values != b.query.values && a.attention == b.attention)
        }
        for (a, b) in zip(with.entries, without.entries) { #expect(a.key.values == b.key.values) }
        // A call is the same bits whether it is recorded or not.
        #expect(
            small.objective.rollout(batch.noise, prompts, identity: identity).values
                == small.objective.rollout(batch.noise, prompts, identity: identity, recorder: with).values
        )
    }

    /// Numbers of attentions: down 1, up 3 and 5, middle 7. Every layer learns from both other losses; after the last
    /// attention of the last step no query follows, and in one step its part has no effect on the alignment at all.
    @Test func gradientsReachWhatActsOnALoss() throws {
        let objective = small.objective
        func norms(_ gradients: [String: Tensor]) -> [String: Double] { gradients.mapValues { globalNorm([$0]) } }
        let losses: [(PuLIDNetwork) -> SampleLoss] = [
            { objective(denoising: small.denoising, $0) }, { objective(identity: small.rollout("identity"), $0) },
        ]
        for loss in losses {
            for (name, norm) in norms(try gradients(small) { [loss($0)] }) { #expect(norm > 0, "\(name)") }
        }
        let one = try LightningRollout(unet: small.unet, noise: objective.denoisingLoss.noise, steps: 1)
        let aligned = norms(
            try gradients(small) { network in
                let (with, without) = (AttentionRecorder(), AttentionRecorder())
                let (batch, prompts) = (small.rollout("alignment"), small.prompts("alignment"))
                _ = one(batch.noise, prompts, identity: nil, recorder: without)
                _ = one(batch.noise, prompts, identity: network(small.photos("alignment")), recorder: with)
                return [AlignmentLoss()(with.entries, from: without.entries)]
            }
        )
        for kind in ["id_to_k", "id_to_v"] {
            #expect(aligned["id_adapter_attn_layers.5.\(kind).weight"] == 0)
            for number in [1, 3, 7] { #expect(aligned["id_adapter_attn_layers.\(number).\(kind).weight"] ?? 0 > 0) }
        }
    }

    /// With fewer steps in the graph the losses stay, but for roundings, and the gradients change.
    @Test func theLastStepsAlone() throws {
        let (all, last) = (small.objective, try PuLIDGolden(backpropagated: 1).objective)
        let batch = small.rollout("identity")
        let network = try small.network(small.weights())
        let (a, b) = (all(identity: batch, network), last(identity: batch, network))
        assertClose(a.total.detached(), b.total.detached(), relative: 3e-7, "the last step alone")
        let (whole, part) = (
            try gradients(small) { [all(identity: batch, $0)] }, try gradients(small) { [last(identity: batch, $0)] }
        )
        for (name, gradient) in part {
            #expect(globalNorm([gradient]) > 0)
            #expect(gradient.values != whole[name]?.values)
        }
    }

    /// dL_id / dV_id through four steps, the decoder, the crop and the loss net, against differences along it.
    @Test func theGradientIsTheSlope() throws {
        let batch = small.rollout("identity")
        let found = try gradients(small) { [small.objective(identity: batch, $0)] }
        for number in [1, 3, 5, 7] {
            let name = "id_adapter_attn_layers.\(number).id_to_v.weight"
            let (start, gradient) = (small.golden["start.\(name)"], try #require(found[name]))
            let norm = Float(globalNorm([gradient]))
            func loss(_ way: Float) throws -> Double {
                let moved = start + gradient * (way / norm)
                let network = try small.network(small.weights(changed: [name: moved]))
                return Double(small.objective(identity: batch, network).total.values[0])
            }
            // By Richardson's rule: the error of the differences is then of fourth order.
            let (near, far) = ((try loss(0.02) - loss(-0.02)) / 0.04, (try loss(0.04) - loss(-0.04)) / 0.08)
            let slope = Float((4 * near - far) / 3)
            #expect(abs(slope - norm) < 6e-3 * norm, "\(name): \(slope), \(norm)")
        }
    }

    @Test func aPictureWithoutAFaceCountsNothing() throws {
        let find = small.objective.identityLoss.landmarks
        let one = try PuLIDGolden(landmarks: { [find($0)[0], nil] })
        let batch = small.rollout("identity")
        let both = try gradients(one) { [one.objective(identity: batch, $0)] }
        let network = try small.network(small.weights())
        let loss = one.objective(identity: batch, network)
        #expect(loss.terms["faces"] == 0.5)
        let none = try PuLIDGolden(landmarks: { _ in [nil, nil] })
        let nothing = try gradients(none) { [none.objective(identity: batch, $0)] }
        #expect(nothing.allSatisfy { globalNorm([$0.value]) == 0 })
        #expect(both.contains { globalNorm([$0.value]) > 0 })
    }
}
