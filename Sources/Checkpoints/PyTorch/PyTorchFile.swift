import Tensors

/// A PyTorch file (.bin, .pt, .pth, .ckpt) as a source of weights, in the zip format or the one before PyTorch 1.6. The
/// file is mapped, and its pickle is read as data: none of its code can run.
public final class PyTorchFile: CheckpointSource {
    private let file: MappedFile
    private let contents: PyTorchContents
    public let tensorNames: [String]

    /// Opens a file and checks all of it but the numbers themselves.
    ///
    /// - Throws: `CheckpointError` that says what is wrong.
    public init(path: String, limits: PyTorchLimits = PyTorchLimits()) throws {
        file = try MappedFile(path: path)
        do {
            contents = try PyTorchContents(file.bytes, limits)
        } catch let fault as PyTorchFault {
            throw CheckpointError.badPyTorch(file: path, fault: fault)
        }
        tensorNames = contents.tensors.keys.sorted()
    }

    /// The file's path.
    public var name: String { file.path }
    /// PyTorch files have none.
    public var metadata: [String: String] { [:] }
    public func shape(of name: String) -> [Int]? { contents.tensors[name]?.layout.shape }
    public func elementType(of name: String) -> ElementType? { contents.tensors[name]?.type }

    public func tensor(_ name: String) throws -> Tensor { try numbers(name).tensor(name, of: self.name) }
    public func integers(_ name: String) throws -> [Int] { try numbers(name).integers(name, of: self.name) }

    /// A tensor's elements in row-major order, where they lie in the file or, if they are scattered, copied.
    private func numbers(_ name: String) throws -> StoredNumbers {
        guard let tensor = contents.tensors[name], let range = contents.storages[tensor.storage.key] else {
            throw WeightsError.missing(
                name: name,
                source: self.name,
                nearest: nearestName(to: name, among: tensorNames)
            )
        }
        let (type, layout, window) = (tensor.type, tensor.layout, tensor.storage.window)
        let (size, storageSize) = (type.block.bytes, tensor.storage.type.block.bytes)
        let start = range.lowerBound + window.lowerBound * storageSize
        let storage = UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + window.count * storageSize])
        guard !layout.isContiguous else {
            let begin = layout.offset * size
            let bytes = UnsafeRawBufferPointer(rebasing: storage[begin..<begin + layout.count * size])
            return file.numbers(bytes, type: type, shape: layout.shape)
        }
        let copy = ByteBuffer(count: layout.count * size)
        copy.gather(layout, from: storage, elementSize: size)
        return StoredNumbers(
            bytes: UnsafeRawBufferPointer(copy.base),
            type: type,
            shape: layout.shape,
            owner: copy
        )
    }
}
