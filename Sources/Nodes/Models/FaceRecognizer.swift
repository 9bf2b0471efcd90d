import Checkpoints
import Foundation
import Graph
import Imaging
import ModelFiles
import Models
import ONNX
import Tensors

/// The network that tells people apart: insightface's ONNX file, or PyTorch's tensors of an IResNet.
///
/// insightface: model_zoo/arcface_onnx.py::ArcFaceONNX
struct FaceRecognizer: Sendable {
    private enum Network: Sendable {
        case graph(ONNXGraph)
        case tensors(IResNet)
    }

    private let network: Network
    /// Pixels on each side of the pictures it was trained with.
    let side: Int
    /// The graph itself takes bytes into its range, as those from MXNet do.
    private let takesBytes: Bool

    init(path: String) throws {
        if path.lowercased().hasSuffix(".onnx") {
            let graph = try ONNXGraph(path: path)
            guard graph.inputs.count == 1 else { throw FaceError.oneInput(file: path, count: graph.inputs.count) }
            network = .graph(graph)
            let shape = graph.inputs[0].shape
            side = shape.count == 4 ? min(max(shape[2] ?? 112, 16), 1024) : 112
            let names = graph.firstNodeNames
            takesBytes =
                names.contains { $0.hasPrefix("Sub") || $0.hasPrefix("_minus") }
                && names.contains { $0.hasPrefix("Mul") || $0.hasPrefix("_mul") }
        } else {
            let iresnet = try FaceNetworks.recognizer(WeightFile.open(path))
            network = .tensors(iresnet)
            side = iresnet.config.imageSize
            takesBytes = false
        }
    }

    /// A face of `side` pixels, in 0...1 -> (n), not normalised.
    func callAsFunction(_ picture: FloatImage) throws -> Tensor {
        let image = picture.tensor.channelsFirst()
        let seen = takesBytes ? image * 255 : ImageNormalization.signed(image)
        let numbers =
            switch network {
            case .graph(let graph): try graph([seen])[0]
            case .tensors(let iresnet): iresnet(seen)
            }
        return numbers.reshaped([numbers.count])
    }
}
