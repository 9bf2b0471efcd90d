import Foundation
import Kernels
import Runner

extension ProcessorReadings {
    /// Those of this process.
    static let here = ProcessorReadings(
        machine: ProcessInfo.processInfo.processorCount,
        affine: Processors.available,
        environment: ProcessInfo.processInfo.environment,
        read: { try? String(contentsOfFile: $0, encoding: .utf8) }
    )
}
