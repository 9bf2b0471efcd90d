import Checkpoints
import Foundation
import TensorTestSupport
import Testing

/// GGUF files that lie about themselves are refused with what is wrong.
@Suite struct GGUFHostileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file by hand.
    private struct Bytes {
        var bytes = Array("GGUF".utf8)

        mutating func number(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }

        mutating func text(_ text: String) {
            number(UInt64(text.utf8.count))
            bytes += Array(text.utf8)
        }

        init(version: UInt32 = 3, tensors: UInt64, values: UInt64 = 0) {
            number(version)
            number(tensors)
            number(values)
        }

        mutating func tensor(_ name: String, _ sizes: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
            text(name)
            number(UInt32(sizes.count))
            for size in sizes { number(size) }
            number(type)
            number(offset)
        }

        mutating func value(_ key: String, type: UInt32, _ value: some FixedWidthInteger) {
            text(key)
            number(type)
            number(value)
        }

        mutating func data(_ count: Int) {
            bytes += Array(repeating: 0, count: (32 - bytes.count % 32) % 32 + count)
        }
    }

    private func refuses(
        _ bytes: Bytes,
        _ fault: GGUFFault,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder.file("a.gguf", bytes.bytes)
        #expect(throws: CheckpointError.badGGUF(file: path, fault: fault), sourceLocation: sourceLocation) {
            try GGUFFile(path: path)
        }
    }

    @Test func aSmallFileIsRead() throws {
        var good = Bytes(tensors: 2, values: 1)
        good.value("general.alignment", type: 4, UInt32(8))
        good.tensor("a", [2, 1])
        good.tensor("b", [3], offset: 8)
        good.data(20)
        let file = try GGUFFile(path: try folder.file("a.gguf", good.bytes))
        #expect(file.tensorNames == ["a", "b"] && file.shape(of: "a") == [1, 2] && file.shape(of: "b") == [3])
        #expect(try file.tensor("b").values == [0, 0, 0])
    }

    @Test func versions() throws {
        try refuses(Bytes(version: 1, tensors: 0), .version(1))
        try refuses(Bytes(version: 3 << 24, tensors: 0), .version(3 << 24))
        #expect("\(GGUFFault.version(3 << 24))".contains("big-endian"))
        #expect("\(GGUFFault.version(9))" == "its format has version 9, not 2 or 3")
    }

    @Test func countsBeyondTheFile() throws {
        try refuses(Bytes(tensors: .max), .cutShort)
        try refuses(Bytes(tensors: 0, values: 1 << 62), .cutShort)
        var long = Bytes(tensors: 0, values: 1)
        long.number(UInt64.max >> 1)
        try refuses(long, .cutShort)
        var array = Bytes(tensors: 0, values: 1)
        array.text("k")
        array.number(UInt32(9))
        array.number(UInt32(12))
        array.number(UInt64(1) << 61)
        try refuses(array, .cutShort)
    }

    @Test func valuesOfUnknownTypes() throws {
        var value = Bytes(tensors: 0, values: 1)
        value.value("k", type: 13, UInt64(0))
        try refuses(value, .valueType(key: "k", code: 13))
        var nested = Bytes(tensors: 0, values: 1)
        nested.value("k", type: 9, UInt32(9))
        nested.number(UInt64(1))
        try refuses(nested, .valueType(key: "k", code: 9))
    }

    @Test(arguments: [0, 3, 1 << 17] as [UInt32]) func alignments(_ alignment: UInt32) throws {
        var bytes = Bytes(tensors: 0, values: 1)
        bytes.value("general.alignment", type: 4, alignment)
        try refuses(bytes, .alignment(Int(alignment)))
    }

    @Test func namesThatComeTwice() throws {
        var values = Bytes(tensors: 0, values: 2)
        for _ in 0..<2 { values.value("k", type: 0, UInt8(0)) }
        try refuses(values, .sameName("k"))
        var tensors = Bytes(tensors: 2)
        tensors.tensor("a", [1])
        tensors.tensor("a", [1], offset: 32)
        tensors.data(64)
        try refuses(tensors, .sameName("a"))
        var unreadable = Bytes(tensors: 0, values: 1)
        unreadable.number(UInt64(2))
        unreadable.bytes += [0xff, 0xff]
        try refuses(unreadable, .notText)
        var long = Bytes(tensors: 1)
        long.tensor(String(repeating: "x", count: 1025), [1])
        try refuses(long, .nameTooLong(limit: 1024))
    }

    @Test func tensorsThatDoNotFit() throws {
        func one(_ sizes: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) -> Bytes {
            var bytes = Bytes(tensors: 1)
            bytes.tensor("a", sizes, type: type, offset: offset)
            bytes.data(64)
            return bytes
        }
        try refuses(one([1, 1, 1, 1, 1]), .rank(tensor: "a", rank: 5, limit: 4))
        try refuses(one([1], type: 11), .type(tensor: "a", code: 11))
        try refuses(one([1], type: 4), .type(tensor: "a", code: 4))
        try refuses(one([1], offset: 4), .unaligned(tensor: "a"))
        try refuses(one([33], type: 8), .size(tensor: "a"))
        try refuses(one([16, 2], type: 8), .size(tensor: "a"))
        try refuses(one([1 << 32, 1 << 32]), .size(tensor: "a"))
        try refuses(one([UInt64(Int.max)]), .size(tensor: "a"))
        try refuses(one([1], offset: UInt64(Int.max) - 31), .size(tensor: "a"))
        try refuses(one([17]), .beyondFile(tensor: "a", end: 128 + 4))
        #expect("\(GGUFFault.type(tensor: "a", code: 11))".hasPrefix("a holds Q3_K, which is not read; take"))
    }

    @Test func overlaps() throws {
        var bytes = Bytes(tensors: 2)
        bytes.tensor("a", [9])
        bytes.tensor("b", [9], offset: 32)
        bytes.data(96)
        try refuses(bytes, .overlap(tensor: "b"))
    }

    @Test func shapesThatWereNot() throws {
        for sizes in [[3], [-1, -4], [1 << 30, 1 << 30, 1 << 30], Array(repeating: 1, count: 17)] as [[Int32]] {
            var bytes = Bytes(tensors: 1, values: 1)
            bytes.text("comfy.gguf.orig_shape.a")
            bytes.number(UInt32(9))
            bytes.number(UInt32(5))
            bytes.number(UInt64(sizes.count))
            for size in sizes { bytes.number(size) }
            bytes.tensor("a", [4])
            bytes.data(16)
            let path = try folder.file("a.gguf", bytes.bytes)
            #expect(throws: CheckpointError.self, "\(sizes)") { try GGUFFile(path: path) }
        }
    }

    @Test func everyLength() throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Golden.path("layouts.gguf", #filePath))))
        for count in stride(from: 0, to: whole.count, by: 61) {
            let path = try folder.file("a.gguf", Array(whole.prefix(count)))
            #expect(throws: CheckpointError.self) { try GGUFFile(path: path) }
        }
    }
}
