import Checkpoints
import Tensors

extension WeightFile {
    /// Reads a file's header and checks that it holds what it is taken for. What is not recognised passes: the network
    /// that it is read into says what is missing.
    ///
    /// - Parameters:
    ///   - expected: as a message says it
    ///   - accepts: which kinds will do
    /// - Returns: what it is
    /// - Throws: `CheckpointError` when it cannot be read, `WeightsError.wrongModel` when it is something else
    @discardableResult public static func require(
        _ path: String,
        expected: String,
        accepts: (WeightsKind) -> Bool
    ) throws -> WeightsKind {
        let kind = WeightsKind(try open(path))
        guard kind == .unknown || accepts(kind) else { throw kind.wrong(expected: expected, in: path) }
        return kind
    }
}
