import Tensors

/// Why weights could not be read or written. The data is here; the words are in `description`.
public enum CheckpointError: Error, Hashable, Sendable {
    case unreadable(file: String, reason: String)
    case notSafetensors(file: String, found: FileKind)
    /// Neither safetensors nor GGUF nor PyTorch's.
    case notWeights(file: String, found: FileKind)
    case badGGUF(file: String, fault: GGUFFault)
    case badPyTorch(file: String, fault: PyTorchFault)
    /// The index of weights in several files.
    case badIndex(file: String, fault: ShardIndexFault)
    /// The file ends before what its header promises.
    case truncated(file: String, needed: Int, found: Int)
    case damaged(file: String, fault: SafetensorsFault)
    case notFloats(tensor: String, type: ElementType, file: String)
    /// What a tensor's 8-bit floats are multiplied by is no single finite number.
    case badScale(tensor: String, count: Int, file: String)
    case notIntegers(tensor: String, type: ElementType, file: String)
    /// A folder holds none of the file names that were tried.
    case noWeights(folder: String, tried: [String], present: [String])
    /// A value that 16-bit floats cannot hold.
    case beyondF16(tensor: String, value: Float)
    case duplicateTensor(name: String)
    /// Two tensors of a file that stand for the same one of a network.
    case twoForOne(name: String, file: String)
}

extension CheckpointError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .notSafetensors(let file, let found):
            "\(file): expected safetensors, but this is \(found)"
        case .notWeights(let file, let found):
            "\(file): expected weights (.safetensors, .gguf, or PyTorch's .bin, .pt, .pth), but this is \(found)"
        case .badGGUF(let file, let fault):
            switch fault {
            case .type, .version: "\(file): this GGUF cannot be read: \(fault)"
            default: "\(file): damaged or hostile GGUF: \(fault); copy or download it again"
            }
        case .badPyTorch(let file, .forbidden(let name)):
            "\(file): refused: its pickle asks for \(name); files of weights need nothing of the kind, so do not load "
                + "this one anywhere unless you trust who made it"
        case .badPyTorch(let file, .noTensors):
            "\(file): expected weights, but this PyTorch file holds no tensors by name"
        case .badPyTorch(let file, let fault):
            "\(file): damaged or hostile PyTorch file: \(fault); copy or download it again"
        case .badIndex(let file, let fault):
            "\(file): this index of weights in several files cannot be used: \(fault)"
        case .truncated(let file, let needed, let found):
            "\(file): truncated: \(counted(found, "byte", "is", "are")) there, \(needed) are needed; copy or download it again"
        case .damaged(let file, let fault):
            "\(file): damaged or hostile safetensors: \(fault); copy or download it again"
        case .notFloats(let tensor, let type, let file):
            "\(file): \(tensor) holds \(type.rawValue), which is not read as floats; convert the file to F32, F16, BF16 or "
                + "F8_E4M3"
        case .badScale(let tensor, let count, let file):
            "\(file): \(tensor) holds \(count == 1 ? "no finite number" : "\(count) numbers"), not the scale of a layer; "
                + "convert the file to F16"
        case .notIntegers(let tensor, let type, let file):
            "\(file): \(tensor) holds \(type.rawValue), not integers that fit 64 bits"
        case .noWeights(let folder, let tried, let present):
            "\(folder): there is no \(tried.joined(separator: " or ")); " + Self.describe(present)
        case .beyondF16(let tensor, let value):
            "\(tensor) holds \(value), beyond what F16 can; write it as F32"
        case .twoForOne(let name, let file): "\(file): two of its tensors are \(name); remove one of them"
        case .duplicateTensor(let name):
            "two tensors of one file are called \(name)"
        }
    }

    private static func describe(_ present: [String]) -> String {
        if present.isEmpty { return "the folder is empty" }
        return "found " + present.prefix(8).joined(separator: ", ") + (present.count > 8 ? " ..." : "")
    }
}
