import Kernels
import Tensors

/// Numbers of a mapped file, dense and in row-major order.
struct StoredNumbers {
    let bytes: UnsafeRawBufferPointer
    let type: ElementType
    let shape: [Int]
    /// Keeps the bytes valid.
    let owner: AnyObject

    /// As 32-bit floats: used where they lie if they are such and aligned, else widened into memory of their own; nil
    /// for other types than F32, F16 and BF16.
    func floats() -> Tensor? {
        guard type == .f32 || type == .f16 || type == .bf16 else { return nil }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return .zeros(shape) }
        if type == .f32, Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 {
            return Tensor(borrowing: start.assumingMemoryBound(to: Float.self), shape: shape, owner: owner)
        }
        let buffer = FloatBuffer(count: bytes.count / (type.bits / 8))
        switch type {
        case .f16: pk_from_f16(start, buffer.base, buffer.count)
        case .bf16: pk_from_bf16(start, buffer.base, buffer.count)
        default: UnsafeMutableRawPointer(buffer.base).copyMemory(from: start, byteCount: bytes.count)
        }
        return Tensor(borrowing: buffer.base, shape: shape, owner: buffer)
    }

    /// As Int; nil for what is no integer or boolean, or does not fit.
    func integers() -> [Int]? {
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
}
