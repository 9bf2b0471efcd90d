import Tensors

/// A tensor of a LoRA file, read when it is asked for.
struct LoRATensor: Sendable {
    let name: String
    let shape: [Int]
    private let source: any CheckpointSource

    init(_ name: String, in source: any CheckpointSource) {
        (self.name, self.source) = (name, source)
        shape = source.shape(of: name) ?? []
    }

    /// - Throws: `CheckpointError`
    func callAsFunction() throws -> Tensor {
        switch source.elementType(of: name) {
        case .bool, .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64:
            Tensor(try source.integers(name).map { Float($0) }, shape: shape)
        default: try source.tensor(name)
        }
    }

    /// As the matrix that it is once all dimensions but the first are taken together.
    ///
    /// - Throws: `CheckpointError`
    func matrix() throws -> Tensor { try self().reshaped(matrixShape) }

    /// (first dimension, all others).
    var matrixShape: [Int] {
        guard let first = shape.first, shape.count > 1 else { return [shape.first ?? 1, 1] }
        return [first, shape.dropFirst().clampedProduct]
    }

    var count: Int { shape.clampedProduct }
    var bytesInMemory: Int { source.bytesInMemory(of: name) }

    /// Its one value, whatever it is stored as; not always finite.
    ///
    /// - Throws: `LoRAError.badNumber` where it is not one number
    func number() throws -> Float {
        guard count == 1, let value = try? self().values.first else {
            throw LoRAError.badNumber(name, file: source.name)
        }
        return value
    }

    /// - Throws: `LoRAError.badNumber` where it is not one finite number
    func finiteNumber() throws -> Float {
        let value = try number()
        guard value.isFinite else { throw LoRAError.badNumber(name, file: source.name) }
        return value
    }
}

extension Collection<Int> {
    /// Their product, or Int.max where it is larger: sizes of a file may be anything.
    var clampedProduct: Int {
        if contains(0) { return 0 }
        return reduce(1) { product, size in
            let (next, isOver) = product.multipliedReportingOverflow(by: size)
            return isOver ? .max : next
        }
    }
}

/// The tensors that a file has for one layer, from which each kind takes those that it knows.
struct LoRATensors {
    /// As the file calls the layer.
    let layer: String
    let source: any CheckpointSource
    /// What PEFT notes on the network.
    let settings: PEFTSettings?
    /// What is still to be taken.
    private(set) var names: [LoRAPart: String]
    /// What should be said of them.
    var remarks: Set<LoRAFile.Remark> = []

    init(layer: String, source: any CheckpointSource, settings: PEFTSettings?, names: [LoRAPart: String]) {
        (self.layer, self.source, self.settings, self.names) = (layer, source, settings, names)
    }

    func has(_ part: LoRAPart) -> Bool { names[part] != nil }

    /// nil where there is none, or it was taken.
    mutating func take(_ part: LoRAPart) -> LoRATensor? {
        names.removeValue(forKey: part).map { LoRATensor($0, in: source) }
    }

    /// A part that others cannot do without.
    ///
    /// - Throws: `LoRAError.incomplete`
    mutating func require(_ part: LoRAPart, of kind: String) throws -> LoRATensor {
        guard let tensor = take(part) else {
            throw LoRAError.incomplete(layer: layer, kind: kind, missing: part.rawValue, file: source.name)
        }
        return tensor
    }

    /// alpha / rank: what a product of matrices of that rank is multiplied by.
    ///
    /// Without an alpha it is what PEFT's settings say, or 1. An alpha of 0 means the rank, as LyCORIS and kohya take it.
    ///
    /// - Throws: `LoRAError.badNumber`
    mutating func factor(rank: Int) throws -> Float {
        guard let alpha = take(.alpha) else { return settings?.factor(layer: layer, rank: rank) ?? 1 }
        let value = try alpha.finiteNumber()
        guard value != 0 else {
            remarks.insert(.zeroAlpha)
            return 1
        }
        return value / Float(max(1, rank))
    }
}
