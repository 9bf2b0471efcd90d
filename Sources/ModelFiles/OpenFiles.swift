import Checkpoints
import Synchronization
import Tensors

/// The files of weights that one judgement looks at, each opened once, however often it is asked for. It is passed along, and
/// nothing of it outlives who made it.
package final class OpenFiles: Sendable {
    private struct File {
        let source: any CheckpointSource
        let kind: WeightsKind
    }

    private let files = Mutex<[String: File]>([:])
    private let loras = Mutex<[String: LoRAFile]>([:])

    package init() {}

    /// - Throws: `CheckpointError`
    package func source(_ path: String) throws -> any CheckpointSource { try file(path).source }

    /// What the file holds, by its header.
    ///
    /// - Throws: `CheckpointError`
    package func kind(_ path: String) throws -> WeightsKind { try file(path).kind }

    /// - Parameter settings: of PEFT's adapter_config.json for it, if there is one
    /// - Throws: as `LoRAFile.init`
    package func lora(_ path: String, settings: String?) throws -> LoRAFile {
        if let lora = loras.withLock({ $0[path] }) { return lora }
        let lora = try LoRAFile(source(path), settings: settings)
        loras.withLock { $0[path] = lora }
        return lora
    }

    /// Checks that a file holds what it is taken for. What is not recognised passes: the network that it is read into says what
    /// is missing.
    ///
    /// - Parameters:
    ///   - expected: as a message says it
    ///   - accepts: which kinds will do
    /// - Returns: what it is
    /// - Throws: `CheckpointError` when it cannot be read, `WeightsError.wrongModel` when it is something else
    @discardableResult package func require(
        _ path: String,
        expected: String,
        accepts: (WeightsKind) -> Bool
    ) throws -> WeightsKind {
        let kind = try kind(path)
        guard kind == .unknown || accepts(kind) else { throw kind.wrong(expected: expected, in: path) }
        return kind
    }

    private func file(_ path: String) throws -> File {
        if let file = files.withLock({ $0[path] }) { return file }
        let source = try WeightFile.open(path)
        let file = File(source: source, kind: WeightsKind(source))
        files.withLock { $0[path] = file }
        return file
    }
}
