import Kernels
import Tensors

extension MappedFile {
    /// Some of the file's bytes as numbers: where they lie, or copied if the file's are to be.
    func numbers(_ bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]) -> StoredNumbers {
        guard copiesNumbers else { return StoredNumbers(bytes: bytes, type: type, shape: shape, owner: self) }
        let copy = ByteBuffer(copying: bytes)
        return StoredNumbers(bytes: UnsafeRawBufferPointer(copy.base), type: type, shape: shape, owner: copy)
    }
}

/// Numbers of a file, mapped or copied, dense and in row-major order.
struct StoredNumbers {
    let bytes: UnsafeRawBufferPointer
    let type: ElementType
    let shape: [Int]
    /// Keeps the bytes valid.
    let owner: AnyObject

    /// As floats that lie where they are, whatever their width and alignment; those of 64 bits rounded; nil for what is
    /// no float.
    private func floats() -> Tensor? {
        guard type.isReadAsFloats else { return nil }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return .zeros(shape) }
        guard let element = type.kernelElement else { return Tensor(doubles().map { Float($0) }, shape: shape) }
        return Tensor(borrowing: StoredFloats(start, of: element), shape: shape, owner: owner)
    }

    /// - Throws: `CheckpointError.notFloats` for what is no float
    func tensor(_ name: String, of file: String) throws -> Tensor {
        guard let tensor = floats() else { throw CheckpointError.notFloats(tensor: name, type: type, file: file) }
        return tensor
    }

    /// - Throws: `CheckpointError.notIntegers` for what is no integer or boolean, or does not fit
    func integers(_ name: String, of file: String) throws -> [Int] {
        guard let integers = integers() else {
            throw CheckpointError.notIntegers(tensor: name, type: type, file: file)
        }
        return integers
    }

    /// As Int; nil for what is no integer or boolean, or does not fit.
    private func integers() -> [Int]? {
        let values: [Int?]? =
            switch type {
            case .bool, .u8: numbers(UInt8.self)
            case .i8: numbers(Int8.self)
            case .u16: numbers(UInt16.self)
            case .i16: numbers(Int16.self)
            case .u32: numbers(UInt32.self)
            case .i32: numbers(Int32.self)
            case .u64: numbers(UInt64.self)
            case .i64: numbers(Int64.self)
            default: nil
            }
        guard let values, !values.contains(nil) else { return nil }
        return values.compactMap { $0 }
    }

    private func numbers<Number: FixedWidthInteger>(_ type: Number.Type) -> [Int?] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.size).map { offset in
            Int(exactly: Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)))
        }
    }

    private func doubles() -> [Double] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<UInt64>.size).map { offset in
            Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        }
    }
}

extension ElementType {
    /// What products read as it is stored; nil for others.
    fileprivate var kernelElement: Element? {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .f8e4m3: .f8e4m3
        case .f8e5m2: .f8e5m2
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q5_0: .q5_0
        case .q5_1: .q5_1
        case .q8_0: .q8_0
        case .q4k: .q4k
        case .q5k: .q5k
        case .q6k: .q6k
        default: nil
        }
    }
}
