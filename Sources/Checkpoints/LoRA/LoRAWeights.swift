import Tensors

/// A network's weights with LoRAs merged into them, in 32-bit floats and in the order given, whenever a product reads them: only
/// the panels that it reads are ever in memory. Kinds that need a whole weight at once make it for as long as its product takes.
public final class LoRAWeights: WeightSource {
    /// Raised when the same LoRA comes to other bits than before: it is in the keys of what is made with one.
    public static let revision = 2

    private struct Merge {
        let update: any LayerUpdate
        let shapes: LayerShapes
        let scale: Float
    }

    private let base: any WeightSource
    /// By the parameter's name, in the order of the files.
    private let ofWeights: [String: [Merge]]
    private let ofBiases: [String: [Merge]]

    /// - Parameter loras: with their scales; those that do not change this network are passed over
    /// - Throws: `LoRAError.unknownLayers` when a LoRA has layers that the network lacks, `.wrongSize` when its tensors do
    ///   not fit
    public init(_ base: any WeightSource, network: LoRAFile.Network, loras: [(file: LoRAFile, scale: LoRAScale)]) throws
    {
        self.base = base
        let names = Self.layers(of: base, network)
        var (ofWeights, ofBiases): ([String: [Merge]], [String: [Merge]]) = ([:], [:])
        for (file, scale) in loras {
            var unknown: [String] = []
            for (layer, change) in (file.layers[network] ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let name = names[layer] else {
                    unknown += change.names
                    continue
                }
                let shapes = LayerShapes(weight: base.shape(of: "\(name).weight"), bias: base.shape(of: "\(name).bias"))
                for update in change.updates {
                    guard update.fits(shapes) else {
                        throw LoRAError.wrongSize(
                            layer: change.key,
                            kind: update.kind,
                            tensors: update.tensors.map(\.shape),
                            expected: (update.changesWeight ? shapes.weight : shapes.bias) ?? [],
                            file: file.source.name
                        )
                    }
                    let merge = Merge(update: update, shapes: shapes, scale: scale.of(name))
                    if update.changesWeight { ofWeights["\(name).weight", default: []].append(merge) }
                    if update.changesBias(of: shapes) { ofBiases["\(name).bias", default: []].append(merge) }
                }
            }
            guard unknown.isEmpty else {
                throw LoRAError.unknownLayers(unknown.sorted(), network: network, file: file.source.name)
            }
        }
        self.ofWeights = ofWeights
        self.ofBiases = ofBiases
    }

    public var name: String { base.name }
    public var tensorNames: [String] { base.tensorNames }
    public func shape(of name: String) -> [Int]? { base.shape(of: name) }

    /// The tensors of the LoRAs lie in their files, beside the weight in its own; biases become floats.
    public func bytesInMemory(of name: String) -> Int {
        let ofLoRAs = (ofWeights[name] ?? []).flatMap(\.update.tensors).reduce(0) { $0 + $1.bytesInMemory }
        let isBias = ofBiases[name] != nil
        let base = isBias ? base.shape(of: name).flatMap(ElementType.f32.byteCount(of:)) : base.bytesInMemory(of: name)
        return (base ?? 0) + ofLoRAs
    }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        var parameter = try base.tensor(name, shape: shape, initial: initial)
        for merge in ofWeights[name] ?? [] {
            parameter = try merge.update.weight(parameter, scale: merge.scale)
        }
        for merge in ofBiases[name] ?? [] {
            parameter = try merge.update.bias(parameter, of: merge.shapes, scale: merge.scale)
        }
        return parameter
    }

    /// The names of all layers, by what a LoRA file may call them.
    private static func layers(of base: any WeightSource, _ network: LoRAFile.Network) -> [String: String] {
        var layers: [String: String] = [:]
        for name in base.tensorNames {
            guard let ending = [".weight", ".bias"].first(where: name.hasSuffix) else { continue }
            let layer = String(name.dropLast(ending.count))
            layers[network == .unet ? LoRALayerName.unetLayer(layer) : LoRALayerName.textLayer(layer)] = layer
        }
        return layers
    }
}
