/// What the faults library is to do; see Sources/Faults/include/faults.h.
struct FaultRule {
    enum Call: String, CaseIterable {
        case open, create, read, write, sync, truncate, allocate, rename, unlink, mkdir, lock, map, thread

        /// The errors that such a call may give on a system that is ill.
        var errors: [String] {
            switch self {
            case .open: ["EMFILE", "ENFILE", "EACCES", "EIO"]
            case .create: ["EMFILE", "ENOSPC", "EROFS", "EDQUOT", "EACCES", "EIO"]
            case .read: ["EIO"]
            case .write: ["ENOSPC", "EIO", "EDQUOT", "short"]
            case .sync: ["EIO", "ENOSPC"]
            case .truncate, .allocate: ["EIO", "ENOSPC"]
            case .rename: ["ENOSPC", "EIO", "EROFS", "EDQUOT", "EACCES"]
            case .unlink: ["EROFS", "EIO", "EACCES"]
            case .mkdir: ["ENOSPC", "EROFS", "EDQUOT", "EACCES"]
            case .lock: ["ENOLCK", "EIO", "ENOSYS"]
            case .map: ["ENOMEM"]
            case .thread: ["EAGAIN"]
            }
        }
    }

    enum When {
        case once(Int)
        case from(Int)
        case often(perMille: Int, seed: Int)
    }

    var calls: [Call]
    var pattern: String
    var when: When
    /// An error's name, `short`, `torn`, `kill-before`, `kill-after`, `stop-before` or `stop-after`.
    var effect: String

    /// As the library reads it.
    var text: String {
        let moment =
            switch when {
            case .once(let number): "\(number)"
            case .from(let number): "\(number)+"
            case .often(let perMille, let seed): "%\(perMille):\(seed)"
            }
        return "\(calls.map(\.rawValue).joined(separator: ","))|\(pattern)|\(moment)|\(effect)"
    }
}
