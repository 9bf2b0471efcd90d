import Tensors

/// Weights in 8-bit floats, each matrix of which has a scale beside it, as what they stand for: float times scale, rounded
/// once. The scales, and what else such files note for 8-bit products, are no tensors of it. A scale may be one for each row,
/// and the numbers may be integers of 8 bits; these become floats of 32 bits.
///
/// ComfyUI: comfy/ops.py and comfy/utils.py::convert_old_quants. `<layer>.scale_weight`, in newer files `weight_scale`;
/// `scale_input` (`input_scale`) matters to 8-bit products alone, as do `<layer>.comfy_quant` and `scaled_fp8`.
public final class ScaledWeights: CheckpointSource {
    private let source: any CheckpointSource
    public let tensorNames: [String]
    /// The name of each scaled tensor's scale.
    private let scales: [String: String]
    private let hidden: Set<String>

    private static let scaleSuffixes = [".scale_weight", ".weight_scale"]
    private static let noteSuffixes = [".scale_input", ".input_scale", ".comfy_quant"]
    private static let marker = "scaled_fp8"

    /// Nil when there is no such note in a file.
    public init?(_ source: any CheckpointSource) {
        let names = source.tensorNames
        var scales: [String: String] = [:]
        var hidden: Set<String> = []
        for name in names {
            if name == Self.marker || name.hasSuffix(".\(Self.marker)") {
                hidden.insert(name)
            } else if let (suffix, isScale) = Self.suffix(of: name) {
                let weight = name.dropLast(suffix.count) + ".weight"
                guard source.shape(of: String(weight)) != nil else { continue }
                hidden.insert(name)
                if isScale { scales[String(weight)] = name }
            }
        }
        guard !hidden.isEmpty else { return nil }
        self.source = source
        self.scales = scales
        self.hidden = hidden
        tensorNames = names.filter { !hidden.contains($0) }
    }

    private static func suffix(of name: String) -> (suffix: String, isScale: Bool)? {
        if let suffix = scaleSuffixes.first(where: name.hasSuffix) { return (suffix, true) }
        return noteSuffixes.first(where: name.hasSuffix).map { ($0, false) }
    }

    public var name: String { source.name }
    public var metadata: [String: String] { source.metadata }
    public func shape(of name: String) -> [Int]? { hidden.contains(name) ? nil : source.shape(of: name) }
    public func elementType(of name: String) -> ElementType? {
        if hidden.contains(name) { return nil }
        return isWidened(name) ? .f32 : source.elementType(of: name)
    }
    public func bytesInMemory(of name: String) -> Int {
        if hidden.contains(name) { return 0 }
        guard isWidened(name), let shape = source.shape(of: name) else { return source.bytesInMemory(of: name) }
        return ElementType.f32.byteCount(of: shape) ?? 0
    }

    /// Integers with a scale, and floats with one for each row, become floats of 32 bits; others stay as they lie.
    private func isWidened(_ name: String) -> Bool {
        guard let scale = scales[name].flatMap(source.shape) else { return false }
        return source.elementType(of: name) == .i8 || scale.clampedProduct != 1
    }

    public func integers(_ name: String) throws -> [Int] {
        try require(name)
        return try source.integers(name)
    }

    public func tensor(_ name: String) throws -> Tensor {
        try require(name)
        guard let scale = scales[name] else { return try source.tensor(name) }
        let scales = try values(of: scale)
        let shape = source.shape(of: name) ?? []
        guard isWidened(name) else { return try source.tensor(name).scaled(by: scales[0]) }
        let rows = shape.first ?? 1
        guard scales.count == 1 || shape.count > 1 && scales.count == rows else {
            throw CheckpointError.badScale(tensor: scale, count: scales.count, file: self.name)
        }
        let weights =
            source.elementType(of: name) == .i8
            ? try source.integers(name).map { Float($0) } : try source.tensor(name).values
        let columns = max(1, weights.count / max(1, rows))
        let scaled = weights.indices.map { weights[$0] * scales[scales.count == 1 ? 0 : $0 / columns] }
        return Tensor(scaled, shape: shape)
    }

    private func require(_ name: String) throws {
        guard hidden.contains(name) else { return }
        throw WeightsError.missing(name: name, source: self.name, nearest: nearestName(to: name, among: tensorNames))
    }

    /// Finite numbers: one, or one for each row.
    private func values(of scale: String) throws -> [Float] {
        let values = try source.tensor(scale).values
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
            throw CheckpointError.badScale(tensor: scale, count: values.count, file: self.name)
        }
        return values
    }
}
