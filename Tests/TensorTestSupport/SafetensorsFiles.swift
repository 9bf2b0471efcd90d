import Checkpoints
import Foundation

extension SafetensorsWriter {
    public func write(to path: String) throws { try Data(serialized()).write(to: URL(fileURLWithPath: path)) }
}
