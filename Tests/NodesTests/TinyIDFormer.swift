import Checkpoints
import Foundation
import Models
import Tensors

/// A fresh encoder of PuLID v1.1.
enum TinyIDFormer {
    /// - Parameter old: a file of v1, whose place it can take: it fits the same tower and UNet
    static func write(to path: String, insteadOf old: String) throws {
        let v1 = try IDEncoder.Config(Weights(SafetensorsFile(path: old)) / "id_adapter")
        let fresh = FreshWeights(name: "fresh", seed: 3)
        let config = IDFormer.Config(
            idWidth: v1.idWidth,
            idHiddenWidths: [12, 12],
            width: 16,
            queries: 6,
            contextWidth: v1.contextWidth,
            features: v1.features,
            featureWidth: v1.featureWidth,
            featureHiddenWidths: [12, 12],
            layers: v1.features,
            innerWidth: 64,
            feedForwardWidth: 24
        )
        _ = try IDFormer(Weights(fresh) / "id_adapter", config: config)
        var writer = SafetensorsWriter()
        writer.add(fresh.all)
        let file = try SafetensorsFile(path: old)
        for name in file.tensorNames where name.hasPrefix("id_adapter_attn_layers.") {
            writer.add(name, try file.tensor(name))
        }
        try Data(writer.serialized()).write(to: URL(fileURLWithPath: path))
    }
}
