import Checkpoints
import Foundation
import Kernels
import Synchronization
import Tensors

/// Networks of any size with random weights in half precision, in files that are made once and then mapped: what a real
/// checkpoint costs in time and memory, these cost too.
struct RandomWeights {
    let folder: URL

    func path(_ name: String) -> String { folder.appendingPathComponent("\(name).safetensors").path }

    /// The file called `name` for the network that `build` makes, written if it is not there.
    func file<Network>(_ name: String, for build: (Weights) throws -> Network) throws -> URL {
        let url = URL(fileURLWithPath: path(name))
        guard !FileManager.default.fileExists(atPath: url.path) else { return url }
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        let wanted = WantedWeights()
        _ = try build(Weights(wanted))
        var writer = SafetensorsWriter()
        for (name, parameter) in wanted.parameters {
            writer.add(name, wanted.random(parameter), as: .f16)
        }
        let unfinished = url.appendingPathExtension("tmp")
        FileManager.default.createFile(atPath: unfinished.path, contents: nil)
        let file = try FileHandle(forWritingTo: unfinished)
        try writer.write { try file.write(contentsOf: Data($0)) }
        try file.close()
        try FileManager.default.moveItem(at: unfinished, to: url)
        return url
    }

    /// The network that `build` makes, from the file called `name`.
    func network<Network>(_ name: String, _ build: (Weights) throws -> Network) throws -> Network {
        try build(Weights(SafetensorsFile(path: file(name, for: build).path)))
    }
}

/// A source that notes what a network asks for, and lends the same random numbers to all of it.
private final class WantedWeights: WeightSource {
    struct Parameter {
        let shape: [Int]
        let initial: InitialValue
    }

    let name = "random weights"
    let tensorNames: [String] = []
    private let noted = Mutex<[String: Parameter]>([:])
    /// For each kind of initial value as many as the largest parameter that has it.
    private let shared = Mutex<[InitialValue: Floats]>([:])

    var parameters: [String: Parameter] { noted.withLock { $0 } }
    func shape(of name: String) -> [Int]? { nil }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let parameter = Parameter(shape: shape, initial: initial)
        noted.withLock { $0[name] = parameter }
        return random(parameter)
    }

    func random(_ parameter: Parameter) -> Tensor {
        let count = parameter.shape.reduce(1, *)
        let floats = shared.withLock { shared in
            if let made = shared[parameter.initial], made.count >= count { return made }
            let made = Floats(parameter.initial, count: count)
            shared[parameter.initial] = made
            return made
        }
        return Tensor(borrowing: StoredFloats(UnsafePointer(floats.base)), shape: parameter.shape, owner: floats)
    }
}

/// Initial values that tensors of any shape borrow.
private final class Floats: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(_ initial: InitialValue, count: Int) {
        base = .allocate(capacity: max(1, count))
        self.count = count
        switch initial {
        case .zeros: base.update(repeating: 0, count: count)
        case .ones: base.update(repeating: 1, count: count)
        case .constant(let value): base.update(repeating: value, count: count)
        case .normal(let deviation): fillUniformly(bound: deviation * Float(3).squareRoot())
        case .uniform(let bound): fillUniformly(bound: bound)
        }
    }

    deinit { base.deallocate() }

    /// By a linear congruential generator: random enough to multiply with.
    private func fillUniformly(bound: Float) {
        var state: UInt64 = 1
        for i in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            base[i] = (Float(state >> 40) * 0x1p-23 - 1) * bound
        }
    }
}
