/// Why results are not shared.
public enum SharingError: Error, Hashable {
    /// The recipe has no results in the cache.
    case nothing(recipe: String)
    /// The file is not what `cache export` writes, or is damaged.
    case notShared(path: String, reason: String)
    /// Another version of the program wrote it.
    case otherFormat(path: String, found: Int, supported: Int)
    case cannotWrite(path: String, reason: String)
}

extension SharingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothing(let recipe): "the cache has nothing of \(recipe): run it first"
        case .notShared(let path, let reason): "\(path) is no file of `cache export`, or is damaged: \(reason)"
        case .otherFormat(let path, let found, let supported):
            "\(path) has format \(found), and this pulid-run reads \(supported): export it again with the same version"
        case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
