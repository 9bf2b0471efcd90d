import Synchronization
import Tensors

/// Another source's tensors under names in which parts are replaced.
final class Renamed: WeightSource {
    private let source: any WeightSource
    private let originals: [String: String]

    init(_ source: any WeightSource, renames: [String: String]) {
        self.source = source
        let pairs = source.tensorNames.map { name in
            (renames.reduce(name) { $0.replacing($1.key, with: $1.value) }, name)
        }
        originals = Dictionary(uniqueKeysWithValues: pairs)
    }

    var name: String { source.name }
    var tensorNames: [String] { originals.keys.sorted() }
    func shape(of name: String) -> [Int]? { originals[name].flatMap(source.shape) }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let original = originals[name] else {
            throw WeightsError.missing(name: name, source: self.name, nearest: nil)
        }
        return try source.tensor(original, shape: shape, initial: initial)
    }
}

/// Another source with some tensors replaced or added.
final class Constants: WeightSource {
    private let source: any WeightSource
    private let constants: [String: Tensor]

    init(_ source: any WeightSource, _ constants: [String: Tensor]) {
        self.source = source
        self.constants = constants
    }

    var name: String { source.name }
    var tensorNames: [String] { Set(source.tensorNames).union(constants.keys).sorted() }
    func shape(of name: String) -> [Int]? { constants[name]?.shape ?? source.shape(of: name) }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let constant = constants[name] else {
            return try source.tensor(name, shape: shape, initial: initial)
        }
        guard constant.shape == shape else {
            throw WeightsError.wrongShape(name: name, expected: shape, found: constant.shape, source: self.name)
        }
        return constant
    }
}

/// Another source's tensors, each a leaf that gradients can be asked for.
final class Tracked: WeightSource {
    private let source: any WeightSource
    private let made = Mutex<[String: Tensor]>([:])

    init(_ source: any WeightSource) { self.source = source }

    /// Those that were asked for, by name.
    var leaves: [String: Tensor] { made.withLock { $0 } }
    var name: String { source.name }
    var tensorNames: [String] { source.tensorNames }
    func shape(of name: String) -> [Int]? { source.shape(of: name) }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let leaf = try source.tensor(name, shape: shape, initial: initial).tracked()
        made.withLock { $0[name] = leaf }
        return leaf
    }
}

/// Some of another source's tensors.
final class Selected: WeightSource {
    private let source: any WeightSource
    let tensorNames: [String]

    init(_ source: any WeightSource, names: [String]) {
        self.source = source
        tensorNames = names
    }

    var name: String { source.name }
    func shape(of name: String) -> [Int]? { tensorNames.contains(name) ? source.shape(of: name) : nil }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard tensorNames.contains(name) else {
            throw WeightsError.missing(name: name, source: self.name, nearest: nil)
        }
        return try source.tensor(name, shape: shape, initial: initial)
    }
}

/// Shapes alone, for what is read off them.
final class Shapes: WeightSource {
    private let shapes: [String: [Int]]

    init(_ shapes: [String: [Int]]) { self.shapes = shapes }

    var name: String { "shapes" }
    var tensorNames: [String] { shapes.keys.sorted() }
    func shape(of name: String) -> [Int]? { shapes[name] }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        throw WeightsError.missing(name: name, source: self.name, nearest: nil)
    }
}
