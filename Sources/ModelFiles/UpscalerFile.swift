import Checkpoints
import Models
import Tensors

/// An upscaler of ESRGAN's make, under the names that BasicSR gives its tensors, also where they come in older ones.
///
/// BasicSR: rrdbnet_arch.py. xinntao/ESRGAN before it: RRDBNet_arch.py (`RRDB_trunk`, `HRconv`), and architecture.py
/// (`model.<n>`: a sequence in which only convolutions have weights).
package enum UpscalerFile {
    /// - Throws: `CheckpointError`
    package static func open(_ path: String) throws -> any WeightSource { try renamed(WeightFile.open(path)) }

    /// Checks from the header alone that the file holds such a network, and all of it.
    ///
    /// - Returns: its sizes
    /// - Throws: `CheckpointError`, `WeightsError`
    @discardableResult
    package static func check(_ path: String, _ files: OpenFiles = OpenFiles()) throws -> RRDBNet.Config {
        try files.require(path, expected: expected) { $0 == .upscaler }
        return try network(HeaderWeights(renamed(files.source(path)))).config
    }

    /// - Throws: `WeightsError` for a tensor that is missing, of another shape, or not of an RRDBNet
    package static func network(_ source: any WeightSource) throws -> RRDBNet {
        let weights = Weights(source)
        let network = try RRDBNet(weights, config: RRDBNet.Config(weights))
        try weights.assertAllUsed()
        return network
    }

    package static let expected = "an upscaler (RRDBNet of ESRGAN, such as RealESRGAN_x4plus.pth)"

    /// - Throws: `CheckpointError`
    static func renamed(_ source: any CheckpointSource) throws -> any WeightSource {
        let convolutions = sequence(source.tensorNames)
        return try RenamedWeights(source, prefix: "") { name in
            [.init(sequenced(name, convolutions) ?? trunk(name) ?? name)]
        }
    }

    /// The places that have weights in the oldest layout, in order: the first convolution, the blocks, one for each doubling,
    /// and the last two. None in a file of another layout.
    private static func sequence(_ names: [String]) -> [Int] {
        let places = names.compactMap { name in
            let parts = name.split(separator: ".")
            return parts.count > 1 && parts[0] == "model" ? Int(parts[1]) : nil
        }
        return Set(places).sorted()
    }

    private static func sequenced(_ name: String, _ places: [Int]) -> String? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 2, parts[0] == "model", let place = Int(parts[1]), places.count >= 4,
            let i = places.firstIndex(of: place)
        else { return nil }
        let rest = parts.dropFirst(2).joined(separator: ".")
        switch i {
        case 0: return "conv_first.\(rest)"
        case 1 where parts[2] == "sub" && parts.count == 5: return "conv_body.\(parts[4])"
        // model.1.sub.<n>.RDB<n>.conv<n>.0.weight
        case 1 where parts[2] == "sub" && parts.count == 8:
            return "body.\(parts[3]).\(parts[4].lowercased()).\(parts[5]).\(parts[7])"
        case 1: return nil
        case places.count - 2: return "conv_hr.\(rest)"
        case places.count - 1: return "conv_last.\(rest)"
        default: return "conv_up\(i - 1).\(rest)"
        }
    }

    private static func trunk(_ name: String) -> String? {
        guard let first = name.split(separator: ".").first.map(String.init) else { return nil }
        let rest = name.dropFirst(first.count)
        switch first {
        case "RRDB_trunk": return "body" + rest.replacing(".RDB", with: ".rdb")
        case "trunk_conv": return "conv_body\(rest)"
        case "HRconv": return "conv_hr\(rest)"
        default: return first.hasPrefix("upconv") ? "conv_up\(first.dropFirst("upconv".count))\(rest)" : nil
        }
    }
}
