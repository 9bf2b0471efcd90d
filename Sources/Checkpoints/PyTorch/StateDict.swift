/// Finds the named tensors in what a pickle holds: the state dict itself, one under a training script's usual key, or
/// dictionaries of them, whose names are joined with dots.
struct StateDict {
    private(set) var tensors: [String: PickleTensor] = [:]
    private let heap: PickleHeap
    private var visitsLeft: Int

    /// EVA-CLIP looks for "model", "module" and "state_dict"; BasicSR, which facexlib's files come from, for "params".
    private static let wrappers = ["state_dict", "model", "module", "params_ema", "params"]
    private static let depthLimit = 8
    /// In bytes.
    private static let nameLimit = 1024

    /// - Throws: `PyTorchFault`
    init(_ root: PickleValue, heap: PickleHeap, visitLimit: Int) throws {
        self.heap = heap
        visitsLeft = visitLimit
        try collect(Self.unwrapped(root, heap), path: "", depth: 0)
        guard !tensors.isEmpty else { throw PyTorchFault.noTensors }
        // DataParallel puts the network one level down.
        let prefix = "module."
        if tensors.keys.allSatisfy({ $0.hasPrefix(prefix) }) {
            tensors = Dictionary(
                uniqueKeysWithValues: tensors.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            )
        }
    }

    private static func unwrapped(_ root: PickleValue, _ heap: PickleHeap) -> PickleValue {
        var value = root
        for _ in 0..<depthLimit {
            guard case .dictionary(let index) = value else { return value }
            let inner = wrappers.lazy.compactMap { heap.dictionaries[index][$0] }.first { wrapped in
                switch wrapped {
                case .dictionary: true
                case .object(let place): !heap.dictionaries[place].pairs.isEmpty
                default: false
                }
            }
            guard let inner else { return value }
            value = inner
        }
        return value
    }

    private mutating func collect(_ value: PickleValue, path: String, depth: Int) throws {
        visitsLeft -= 1
        guard visitsLeft >= 0 else {
            throw PyTorchFault.structure(reason: "its dictionaries refer to each other over and over")
        }
        guard path.utf8.count <= Self.nameLimit else {
            throw PyTorchFault.structure(reason: "a name has more than \(Self.nameLimit) bytes")
        }
        switch value {
        case .tensor(let index):
            guard tensors.updateValue(heap.tensors[index], forKey: path) == nil else {
                throw PyTorchFault.sameName(path)
            }
        case .dictionary(let index) where depth < Self.depthLimit, .object(let index) where depth < Self.depthLimit:
            for (key, value) in heap.dictionaries[index].pairs {
                let name: String
                switch key {
                case .text(let text): name = text
                case .integer(let number): name = "\(number)"
                case .other: continue
                }
                try collect(value, path: path.isEmpty ? name : "\(path).\(name)", depth: depth + 1)
            }
        default: break
        }
    }
}
