import EngineTestSupport
import Foundation
import Nodes
import Testing

/// Arrays that `numpy.save` wrote, as `pulid-run compare` reads them.
@Suite struct NumPyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, _ header: String, _ bytes: [UInt8]) throws -> String {
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let file = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0] + Array(padded.utf8) + bytes
        let path = folder(name)
        try Data(file).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func header(_ type: String, _ shape: String, order: String = "False") -> String {
        "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(shape)), }"
    }

    private func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes(Array.init) }

    private func measures(_ a: String, _ b: String) throws -> [String: Double] {
        Dictionary(uniqueKeysWithValues: try FileComparison(of: a, with: b).measures.map { ($0.name, $0.value) })
    }

    @Test func numbersOfEachKind() throws {
        let a = try write("a.npy", header("<f4", "2, 2"), bytes([1, 2, 3, 4] as [Float]))
        let b = try write("b.npy", header("<f4", "2, 2"), bytes([1, 2, 3, 4.5] as [Float]))
        let found = try measures(a, b)
        #expect(found["max_abs"] == 0.5 && found["count"] == 4 && found["differing"] == 1)
        // Numbers of 64 bits are rounded to 32.
        let wide = try write("d.npy", header("<f8", "2, 2"), bytes([1, 2, 3, 4] as [Double]))
        #expect(try measures(wide, a)["max_abs"] == 0)
        let long = try write("l.npy", header("<i8", "3,"), bytes([1, 2, 3] as [Int64]))
        let short = try write("s.npy", header("|i1", "3,"), bytes([1, 2, -3] as [Int8]))
        #expect(try measures(long, short)["max_abs"] == 6)
        let half = try write("h.npy", header("<f2", "1,"), bytes([0x3C00] as [UInt16]))
        #expect(try measures(half, half)["count"] == 1)
        let one = try write("o.npy", header("|b1", ""), [1])
        let none = try write("n.npy", header("|u1", ""), [0])
        #expect(try measures(one, none)["max_abs"] == 1)
    }

    @Test func oddFilesAreErrors() throws {
        let good = try write("good.npy", header("<f4", "2,"), bytes([1, 2] as [Float]))
        let cases = [
            ("type.npy", header("<c8", "2,"), "numbers of the type `<c8`"),
            ("order.npy", header("<f4", "2,", order: "True"), "column by column"),
            ("more.npy", header("<f4", "3,"), "not as many bytes"),
            ("huge.npy", header("<f4", "4611686018427387904, 4"), "no array"),
            ("wide.npy", header("<f4", "4611686018427387904,"), "not as many bytes"),
            ("side.npy", header("<f4", "99999999999999999999,"), "no array"),
            ("words.npy", "{}", "no array"),
        ]
        for (name, header, reason) in cases {
            let path = try write(name, header, bytes([1, 2] as [Float]))
            #expect(throws: (any Error).self) { try FileComparison(of: path, with: good) }
            do {
                _ = try FileComparison(of: path, with: good)
            } catch {
                #expect("\(error)".hasPrefix(path) && "\(error)".contains(reason), "\(error)")
            }
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: good))
        for length in 0..<whole.count {
            let path = folder("cut.npy")
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: (any Error).self) { try FileComparison(of: path, with: good) }
        }
    }
}
