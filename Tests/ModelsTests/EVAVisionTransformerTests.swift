import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct EVAVisionTransformerTests {
    private let golden = Golden("eva_clip.safetensors", #filePath)

    /// The tower as a checkpoint names it, with the given tensors in place of its own.
    private func checkpoint(replacing constants: [String: Tensor] = [:], without part: String? = nil) -> Weights {
        let kept = golden.file.tensorNames.filter { name in
            (name.hasPrefix("visual.") || name.hasPrefix("text.") || name == "logit_scale")
                && part.map { !name.contains($0) } ?? true
        }
        return Weights(Constants(Selected(golden.file, names: kept), constants))
    }

    @Test func agreesWithEVACLIP() throws {
        let tower = try EVAVisionTransformer(checkpoint: checkpoint())
        #expect(tower.config.hiddenStateBlocks == [4, 8])
        let features = tower(golden["image"])
        assertClose(features.embedding, golden["embedding"], relative: 3e-6, "embedding")
        #expect(features.hiddenStates.count == 2)
        assertClose(features.hiddenStates[0], golden["hidden.0"], relative: 4e-6, "hidden state 0")
        assertClose(features.hiddenStates[1], golden["hidden.1"], "hidden state 1")
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let config = try EVAVisionTransformer.Config(checkpoint() / "visual")
        let expected = EVAVisionTransformer.Config(
            imageSize: 18,
            patchSize: 6,
            width: 16,
            depth: 10,
            heads: 2,
            mlpWidth: 42,
            outputWidth: 20
        )
        #expect(config == expected)
    }

    @Test func theOfficialSizesFollowFromTheOfficialShapes() throws {
        var shapes = [
            "cls_token": [1, 1, 1024], "pos_embed": [1, 577, 1024], "patch_embed.proj.weight": [1024, 3, 14, 14],
            "head.weight": [768, 1024], "blocks.0.mlp.w1.weight": [2730, 1024],
        ]
        for i in 0..<24 { shapes["blocks.\(i).norm1.weight"] = [1024] }
        #expect(try EVAVisionTransformer.Config(Weights(Shapes(shapes))) == .large336)
        shapes["rope.freqs_cos"] = [576, 64]
        #expect(try EVAVisionTransformer.Config(Weights(Shapes(shapes))) == .large336)
        #expect(EVAVisionTransformer.Config.large336.hiddenStateBlocks == [4, 8, 12, 16, 20])
        #expect(EVAVisionTransformer.Config.officialHiddenStateBlocks(depth: 30) == [4, 8, 12, 16, 20])
        #expect(EVAVisionTransformer.Config.officialHiddenStateBlocks(depth: 1) == [])
    }

    @Test func withoutStoredTablesTheRotationIsComputed() throws {
        let w = checkpoint(without: "rope")
        let tower = try EVAVisionTransformer(checkpoint: w, metadata: ["heads": "2"])
        assertClose(tower(golden["image"]).embedding, golden["embedding"], relative: 3e-6)
    }

    @Test func storedTablesAreUsedAsTheyAre() throws {
        let rounded = checkpoint(replacing: [
            "visual.rope.freqs_cos": golden["rounded.freqs_cos"], "visual.rope.freqs_sin": golden["rounded.freqs_sin"],
        ])
        let tower = try EVAVisionTransformer(checkpoint: rounded)
        let embedding = tower(golden["image"]).embedding
        assertClose(embedding, golden["rounded.embedding"], relative: 9e-6)
        // The golden can tell the two apart.
        #expect(difference(golden["rounded.embedding"], golden["embedding"]).relative > 3e-5)
    }

    @Test func metadataNamesHeadsAndHiddenStates() throws {
        let metadata = ["heads": "2", "hidden_state_blocks": "0, 4,9"]
        let tower = try EVAVisionTransformer(checkpoint: checkpoint(), metadata: metadata)
        let features = tower(golden["image"])
        #expect(features.hiddenStates.count == 3)
        assertClose(features.hiddenStates[1], golden["hidden.0"], relative: 4e-6)
    }

    @Test(arguments: [
        ["heads": "3"], ["heads": "0"], ["heads": "two"], ["heads": "8"], ["heads": "2,2"],
        ["hidden_state_blocks": "4,10"], ["hidden_state_blocks": "-1"], ["hidden_state_blocks": "8,4"],
        ["hidden_state_blocks": "4,4"],
        ["hidden_state_blocks": "4,,8x"],
    ])
    func metadataThatCannotBeIsRefused(metadata: [String: String]) throws {
        let error = #expect(throws: ModelConfigError.self) {
            try EVAVisionTransformer(checkpoint: checkpoint(), metadata: metadata)
        }
        guard case .invalid(_, let key, _, _) = error else { return }
        #expect(key == metadata.keys.first)
    }

    @Test(arguments: [
        ["conv1.weight": [3]],
        // Sizes whose product no Int holds, as an empty tensor may state them.
        [
            "visual.patch_embed.proj.weight": [0, 3, 1 << 62, 1 << 62], "visual.pos_embed": [1, 1 << 62, 0],
            "visual.blocks.0.mlp.w1.weight": [1 << 62, 0], "visual.head.weight": [768, 0],
        ],
    ])
    func anotherModelIsNamedAsSuch(shapes: [String: [Int]]) {
        let error = #expect(throws: WeightsError.self) {
            try EVAVisionTransformer(checkpoint: Weights(Shapes(shapes)))
        }
        guard case .wrongModel = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// EVA02_CLIP_L_336_psz14_s6B.pt holds the text encoder, too, in one of two ways, and each block's rotary table.
    @Test(arguments: ["text.", ""]) func theTextEncoderIsPassedOver(_ prefix: String) throws {
        var others = [
            "positional_embedding", "text_projection", "token_embedding.weight", "ln_final.weight", "attn_mask",
            "transformer.resblocks.0.attn.in_proj_weight", "transformer.resblocks.11.mlp.c_proj.bias",
        ].map { prefix + $0 }
        others += [
            "logit_scale", "visual.rope.freqs_cos", "visual.rope.freqs_sin", "visual.blocks.0.attn.rope.freqs_cos",
            "visual.blocks.9.attn.rope.freqs_sin",
        ]
        let own = ["visual.rope.freqs_cos", "visual.rope.freqs_sin"]
        var constants: [String: Tensor] = [:]
        for name in others {
            constants[name] = own.contains(name) ? golden[name] : Tensor(repeating: 9, shape: [2, 2])
        }
        let tower = try EVAVisionTransformer(checkpoint: checkpoint(replacing: constants))
        assertClose(tower(golden["image"]).embedding, golden["embedding"], relative: 3e-6)
    }

    @Test func tensorsOfAnotherKindOfTowerAreNotSkipped() {
        let layerScale = checkpoint(replacing: ["visual.blocks.0.gamma_1": .zeros([16])])
        let error = #expect(throws: WeightsError.self) { try EVAVisionTransformer(checkpoint: layerScale) }
        guard case .unused(let names, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(names == ["visual.blocks.0.gamma_1"])
    }

    /// The turn is orthogonal, so its gradient is the turn back.
    @Test func theGradientOfRotationTurnsBack() {
        var random = TorchRandomSource(seed: 4)
        let x = random.normal([2, 3, 4]).tracked()
        let angles = random.normal([3, 2]).values
        let cosines = Tensor(angles.flatMap { [cos($0), cos($0)] }, shape: [3, 4])
        let sines = Tensor(angles.flatMap { [sin($0), sin($0)] }, shape: [3, 4])
        let y = x.rotatedPairs(cosines: cosines, sines: sines)
        assertClose(gradients(of: y, seed: y.detached(), for: [x])[0], x.detached(), relative: 2e-7)
    }
}
