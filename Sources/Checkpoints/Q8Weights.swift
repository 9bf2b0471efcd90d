import Kernels
import Synchronization
import Tensors

/// A network's weights in about half of the memory that 16 bits take: the matrices of its linear layers and convolutions in
/// blocks of 8 bits (`Q8Blocks`), which are made when they are asked for; then the pages of the files that they came from are
/// let go of. What is stored in 8 bits or fewer stays as it is.
public final class Q8Weights: WeightSource {
    private let source: any WeightSource
    private let kept: Set<String>
    /// Bytes that were read since pages were let go of.
    private let read = Mutex(0)

    /// - Parameter kept: layers that stay as they are: parts of their names, as dots divide them
    public init(_ source: any WeightSource, keeping kept: Set<String> = []) {
        self.source = source
        self.kept = kept
    }

    public var name: String { source.name }
    public var tensorNames: [String] { source.tensorNames }
    public func shape(of name: String) -> [Int]? { source.shape(of: name) }

    /// How many numbers will be rounded; nil for a tensor that stays.
    private func roundedCount(_ name: String) -> Int? {
        guard let shape = source.shape(of: name), shape.count > 1,
            !name.split(separator: ".").contains(where: { kept.contains(String($0)) })
        else { return nil }
        let count = shape.reduce(1, *)
        return source.bytesInMemory(of: name) >= 2 * count ? count : nil
    }

    public func bytesInMemory(of name: String) -> Int {
        roundedCount(name).map(Q8Blocks.byteCount) ?? source.bytesInMemory(of: name)
    }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let tensor = try source.tensor(name, shape: shape, initial: initial)
        guard roundedCount(name) != nil else { return tensor }
        let rounded = tensor.inQ8Blocks()
        let isMuch = read.withLock { read in
            read += source.bytesInMemory(of: name)
            guard read >= Self.mostKept else { return false }
            read = 0
            return true
        }
        if isMuch { MappedFile.givePagesBack() }
        return rounded
    }

    private static let mostKept = 1 << 24
}
