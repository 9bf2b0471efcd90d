import Checkpoints
import Foundation
import Runner

/// What is settled before anything else, while there is one thread.
enum ProcessSetup {
    static func begin() {
        // A reader that is gone and a file that grows too large are errors of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        MappedFile.endProcessAtFaults(status: Runner.ExitStatus.nodeFailed.rawValue)
        keepStandardStreams()
        raiseDescriptorLimit()
    }

    /// A stream that was closed is held by something that cannot be written, so that no file that is opened later takes
    /// its number and gets what is said there.
    private static func keepStandardStreams() {
        for descriptor in [Int32(0), 1, 2] where fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", O_RDONLY) }
    }

    /// Some systems begin with 256 or 1,024 of the many thousands that they allow.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
