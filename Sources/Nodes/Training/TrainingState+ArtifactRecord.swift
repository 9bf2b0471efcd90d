import Graph
import Training

/// A training at rest.
extension TrainingState {
    var record: ArtifactRecord {
        ArtifactRecord(
            kind: Self.format,
            blocks: tensors.mapValues { .init($0) },
            values: numbers.mapValues { .list($0.map { .integer(Int128($0)) }) }
        )
    }

    /// - Throws: `ArtifactError` when the record is no training in this format
    init(record: ArtifactRecord) throws {
        try record.require(kind: Self.format)
        self.init(
            tensors: try record.blocks.reduce(into: [:]) { tensors, block in
                tensors[block.key] = try record.tensor(block.key, shape: block.value.shape)
            },
            numbers: try record.values.mapValues { value in
                guard case .list(let numbers) = value else { throw Self.damaged }
                return try numbers.map { number in
                    guard case .integer(let wide) = number, let number = UInt64(exactly: wide) else {
                        throw Self.damaged
                    }
                    return number
                }
            }
        )
    }

    private static var damaged: ArtifactError { .damaged(kind: format, reason: "a number has another form") }
}
