import Tensors

/// A network's weights with LoRAs merged into them, in 32-bit floats and in the order given, as each is asked for.
///
/// W + scale * alpha / rank * up * down; without an alpha it is the rank. A convolution's `down` has its kernel.
public final class LoRAWeights: WeightSource {
    private struct Merge {
        let file: LoRAFile
        let update: LoRAFile.Update
        let scale: Float
    }

    private let base: any WeightSource
    /// By the weight's name, in the order of the files.
    private let merges: [String: [Merge]]

    /// - Parameter loras: with their scales; those that do not change this network are passed over
    /// - Throws: `LoRAError.unknownKeys` when a LoRA has layers that the network lacks, `.wrongSize` when its matrices do
    ///   not fit
    public init(_ base: any WeightSource, network: LoRAFile.Network, loras: [(file: LoRAFile, scale: Float)]) throws {
        self.base = base
        let layers = Self.layers(of: base, network)
        var merges: [String: [Merge]] = [:]
        for (file, scale) in loras {
            var unknown: [String] = []
            for (layer, update) in (file.updates[network] ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let name = layers[layer] else {
                    unknown += [update.down, update.up]
                    continue
                }
                try Self.check(update, of: file, fits: base.shape(of: name) ?? [])
                merges[name, default: []].append(Merge(file: file, update: update, scale: scale))
            }
            guard unknown.isEmpty else { throw LoRAError.unknownKeys(unknown.sorted(), file: file.source.name) }
        }
        self.merges = merges
    }

    public var name: String { base.name }
    public var tensorNames: [String] { base.tensorNames }
    public func shape(of name: String) -> [Int]? { base.shape(of: name) }

    /// What is merged is floats; the rest is as in the file.
    public func bytesInMemory(of name: String) -> Int {
        guard merges[name] != nil, let shape = base.shape(of: name) else { return base.bytesInMemory(of: name) }
        return ElementType.f32.byteCount(of: shape) ?? 0
    }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        var weight = try base.tensor(name, shape: shape, initial: initial)
        for merge in merges[name] ?? [] {
            let source = merge.file.source
            let (up, down) = try (source.tensor(merge.update.up), source.tensor(merge.update.down))
            let (rows, rank) = (shape[0], down.shape[0])
            let columns = down.count / max(1, rank)
            let scale = merge.scale * (merge.update.alpha ?? Float(rank)) / Float(rank)
            let product = up.reshaped([rows, rank]).linear(down.reshaped([rank, columns]).transposed())
            weight = weight + (product * scale).reshaped(shape)
        }
        return weight
    }

    /// The names of all weights that a LoRA can change, by the layer's name with underscores.
    private static func layers(of base: any WeightSource, _ network: LoRAFile.Network) -> [String: String] {
        let ending = ".weight"
        var layers: [String: String] = [:]
        for name in base.tensorNames where name.hasSuffix(ending) {
            guard let rank = base.shape(of: name)?.count, rank == 2 || rank == 4 else { continue }
            let layer = String(name.dropLast(ending.count))
            layers[LoRAKey.flat(network == .unet ? layer : LoRAKey.withoutTextModel(layer, "."))] = name
        }
        return layers
    }

    private static func check(_ update: LoRAFile.Update, of file: LoRAFile, fits layer: [Int]) throws {
        let (up, down) = (file.source.shape(of: update.up) ?? [], file.source.shape(of: update.down) ?? [])
        guard up.count >= 2, down.count >= 2, layer.count >= 2, down[0] > 0, up[0] == layer[0], up[1] == down[0],
            up[2...].allSatisfy({ $0 == 1 }),
            // A linear layer's update may be written as a 1x1 convolution's, and the other way round.
            down[1] == layer[1], down[2...].filter({ $0 != 1 }) == layer[2...].filter({ $0 != 1 })
        else {
            throw LoRAError.wrongSize(key: update.key, up: up, down: down, layer: layer, file: file.source.name)
        }
    }
}
