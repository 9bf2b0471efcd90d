import Checkpoints
import Foundation
import Kernels
import Tensors

/// The names and shapes of weights with zeros for numbers, which take no memory: whether a network finds what its settings
/// ask for can be seen from headers alone.
final class HeaderWeights: WeightSource {
    private let base: any WeightSource
    private let zeros: ZeroPages

    init(_ base: any WeightSource) throws {
        self.base = base
        let sizes = base.tensorNames.compactMap { base.shape(of: $0).flatMap(ElementType.f16.byteCount(of:)) }
        zeros = try ZeroPages(bytes: sizes.max() ?? 0, for: base.name)
    }

    var name: String { base.name }
    var tensorNames: [String] { base.tensorNames }
    func shape(of name: String) -> [Int]? { base.shape(of: name) }
    func bytesInMemory(of name: String) -> Int { 0 }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        // Whatever does not fit is said by the source itself.
        guard base.shape(of: name) == shape else { return try base.tensor(name, shape: shape, initial: initial) }
        return zeros.tensor(shape)
    }
}

/// Addresses at which zeros can be read; the system gives them no memory of their own.
final class ZeroPages: @unchecked Sendable {
    private let base: UnsafeRawPointer
    private let length: Int

    init(bytes: Int, for file: String) throws {
        length = max(bytes, 1)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let pages = mmap(nil, length, PROT_READ, flags, -1, 0), pages != MAP_FAILED else {
            throw CheckpointError.unreadable(file: file, reason: String(cString: strerror(errno)))
        }
        base = UnsafeRawPointer(pages)
    }

    /// - Precondition: `shape` takes no more than these bytes, two for a number
    func tensor(_ shape: [Int]) -> Tensor {
        require(ElementType.f16.byteCount(of: shape).map { $0 <= length } ?? false, "\(shape) of \(length) bytes")
        return Tensor(borrowing: StoredFloats(base, of: .f16), shape: shape, owner: self)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), length) }
}
