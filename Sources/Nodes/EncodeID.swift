import Graph
import Imaging
import Models
import Tensors

/// PuLID: pulid/pipeline.py and pipeline_v1_1.py::get_id_embedding from the recogniser on; app.py for several photos
struct EncodeID: Node {
    static let name = "encode_id"
    static let version = 1
    static let help = "Turns one face, or several of one person, into the identity tokens that the UNet attends to."

    @Input("one face or a list of faces; photos without one that are skipped are left out", leavesOutAbsent: true)
    var face: [FaceArtifact]
    @Input("whose encoder") var pulid: PuLIDModel
    @Parameter(
        "how faces join: joint (PuLID v1.1's own way) encodes them together, concat (v1's own way) adds the first five tokens of further faces, mix adds all of them, mean averages; the version's own way unless given"
    )
    var fuse: IdentityFusion? = nil

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        WorkingMemory.encoders + 3 * inputBytes["face", default: 0]
    }

    func run(_ context: RunContext) throws -> IdentityArtifact {
        let tower = try pulid.tower(context)
        let encoder = try pulid.encoder(context)
        let faces = try face.map { face in
            // 1. the tower sees the grey features at its own size
            let size = tower.config.imageSize
            let features = FloatImage(tensor: face.features.channelsLast()).resized(
                width: size,
                height: size,
                by: .bicubic
            )
            let seen = pulid.computing { tower(ImageNormalization.clip(features.tensor.channelsFirst())) }

            // 2. the ID vector: the recogniser's numbers as they are, the tower's normalised
            let recognition = face.recognition.reshaped([1, face.recognition.count])
            let vector = Tensor.concatenated([recognition, seen.embedding.l2Normalized()], axis: 1)
            guard vector.shape[1] == encoder.idWidth, seen.hiddenStates.count == encoder.features,
                seen.hiddenStates.allSatisfy({ $0.shape[2] == encoder.featureWidth })
            else {
                throw NodeError.sizesDiffer(
                    what: "the ID vector",
                    found: vector.shape,
                    expected: [1, encoder.idWidth],
                    hint:
                        "the recogniser, \(try pulid.path("eva_clip")) and \(try pulid.path("weights")) do not belong together"
                )
            }
            return SeenFace(vector: vector, hiddenStates: seen.hiddenStates)
        }

        // 3. tokens
        let positions = tower.config.grid * tower.config.grid + 1
        return try pulid.computing {
            try encoder.identity(of: faces, by: fuse ?? .usual(for: encoder), positions: positions)
        }
    }
}
