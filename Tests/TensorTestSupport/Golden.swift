import Checkpoints
import Foundation
import Tensors

/// Reference tensors that a script under scripts/goldens wrote, in the Goldens folder beside a test file.
///
///     let golden = Golden("unet.safetensors", #filePath)
///     assertClose(y, golden["y"])
///
/// A golden that is missing or damaged ends the test run with its name: no test can mean anything without it.
public struct Golden {
    public let file: SafetensorsFile

    public init(_ name: String, _ testFile: String) {
        let path = Golden.path(name, testFile)
        do {
            file = try SafetensorsFile(path: path)
        } catch {
            fatalError("golden \(path): \(error)")
        }
    }

    /// Where a golden, or a folder of them, lies.
    public static func path(_ name: String, _ testFile: String) -> String {
        URL(fileURLWithPath: testFile).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)").path
    }

    public subscript(name: String) -> Tensor {
        do {
            return try file.tensor(name)
        } catch {
            fatalError("golden \(error)")
        }
    }

    public func integers(_ name: String) -> [Int] {
        do {
            return try file.integers(name)
        } catch {
            fatalError("golden \(error)")
        }
    }

    /// Everything as weights of a network.
    public var weights: Weights { Weights(file) }
}
