/// What is fuzzed: the readers of files that others made. `Fuzz/` calls them with inputs without end, a test with those
/// that are kept in `Fuzz/Corpus`.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case recipe, safetensors, pytorch, gguf, onnx, json, png, jpeg, webp, heif, record, origin
    case texts, workflow, parameters, axes

    /// Gives the bytes of one file to the reader. That it refuses them is a fine end.
    ///
    /// - Throws: an error that is not the reader's own, or `Contradiction`.
    public func run(_ bytes: [UInt8]) throws {
        switch self {
        case .recipe: try readRecipe(bytes)
        case .safetensors, .pytorch, .gguf: try readWeights(bytes)
        case .onnx: try readGraph(bytes)
        case .json: try readSettings(bytes)
        case .png: try readPicture(withRightChecksums(bytes), beginning: [0x89])
        case .jpeg: try readPicture(bytes, beginning: [0xFF])
        case .webp: try readPicture(bytes, beginning: Array("RIFF".utf8))
        case .heif: try readPicture(bytes, beginning: [0])
        case .record: try readRecord(bytes)
        case .origin: try readOrigin(withRightChecksums(bytes))
        case .texts: try readTexts(withRightChecksums(bytes))
        case .workflow: try readWorkflow(bytes)
        case .parameters: try readParameters(bytes)
        case .axes: try readAxes(bytes)
        }
    }
}

/// A result that cannot be right.
public struct Contradiction: Error {
    public let what: String
}

func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if !holds { throw Contradiction(what: what()) }
}
