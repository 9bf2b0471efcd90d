import Checkpoints
import Graph
import Imaging
import Models
import Tensors

/// The networks that look at faces, by their files.
public struct FaceModels: ModelReference {
    public static let kind = "face models"

    let files: [String: ModelFile]

    /// The recogniser's numbers for a face, not normalised.
    func recognise(aligned face: AlignedFace, _ context: RunContext) throws -> Tensor {
        let network = try context.residents.value(for: residentKey(["recognizer"])) {
            let weights = Weights(try SafetensorsFile(path: path("recognizer")))
            let network = try IResNet(weights, config: IResNet.Config(weights))
            try weights.assertAllUsed()
            return network
        }
        let picture = face.forRecognition(size: network.config.imageSize)
        let numbers = network(ImageNormalization.signed(picture.tensor.channelsFirst()))
        return numbers.reshaped([numbers.count])
    }

    /// The face alone, in grey, on white: what PuLID's vision tower is shown.
    ///
    /// - Parameter aligned: (1, 3, 512, 512) in 0...1
    func features(of aligned: Tensor, _ context: RunContext) throws -> Tensor {
        let network = try context.residents.value(for: residentKey(["parser"])) {
            let weights = Weights(try SafetensorsFile(path: path("parser")))
            return try BiSeNet(weights, config: BiSeNet.Config(weights))
        }
        return FaceParsing(logits: network(ImageNormalization.imageNet(aligned))).faceFeatures(of: aligned)
    }

    private func path(_ role: String) throws -> String {
        guard let file = files[role] else {
            throw NodeError.needs(what: role, because: "the face models are incomplete")
        }
        return file.path
    }
}
