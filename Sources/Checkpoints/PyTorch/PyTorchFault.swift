import Tensors

/// Why a PyTorch file is refused.
public enum PyTorchFault: Error, Hashable, Sendable {
    case zip(ZipFault)
    /// The pickle asks for something that is not needed to rebuild tensors, such as "os.system".
    case forbidden(String)
    /// The pickle is not valid, or does what rebuilding tensors never needs; `byte` counts from the pickle's start.
    case pickle(byte: Int, reason: String)
    case pickleTooLarge(bytes: Int, limit: Int)
    case missingMember(String)
    case bigEndian
    case structure(reason: String)
    /// The bytes of a storage and the number of its elements disagree.
    case storageSize(storage: String, stated: Int, found: Int)
    case noTensors
    case sameName(String)
}

/// Why a zip archive is refused: PyTorch writes the plainest of them, and nothing else is read.
public enum ZipFault: Error, Hashable, Sendable {
    case noDirectory
    /// The end of the archive and its directory disagree on sizes or places.
    case directory(reason: String)
    case tooManyMembers(count: Int, limit: Int)
    case compressed(member: String)
    case encrypted(member: String)
    case sameName(String)
    /// The directory says one thing of a member and the member itself another.
    case contradiction(member: String, what: String)
    case overlap(member: String)
    case hole(before: String)
}

extension PyTorchFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .zip(let fault): "\(fault)"
        case .forbidden(let name): "its pickle asks for \(name), which no weights need"
        case .pickle(let byte, let reason): "its pickle is not valid at byte \(byte): \(reason)"
        case .pickleTooLarge(let bytes, let limit): "its pickle has \(bytes) bytes, over the limit of \(limit)"
        case .missingMember(let name): "the archive has no member \(name)"
        case .bigEndian: "its numbers are big-endian; save it again on an ordinary machine"
        case .structure(let reason): reason
        case .storageSize(let storage, let stated, let found):
            "the pickle gives storage \(storage) \(counted(stated, "byte")), but \(counted(found, "byte", "is", "are")) there"
        case .noTensors: "it holds no tensors"
        case .sameName(let name): "two tensors of it are called \(name)"
        }
    }
}

extension ZipFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDirectory: "the archive has no directory at its end"
        case .directory(let reason): "the archive's directory is wrong: \(reason)"
        case .tooManyMembers(let count, let limit): "the archive has \(count) members, over the limit of \(limit)"
        case .compressed(let member): "\(member) is compressed, which PyTorch never does"
        case .encrypted(let member): "\(member) has flags that PyTorch never sets, such as encryption"
        case .sameName(let name): "the archive has the member \(name) twice"
        case .contradiction(let member, let what):
            "the archive's directory and the member \(member) itself state different \(what)"
        case .overlap(let member): "\(member) overlaps another part of the archive"
        case .hole(let member): "there are bytes that belong to nothing before \(member)"
        }
    }
}
