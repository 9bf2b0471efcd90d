import EngineTestSupport
import Foundation
import Graph
import ModelFiles
import Models
import Nodes
import TensorTestSupport
import Tensors

/// PuLID's files whose header or metadata were changed: the vision tower, the encoder of v1 or v1.1, or the identity attention,
/// inspected, loaded and run on one face: case n is the same everywhere.
struct OddTowers {
    private let folder: ModelFolder
    private let tower: OddCheckpoint
    private let encoders: [OddCheckpoint]
    private let runner = NodeRunner(context: RunContext(fileDigest: { Digest(of: $0.utf8) }))

    private static let models = goldenFolder + "/../../models/tiny"

    init() throws {
        folder = try ModelFolder(copying: goldenFolder + "/sdxl/scheduler")
        tower = try OddCheckpoint(path: "\(Self.models)/eva_clip.safetensors")
        let newer = "\(folder.path)/pulid_v1.1.safetensors"
        try TinyIDFormer.write(to: newer, insteadOf: "\(Self.models)/pulid.safetensors")
        encoders = try [OddCheckpoint(path: "\(Self.models)/pulid.safetensors"), OddCheckpoint(path: newer)]
    }

    /// - Throws: `OddEnd` for a result that is not finite, and for an error that names neither a file nor what does not fit
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        // A path of its own for each case, which stands for its content.
        let path = "\(folder.path)/odd-\(number).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var (weights, eva) = ("\(Self.models)/pulid.safetensors", "\(Self.models)/eva_clip.safetensors")
        if random.once(in: 2) {
            eva = path
            if random.once(in: 2) {
                try tower.write(metadataChangedBy: &random, to: path)
            } else {
                try tower.write(changedBy: &random, to: path)
            }
        } else {
            weights = path
            try encoders[random.int(in: 0...1)].write(changedBy: &random, to: path)
        }
        let inspection = FileInspection(path: path)
        do {
            let pulid: PuLIDModel = try runner.run(
                "load_pulid",
                ["weights": .string(weights), "eva_clip": .string(eva)]
            )
            let identity: IdentityArtifact = try runner.run(
                "encode_id",
                several: ["pulid": [pulid], "face": [Self.face]]
            )
            guard (identity.id.values + identity.uncond.values).allSatisfy(\.isFinite) else {
                throw OddEnd(description: "\(inspection.kind): a result is not finite")
            }
        } catch let end as OddEnd { throw end } catch {
            let text = "\(error)"
            guard text.contains(path) || text.contains("vision tower") else {
                throw OddEnd(description: "\(inspection.kind): \(error)")
            }
        }
    }

    private static let face = FaceArtifact(
        box: .zeros([4]),
        landmarks: .zeros([5, 2]),
        recognition: Tensor(repeating: 0.1, shape: [512]),
        aligned: Tensor(repeating: 0.5, shape: [1, 3, 64, 64]),
        features: Tensor(repeating: 0.4, shape: [1, 3, 64, 64])
    )
}
