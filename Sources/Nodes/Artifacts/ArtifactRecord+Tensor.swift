import Graph
import Tensors

extension ArtifactRecord.Block {
    /// A tensor at rest, in the tensor's own memory.
    init(_ tensor: Tensor) {
        let (values, owner) = tensor.lent
        self.init(
            element: .float32,
            shape: tensor.shape,
            bytes: Bytes(owner: owner, UnsafeRawBufferPointer(values))
        )
    }
}

extension ArtifactRecord {
    /// The tensor under `name`, in the record's own memory.
    ///
    /// - Throws: `ArtifactError.damaged` when it is missing, not of floats, or not of `shape`; nil is any size there, but
    ///   0 only if it may be empty.
    func tensor(_ name: String, shape: [Int?], mayBeEmpty: Bool = false) throws -> Tensor {
        guard let block = blocks[name], block.element == .float32, block.shape.count == shape.count,
            zip(block.shape, shape).allSatisfy({ $0 == $1 ?? (mayBeEmpty ? $0 : max(1, $0)) })
        else { throw ArtifactError.damaged(kind: kind, reason: "\(name) is missing or has another shape") }
        return Tensor(borrowing: block.bytes.memory, shape: block.shape, owner: block.bytes.owner)
    }

    /// - Throws: `ArtifactError.wrongKind`
    func require(kind expected: String) throws {
        guard kind == expected else { throw ArtifactError.wrongKind(expected: expected, found: kind) }
    }
}
