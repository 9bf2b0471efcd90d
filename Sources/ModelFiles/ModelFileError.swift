/// Why a model cannot be put together from its files, where no reader of a file has said so.
public enum ModelFileError: Error, Hashable {
    case missingFile(path: String, purpose: String)
    case badConfig(path: String, reason: String)
    case needs(what: String, because: String)
}

extension ModelFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingFile(let path, let purpose): "\(path): there is no such file; it holds \(purpose)"
        case .badConfig(let path, let reason): "\(path): \(reason)"
        case .needs(let what, let because): "\(what) is needed: \(because)"
        }
    }
}
