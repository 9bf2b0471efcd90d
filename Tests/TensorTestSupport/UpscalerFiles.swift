import Checkpoints
import Foundation
import Tensors

/// Files of a small upscaler in each layout that there is, of the tensors that scripts/goldens/upscaling.py gave spandrel.
public struct UpscalerFiles {
    public enum Layout: String, Sendable { case new, trunk, sequence }

    private let golden: SafetensorsFile

    public init() throws { golden = try SafetensorsFile(path: "\(goldenFolder)/esrgan.safetensors") }

    /// (1, 3, 7, 10) in 0...1
    public var picture: Tensor { get throws { try golden.tensor("picture") } }

    /// What spandrel makes of the picture.
    public func enlarged(_ name: String) throws -> Tensor { try golden.tensor("enlarged_\(name)") }

    /// - Parameters:
    ///   - channels: that the first convolution takes
    ///   - leavingOut: a tensor, by the name that the layout gives it
    public func write(
        to path: String,
        _ layout: Layout,
        channels: Int = 3,
        blocks: Int = 2,
        doublings: Int = 2,
        leavingOut: String? = nil
    ) throws {
        var writer = SafetensorsWriter()
        let names = names(layout, channels, blocks, doublings)
        for (name, own) in names where name != leavingOut {
            writer.add(name, try golden.tensor(own), as: .f16)
        }
        try writer.write(to: path)
    }

    private func names(_ layout: Layout, _ channels: Int, _ blocks: Int, _ doublings: Int) -> [(String, String)] {
        var modules = [(layout == .sequence ? "model.0" : "conv_first", "first_\(channels)")]
        for n in 0..<blocks {
            for m in 0..<3 {
                for k in 1...5 {
                    let name =
                        switch layout {
                        case .new: "body.\(n).rdb\(m + 1).conv\(k)"
                        case .trunk: "RRDB_trunk.\(n).RDB\(m + 1).conv\(k)"
                        case .sequence: "model.1.sub.\(n).RDB\(m + 1).conv\(k).0"
                        }
                    modules.append((name, "rdb\((m + n) % 3 + 1).conv\(k)"))
                }
            }
        }
        let own = ["conv_body"] + (1...doublings).map { "conv_up\($0)" } + ["conv_hr", "conv_last"]
        let names =
            switch layout {
            case .new: own
            case .trunk: ["trunk_conv"] + (1...doublings).map { "upconv\($0)" } + ["HRconv", "conv_last"]
            case .sequence:
                ["model.1.sub.\(blocks)"] + (1...doublings).map { "model.\(3 * $0)" }
                    + ["model.\(3 * doublings + 2)", "model.\(3 * doublings + 4)"]
            }
        modules += zip(names, own)
        return modules.flatMap { name, own in ["weight", "bias"].map { ("\(name).\($0)", "\(own).\($0)") } }
    }
}
