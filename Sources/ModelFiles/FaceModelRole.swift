import Checkpoints
import ONNX
import Tensors

/// What a network that looks at faces is for.
package enum FaceModelRole: String, CaseIterable {
    case detector, recognizer, aligner, parser

    package var file: OfficialFile {
        switch self {
        case .detector: .detector
        case .recognizer: .recognizer
        case .aligner: .aligner
        case .parser: .parser
        }
    }

    /// The file names that are looked for, in this order.
    package var names: [String] { file.allNames }

    /// Needed only where faces are to be found; the aligner not even there.
    package var isOptional: Bool { self == .detector || self == .aligner }
}

extension FaceModelRole {
    /// Reads a file's header alone and checks that it is for this and whole, so that a damaged or a wrong file is reported
    /// where the recipe names it.
    ///
    /// - Throws: `CheckpointError`, `ONNXError.notONNX`, `WeightsError`, `ModelConfigError`
    package func check(_ path: String) throws {
        let file = try MappedFile(path: path)
        if let outline = file.withBytes({ FileKind($0) == .unknown ? ONNXOutline($0) : nil }) {
            let kind = ONNXKind(outline)
            guard kind == .other || accepts(kind) else {
                throw WeightsError.wrongModel(found: "\(kind)", expected: expected, source: path)
            }
        } else if path.lowercased().hasSuffix(".onnx") {
            throw ONNXError.notONNX(file: path)
        } else {
            let files = OpenFiles()
            try files.require(path, expected: expected) { $0 == weights }
            let header = try HeaderWeights(files.source(path))
            switch self {
            case .detector: break
            case .recognizer: _ = try FaceNetworks.recognizer(header)
            case .aligner: _ = try FaceNetworks.aligner(header)
            case .parser: _ = try FaceNetworks.parser(header)
            }
        }
    }

    private func accepts(_ kind: ONNXKind) -> Bool {
        switch (self, kind) {
        case (.detector, .detector(keyPoints: true)), (.recognizer, .recognizer): true
        default: false
        }
    }

    private var weights: WeightsKind? {
        switch self {
        case .detector: nil
        case .recognizer: .recognizer
        case .aligner: .faceDetector
        case .parser: .faceParser
        }
    }

    private var expected: String {
        switch self {
        case .detector: "a face detector (scrfd_10g_bnkps.onnx)"
        case .recognizer: "a face recogniser (glintr100.onnx)"
        case .aligner: "a face detector for alignment (detection_Resnet50_Final.pth)"
        case .parser: "a face parser (parsing_bisenet.pth)"
        }
    }
}
