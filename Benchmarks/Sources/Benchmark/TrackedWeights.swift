import Checkpoints
import Foundation
import Synchronization
import Tensors

/// A checkpoint whose tensors are leaves that gradients are asked for.
final class TrackedWeights: WeightSource {
    private let file: SafetensorsFile
    private let made = Mutex<[Tensor]>([])

    init(_ url: URL) throws { file = try SafetensorsFile(path: url.path) }

    /// Those that were asked for.
    var leaves: [Tensor] { made.withLock { $0 } }
    var name: String { file.name }
    var tensorNames: [String] { file.tensorNames }
    func shape(of name: String) -> [Int]? { file.shape(of: name) }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let leaf = try file.tensor(name, shape: shape, initial: initial).tracked()
        made.withLock { $0.append(leaf) }
        return leaf
    }
}
