import CKernels
import Foundation

/// The processors that this process may run on.
public enum Processors {
    /// How many the system lets it run on (`taskset`, cpusets); quotas of control groups and Slurm's are the caller's to
    /// ask.
    public static let available: Int = {
        let affine = pk_affine_processors()
        return affine > 0 ? affine : ProcessInfo.processInfo.activeProcessorCount
    }()
}
