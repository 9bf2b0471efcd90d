import Foundation

/// How large this process's files may be: what goes beyond is refused as by a disk that is full. It holds for the whole process,
/// which has to be the test's own, and to ignore SIGXFSZ.
public enum FileSizeLimit {
    /// - Parameter bytes: nil for as many as may be.
    public static func set(_ bytes: Int?) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { throw POSIXError(.EINVAL) }
        limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { throw POSIXError(.EINVAL) }
    }
}
