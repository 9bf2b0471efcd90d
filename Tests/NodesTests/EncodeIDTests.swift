import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import Models
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// Several photos of one person, by every way of joining them, with both versions of PuLID at tiny width.
struct EncodeIDTests {
    let runner: NodeRunner
    private let scratch: TemporaryFolder
    private static let models = URL(fileURLWithPath: goldenFolder).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("models/tiny").path

    init() throws {
        runner = NodeRunner()
        scratch = try TemporaryFolder()
    }

    /// A model whose ID encoder is fresh and fits the embedded tower.
    private func pulid(_ version: String) throws -> PuLIDModel {
        var path = "\(Self.models)/pulid.safetensors"
        if version == "v1.1" {
            let newer = scratch("pulid_v1.1.safetensors")
            try TinyIDFormer.write(to: newer, insteadOf: path)
            path = newer
        }
        return try runner.run(
            "load_pulid",
            ["weights": .string(path), "eva_clip": .string("\(Self.models)/eva_clip.safetensors")]
        )
    }

    private func faces(_ count: Int, width: Int) -> [FaceArtifact] {
        (0..<count).map { i in
            var random = TorchRandomSource(seed: UInt64(i))
            let picture = random.normal([1, 3, 48, 48]).sigmoid()
            return FaceArtifact(
                box: .zeros([4]),
                landmarks: .zeros([5, 2]),
                recognition: random.normal([width]),
                aligned: picture,
                features: picture
            )
        }
    }

    /// - Parameter narrower: by how many numbers a face's recognition is too short
    private func encode(_ version: String, photos: Int, fuse: String? = nil, narrower: Int = 0) throws
        -> IdentityArtifact
    {
        let model = try pulid(version)
        let schema = try #require(NodeRegistry.builtin["encode_id"])
        let parameters: [String: Value] = fuse.map { ["fuse": .string($0)] } ?? [:]
        let config = try IDEncoder.Config(
            Weights(SafetensorsFile(path: "\(Self.models)/pulid.safetensors")) / "id_adapter"
        )
        let eva = try SafetensorsFile(path: "\(Self.models)/eva_clip.safetensors")
        let tower = try EVAVisionTransformer(checkpoint: Weights(eva), metadata: eva.metadata)
        let all = faces(photos, width: config.idWidth - tower.config.outputWidth - narrower)
        let node = try schema.bind(
            parameters: parameters,
            inputs: [
                "face": all.map { InputValue(cell: Cell(), $0) },
                "pulid": [InputValue(cell: Cell(), model)],
            ]
        )
        return try #require(try node.run(runner.context) as? IdentityArtifact)
    }

    @Test(arguments: [("v1", "concat"), ("v1.1", "joint")])
    func withoutAWayItIsTheVersionsOwn(version: String, fuse: String) throws {
        let (usual, named) = (try encode(version, photos: 2), try encode(version, photos: 2, fuse: fuse))
        #expect(usual.id.values == named.id.values)
        #expect(usual.uncond.values == named.uncond.values)
    }

    /// Tokens of two photos, those of the first one alone among them or not.
    @Test(arguments: [("v1", "concat", 15), ("v1", "mix", 20), ("v1.1", "mix", 12)])
    func tokensAreAdded(version: String, fuse: String, tokens: Int) throws {
        let (one, two) = (try encode(version, photos: 1), try encode(version, photos: 2, fuse: fuse))
        #expect(two.id.shape[1] == tokens && two.uncond.shape == two.id.shape)
        let first = two.id.sliced(axis: 1, 0..<one.id.shape[1])
        #expect(first.values == one.id.values)
    }

    @Test func jointIsOneEncodingThatSeesEveryPhoto() throws {
        let (one, two) = (try encode("v1.1", photos: 1), try encode("v1.1", photos: 2))
        #expect(one.id.shape[1] == 6 && two.id.shape == one.id.shape)
        #expect(difference(two.id, one.id).relative > 1e-3)
        // Nobody is nobody however many photos.
        #expect(two.uncond.values == one.uncond.values)
    }

    @Test(arguments: ["v1", "v1.1"]) func meanLiesBetweenThePhotos(version: String) throws {
        let mix = try encode(version, photos: 2, fuse: "mix")
        let mean = try encode(version, photos: 2, fuse: "mean")
        let half = mix.id.shape[1] / 2
        let sum = mix.id.sliced(axis: 1, 0..<half) + mix.id.sliced(axis: 1, half..<2 * half)
        assertClose(mean.id, sum / 2, relative: 1e-6)
    }

    @Test(arguments: [("v1", "joint", "v1.1's"), ("v1.1", "concat", "v1.1 makes none")])
    func aWayThatTheVersionLacksIsRefused(version: String, fuse: String, words: String) throws {
        let error = #expect(throws: (any Error).self) { try encode(version, photos: 2, fuse: fuse) }
        #expect("\(try #require(error))".contains(words))
    }

    @Test func filesThatDoNotBelongTogetherAreNamed() throws {
        let error = #expect(throws: (any Error).self) { try encode("v1", photos: 1, narrower: 2) }
        #expect(
            "\(try #require(error))"
                == "the ID vector has shape [1, 574], expected [1, 576]: the recogniser, \(Self.models)/eva_clip.safetensors and "
                + "\(Self.models)/pulid.safetensors do not belong together"
        )
    }
}
