import Foundation
import Graph

/// An array in a file that `numpy.save` wrote, format 1.0 to 3.0: numbers row by row. What is wider than 32 bits is rounded to
/// floats of 32 bits, as other files of tensors are read.
struct NumPyArray {
    let block: ArtifactRecord.Block

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    private static let longestHeader = 64 << 10
    private static let largest = 4 << 30

    /// - Throws: `NumPyArrayError`.
    init(path: String) throws(NumPyArrayError) {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: Self.largest + 1)
        else { throw NumPyArrayError(path, .unreadable) }
        guard data.count <= Self.largest else { throw NumPyArrayError(path, .tooLarge) }
        do throws(NumPyArrayError.Reason) {
            try self.init(bytes: [UInt8](data))
        } catch {
            throw NumPyArrayError(path, error)
        }
    }

    init(bytes: [UInt8]) throws(NumPyArrayError.Reason) {
        guard bytes.starts(with: Self.magic), bytes.count >= 12, (1...3).contains(bytes[6]) else { throw .noArray }
        let isShort = bytes[6] == 1
        let start = isShort ? 10 : 12
        let length = (0..<(isShort ? 2 : 4)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= Self.longestHeader, start + length <= bytes.count else { throw .noArray }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
        guard let type = header.firstMatch(of: /'descr':\s*'([^']*)'/)?.1,
            let order = header.firstMatch(of: /'fortran_order':\s*(True|False)/)?.1,
            let sides = header.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/)?.1
        else { throw .noArray }
        guard order == "False" else { throw .byColumns }
        var (shape, count) = ([Int](), 1)
        for side in sides.split(separator: ",") {
            let digits = side.filter { $0 != " " }
            guard !digits.isEmpty else { continue }
            guard let side = Int(digits), case let (product, false) = count.multipliedReportingOverflow(by: side) else {
                throw .noArray
            }
            shape.append(side)
            count = product
        }
        let numbers = bytes[(start + length)...]
        func values<Stored: BitwiseCopyable>(_ type: Stored.Type) throws(NumPyArrayError.Reason) -> [Stored] {
            let size = MemoryLayout<Stored>.size
            guard case let (needed, false) = count.multipliedReportingOverflow(by: size), needed == numbers.count else {
                throw .otherLength
            }
            return numbers.withUnsafeBytes { raw in
                (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self) }
            }
        }
        func floats(_ values: [Float]) -> ArtifactRecord.Block {
            ArtifactRecord.Block(element: .float32, shape: shape, bytes: Self.bytes(of: values.map(\.bitPattern)))
        }
        func integers(_ values: [some BinaryInteger]) -> ArtifactRecord.Block {
            ArtifactRecord.Block(element: .int64, shape: shape, bytes: Self.bytes(of: values.map { Int64($0) }))
        }
        switch type {
        case "<f8": block = floats(try values(Double.self).map { Float($0) })
        case "<f4": block = floats(try values(Float.self))
        case "<f2":
            block = ArtifactRecord.Block(
                element: .float16,
                shape: shape,
                bytes: Self.bytes(of: try values(UInt16.self))
            )
        case "<i8": block = integers(try values(Int64.self))
        case "<i4": block = integers(try values(Int32.self))
        case "<i2": block = integers(try values(Int16.self))
        case "|i1": block = integers(try values(Int8.self))
        case "|u1", "|b1":
            block = ArtifactRecord.Block(element: .uint8, shape: shape, bytes: Self.bytes(of: try values(UInt8.self)))
        default: throw .otherType(String(type))
        }
    }

    private static func bytes(of numbers: [some FixedWidthInteger]) -> Bytes {
        Bytes(numbers.map(\.littleEndian).withUnsafeBytes(Array.init))
    }
}

struct NumPyArrayError: Error, Hashable {
    enum Reason: Error, Hashable {
        case unreadable
        case tooLarge
        case noArray
        case byColumns
        case otherLength
        case otherType(String)
    }

    let path: String
    let reason: Reason

    init(_ path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }
}

extension NumPyArrayError: CustomStringConvertible {
    var description: String {
        switch reason {
        case .unreadable: "\(path) cannot be read"
        case .tooLarge: "\(path) is larger than 4 GiB"
        case .noArray: "\(path) is no array as `numpy.save` writes it"
        case .byColumns: "\(path) holds its numbers column by column; save `numpy.ascontiguousarray` of it"
        case .otherLength: "\(path) has not as many bytes as its shape asks for"
        case .otherType(let type):
            "\(path) holds numbers of the type `\(type)`; float16, float32, float64, whole numbers of up to 64 bits with a "
                + "sign, uint8 and bool are read"
        }
    }
}
