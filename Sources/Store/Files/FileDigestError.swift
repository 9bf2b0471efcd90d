/// Why a file has no digest.
public enum FileDigestError: Error, Hashable {
    case cannotRead(path: String, reason: String)
    case notAFile(path: String)
    case keepsChanging(path: String)
}

extension FileDigestError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
        case .notAFile(let path): "\(path) is not a file"
        case .keepsChanging(let path): "\(path) is being written; try again when it is finished"
        }
    }
}
