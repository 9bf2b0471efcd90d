import Tensors

/// Weights in 8-bit floats, each matrix of which has a scale beside it, as what they stand for: float times scale, rounded
/// once. The scales, and what else such files note for 8-bit products, are no tensors of it.
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
        hidden.contains(name) ? nil : source.elementType(of: name)
    }
    public func bytesInMemory(of name: String) -> Int { hidden.contains(name) ? 0 : source.bytesInMemory(of: name) }

    public func integers(_ name: String) throws -> [Int] {
        try require(name)
        return try source.integers(name)
    }

    public func tensor(_ name: String) throws -> Tensor {
        try require(name)
        let weight = try source.tensor(name)
        guard let scale = try scales[name].map(scale) else { return weight }
        return weight.scaled(by: scale)
    }

    private func require(_ name: String) throws {
        guard hidden.contains(name) else { return }
        throw WeightsError.missing(name: name, source: self.name, nearest: nearestName(to: name, among: tensorNames))
    }

    /// One finite number.
    private func scale(_ name: String) throws -> Float {
        let values = try source.tensor(name).values
        guard values.count == 1, let scale = values.first, scale.isFinite else {
            throw CheckpointError.badScale(tensor: name, count: values.count, file: self.name)
        }
        return scale
    }
}
