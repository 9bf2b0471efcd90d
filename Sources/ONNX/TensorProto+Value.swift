import Foundation
import Tensors

extension Onnx_TensorProto {
    /// The constant that this is.
    ///
    /// - Throws: `ConstantFault` when its data is elsewhere, of another type, or not as much as its shape says
    func value() throws(ConstantFault) -> ONNXValue {
        guard dataLocation == .default, externalData.isEmpty else { throw .external }
        let shape = dims.map(Int.init)
        guard let count = elementCount(shape) else { throw .shape(shape) }
        switch DataType(rawValue: Int(dataType)) {
        case .float: return .floats(Tensor(try numbers(floatData, count) { Float($0) }, shape: shape))
        case .double: return .floats(Tensor(try numbers(doubleData, count) { Float($0) }, shape: shape))
        case .float16 where !rawData.isEmpty || count == 0:
            let bits: [UInt16] = try numbers([UInt16](), count) { $0 }
            return .floats(Tensor(bits.map { Float(halfBits: $0) }, shape: shape))
        case .int64: return .integers(IntegerTensor(try numbers(int64Data, count) { Int($0) }, shape: shape))
        case .int32: return .integers(IntegerTensor(try numbers(int32Data, count) { Int($0) }, shape: shape))
        case .bool: return .integers(IntegerTensor(try booleans(count), shape: shape))
        default: throw .type(Int(dataType))
        }
    }

    /// The elements, from the raw bytes if there are any, little-endian, else from the typed field.
    private func numbers<Element: BitwiseCopyable, Number>(
        _ field: [Element],
        _ count: Int,
        _ convert: (Element) -> Number
    ) throws(ConstantFault) -> [Number] {
        if rawData.isEmpty {
            guard field.count == count else { throw .length(found: field.count, expected: count) }
            return field.map(convert)
        }
        let stride = MemoryLayout<Element>.stride
        guard rawData.count % stride == 0, rawData.count / stride == count else {
            throw .length(found: rawData.count / stride, expected: count)
        }
        return rawData.withUnsafeBytes { bytes in
            (0..<count).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * stride, as: Element.self)) }
        }
    }

    private func booleans(_ count: Int) throws(ConstantFault) -> [Int] {
        rawData.isEmpty
            ? try numbers(int32Data, count) { $0 == 0 ? 0 : 1 } : try numbers([UInt8](), count) { $0 == 0 ? 0 : 1 }
    }
}

extension Float {
    /// IEEE's half precision; every one of its values is a Float.
    fileprivate init(halfBits bits: UInt16) {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        let magnitude: Float =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
            }
        self = bits >> 15 == 1 ? -magnitude : magnitude
    }
}

/// Why a tensor in the file is no constant that can be used.
enum ConstantFault: Error {
    case external
    case shape([Int])
    case type(Int)
    case length(found: Int, expected: Int)
}
