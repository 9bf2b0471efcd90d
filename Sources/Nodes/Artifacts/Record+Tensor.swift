import Graph
import Tensors

extension Record.Block {
    /// A tensor at rest.
    init(_ tensor: Tensor) {
        self.init(
            element: .float32,
            shape: tensor.shape,
            bytes: tensor.withValues { Array(UnsafeRawBufferPointer($0)) }
        )
    }
}

extension Record {
    /// The tensor under `name`.
    ///
    /// - Throws: `ArtifactError.damaged` when it is missing, not of floats, or not of `shape` (nil: any size there).
    func tensor(_ name: String, shape: [Int?]) throws -> Tensor {
        guard let block = blocks[name], block.element == .float32, block.shape.count == shape.count,
            zip(block.shape, shape).allSatisfy({ $1 == nil || $0 == $1 })
        else { throw ArtifactError.damaged(kind: kind, reason: "\(name) is missing or has another shape") }
        let values = [Float](unsafeUninitializedCapacity: block.bytes.count / 4) { buffer, count in
            count = block.bytes.count / 4
            UnsafeMutableRawBufferPointer(buffer).copyBytes(from: block.bytes)
        }
        return Tensor(values, shape: block.shape)
    }

    /// - Throws: `ArtifactError.wrongKind`
    func require(kind expected: String) throws {
        guard kind == expected else { throw ArtifactError.wrongKind(expected: expected, found: kind) }
    }
}
