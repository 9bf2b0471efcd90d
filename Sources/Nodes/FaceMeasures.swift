import Graph
import Imaging
import Kernels

/// Measures the faces of pictures outside of recipes, as `compare` does with `crop: detect`.
public struct FaceMeasures: Sendable {
    private let models: FaceModels
    private let person: FaceArtifact?
    private let context: RunContext

    /// - Parameters:
    ///   - folder: the networks, as `load_face_models` finds them
    ///   - photo: who is looked for
    /// - Throws: what `load_face_models`, `load_image` and `load_face` throw.
    public init(models folder: String, person photo: String? = nil) throws {
        // Files are told apart by their names: nothing here outlives the process.
        context = RunContext(fileDigest: { Digest(of: $0.utf8) })
        models = try Self.node(LoadFaceModels.self, ["folder": .string(folder)]).run(context)
        person = try photo.map { [models, context] photo in
            let image = ImageArtifact(try Bitmap.read(path: photo))
            return try Self.node(LoadFace.self, [:], ["image": image, "models": models]).run(context)
        }
    }

    /// The person's likeness, the faces, and where the face is.
    ///
    /// - Throws: what the networks throw.
    func scores(of picture: Bitmap, with baseline: Bitmap) throws -> [ScoresArtifact.Measure: Double] {
        var inputs: [String: any Artifact] = [
            "image": ImageArtifact(picture), "models": models,
        ]
        if let person { inputs["face"] = person }
        var values: [ScoresArtifact.Measure: Double] = [:]
        try Self.node(Compare.self, ["crop": .string("detect")], inputs)
            .measureFaces(models, against: ImageArtifact(baseline), context, into: &values)
        return values
    }

    private static func node<Kind: Node>(
        _ kind: Kind.Type,
        _ parameters: [String: Value],
        _ inputs: [String: any Artifact] = [:]
    ) throws -> Kind {
        let node = try NodeSchema(kind).bind(
            parameters: parameters,
            inputs: inputs.mapValues { [InputValue(cell: Cell(), $0)] }
        )
        guard let node = node as? Kind else { fail("a node is of its kind") }
        return node
    }
}
