import Checkpoints
import Foundation
import TensorTestSupport
import Testing

/// Files that do what weights never need, lie about sizes, or are simply damaged; MaliciousPickleTests has those that want
/// to run code.
@Suite struct PyTorchHostileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let fault: PyTorchFault?

        init(_ name: String, _ bytes: [UInt8], _ fault: PyTorchFault?) {
            (testDescription, self.bytes, self.fault) = (name, bytes, fault)
        }

        init(_ name: String, pickle: [UInt8], _ fault: PyTorchFault?) {
            self.init(name, ZipBytes(pickle: pickle, storages: ["0": Array(repeating: 0, count: 16)]).bytes, fault)
        }

        /// The pickle of one tensor.
        init(_ name: String, tensor: [UInt8], byte: Int? = nil, reason: String) {
            let pickle = PickleBytes.state("w", tensor)
            self.init(name, pickle: pickle, .pickle(byte: byte ?? pickle.count - 3, reason: reason))
        }
    }

    private typealias P = PickleBytes
    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static let good = P.tensor(P.storage(count: 4), shape: [2, 2], strides: [2, 1])
    private static let outside = "a tensor lies outside of its storage, or is impossibly large"

    // MARK: - Pickles that do what rebuilding tensors never needs

    static let pickles: [Case] = [
        Case("good", pickle: P.state("w", good), nil),
        Case("empty", pickle: [], .pickle(byte: 0, reason: "it is cut short")),
        Case("no tensors", pickle: [0x80, 2] + ascii("}."), .noTensors),
        Case(
            "more after its end",
            pickle: P.state("w", good) + ascii("."),
            .pickle(byte: P.state("w", good).count, reason: "there is more after its end")
        ),
        Case(
            "PERSID",
            pickle: ascii("P0\n."),
            .pickle(byte: 0, reason: "the operation PERSID is not needed to rebuild tensors")
        ),
        Case(
            "an unknown operation",
            pickle: [0xff],
            .pickle(byte: 0, reason: "the operation 0xff is not needed to rebuild tensors")
        ),
        Case("protocol 6", pickle: [0x80, 6], .pickle(byte: 0, reason: "its protocol is unknown")),
        Case(
            "items of a list",
            pickle: ascii("]") + P.text("a") + ascii("Ns."),
            .pickle(byte: 8, reason: "it sets items of a list")
        ),
        Case(
            "items of a tensor",
            pickle: [0x80, 2] + good + P.text("a") + ascii("Ns."),
            .pickle(byte: 2 + good.count + 7, reason: "it sets items of a tensor")
        ),
        Case("appends to a dictionary", pickle: ascii("}Na."), .pickle(byte: 2, reason: "it appends to a dictionary")),
        Case(
            "attributes of a tensor",
            pickle: [0x80, 2] + good + ascii("}b."),
            .pickle(byte: 2 + good.count + 1, reason: "it gives attributes to a tensor")
        ),
        Case(
            "attributes of a plain dictionary",
            pickle: ascii("}}b."),
            .pickle(byte: 2, reason: "it gives attributes to a dictionary")
        ),
        Case(
            "a key twice",
            pickle: ascii("}") + P.text("a") + ascii("Ns") + P.text("a") + ascii("Ns."),
            .pickle(byte: 16, reason: "a key comes twice")
        ),
        Case("a key that is a list", pickle: ascii("}]Ns."), .pickle(byte: 3, reason: "a dictionary's key is a list")),
        Case(
            "a key without a value",
            pickle: ascii("}(") + P.text("a") + ascii("u."),
            .pickle(byte: 8, reason: "a key has no value")
        ),
        Case("calls text", pickle: P.text("os") + ascii(")R."), .pickle(byte: 8, reason: "it calls text")),
        Case(
            "calls a storage type",
            pickle: P.global("torch", "FloatStorage") + ascii(")R."),
            .pickle(byte: 21, reason: "it calls a storage type (F32)")
        ),
        Case("pops below a mark", pickle: ascii("N(0."), .pickle(byte: 2, reason: "a value is missing")),
        Case("pops nothing", pickle: ascii("0"), .pickle(byte: 0, reason: "a value is missing")),
        Case("no mark", pickle: ascii("Nt."), .pickle(byte: 1, reason: "a mark is missing")),
        Case("values left over", pickle: ascii("NN."), .pickle(byte: 2, reason: "it ends with values left over")),
        Case(
            "an unknown memo",
            pickle: ascii("j") + [0xff, 0xff, 0xff, 0xff] + ascii("."),
            .pickle(byte: 0, reason: "it refers to a value 4294967295 that it did not store")
        ),
        Case(
            "text beyond its end",
            pickle: [0x58, 0xff, 0xff, 0xff, 0xff],
            .pickle(byte: 0, reason: "it is cut short")
        ),
        Case(
            "text of 2^63",
            pickle: [0x8d] + Array(repeating: 0xff, count: 8),
            .pickle(byte: 0, reason: "it is cut short")
        ),
        Case("a negative length", pickle: [0x54, 0xff, 0xff, 0xff, 0xff], .pickle(byte: 0, reason: "it is cut short")),
        Case(
            "text that is not UTF-8",
            pickle: [0x58, 1, 0, 0, 0, 0xff, 0x2e],
            .pickle(byte: 0, reason: "a text is not UTF-8")
        ),
        Case("a self-reference", pickle: ascii("}q\0") + P.text("w") + ascii("h\0s."), .noTensors),
        Case("a list in itself", pickle: ascii("]q\0h\0a."), .noTensors),
    ]

    @Test(arguments: pickles) func picklesAreOnlyData(_ one: Case) throws { try expectFault(one) }

    // MARK: - Tensors that lie

    static let tensors: [Case] = [
        Case("beyond the storage", tensor: P.tensor(P.storage(count: 4), shape: [5], strides: [1]), reason: outside),
        Case(
            "an offset beyond",
            tensor: P.tensor(P.storage(count: 4), offset: 1, shape: [4], strides: [1]),
            reason: outside
        ),
        Case(
            "a negative offset",
            tensor: P.tensor(P.storage(count: 4), offset: -1, shape: [1], strides: [1]),
            reason: outside
        ),
        Case(
            "strides beyond",
            tensor: P.tensor(P.storage(count: 4), shape: [2, 2], strides: [3, 1]),
            reason: outside
        ),
        Case("negative strides", tensor: P.tensor(P.storage(count: 4), shape: [2], strides: [-1]), reason: outside),
        Case(
            "negative sizes",
            tensor: P.tensor(P.storage(count: 4), shape: [-2, -2], strides: [1, 1]),
            reason: outside
        ),
        Case(
            "sizes that overflow",
            tensor: P.tensor(P.storage(count: 4), shape: [1 << 62, 4], strides: [0, 0]),
            reason: outside
        ),
        Case(
            "strides that overflow",
            tensor: P.tensor(P.storage(count: 4), shape: [3], strides: [.max]),
            reason: outside
        ),
        Case(
            "a scalar repeated a billion times",
            tensor: P.tensor(P.storage(count: 4), shape: [1 << 30], strides: [0]),
            reason: outside
        ),
        Case(
            "17 dimensions",
            tensor: P.tensor(
                P.storage(count: 4),
                shape: Array(repeating: 1, count: 17),
                strides: Array(repeating: 1, count: 17)
            ),
            reason: outside
        ),
        Case(
            "more strides than sizes",
            tensor: P.tensor(P.storage(count: 4), shape: [4], strides: [1, 1]),
            reason: outside
        ),
        Case(
            "made of text",
            tensor: P.tensor(P.text("0"), shape: [1], strides: [1]),
            reason: "a tensor is made of text"
        ),
    ]

    @Test(arguments: tensors) func tensorsStayInTheirStorage(_ one: Case) throws { try expectFault(one) }

    static let storages: [Case] = [
        Case(
            "too short",
            pickle: P.state("w", P.tensor(P.storage(count: 5), shape: [4], strides: [1])),
            .storageSize(storage: "0", stated: 20, found: 16)
        ),
        Case(
            "too long",
            pickle: P.state("w", P.tensor(P.storage(count: 3), shape: [3], strides: [1])),
            .storageSize(storage: "0", stated: 12, found: 16)
        ),
        Case(
            "of another type",
            pickle: P.state("w", P.tensor(P.storage(type: "DoubleStorage", count: 4), shape: [4], strides: [1])),
            .storageSize(storage: "0", stated: 32, found: 16)
        ),
        Case(
            "more than an Int counts",
            pickle: P.state("w", P.tensor(P.storage(count: .max), shape: [1], strides: [1])),
            .storageSize(storage: "0", stated: .max, found: 16)
        ),
        Case(
            "elsewhere",
            pickle: P.state("w", P.tensor(P.storage("../../etc/passwd", count: 4), shape: [4], strides: [1])),
            .missingMember("archive/data/../../etc/passwd")
        ),
        Case(
            "legacy, not listed",
            P.legacy(P.state("w", P.legacyTensor), after: [0x80, 2] + ascii("].")),
            .structure(reason: "its list of storages does not fit its tensors")
        ),
        Case(
            "legacy, too short",
            P.legacy(P.state("w", P.legacyTensor), after: keys + little(Int64(4)) + Array(repeating: 0, count: 15)),
            .structure(reason: "it is cut short in storage 0")
        ),
        Case(
            "legacy, another count",
            P.legacy(P.state("w", P.legacyTensor), after: keys + little(Int64(5)) + Array(repeating: 0, count: 20)),
            .storageSize(storage: "0", stated: 16, found: 20)
        ),
        Case(
            "legacy, a negative count",
            P.legacy(P.state("w", P.legacyTensor), after: keys + little(Int64(-4)) + Array(repeating: 0, count: 20)),
            .storageSize(storage: "0", stated: 16, found: -16)
        ),
        Case(
            "legacy, more after its end",
            P.legacy(P.state("w", P.legacyTensor), after: keys + little(Int64(4)) + Array(repeating: 0, count: 17)),
            .structure(reason: "1 bytes after its last storage belong to none")
        ),
        Case(
            "legacy, good",
            P.legacy(P.state("w", P.legacyTensor), after: keys + little(Int64(4)) + Array(repeating: 0, count: 16)),
            nil
        ),
        Case(
            "not by torch.save",
            [0x80, 2, 0x4b, 1, 0x2e],
            .structure(reason: "this pickle was not written by torch.save")
        ),
    ]

    private static let keys: [UInt8] = [0x80, 2] + ascii("](") + P.text("0") + ascii("e.")

    @Test(arguments: storages) func storagesHaveTheirExactSize(_ one: Case) throws { try expectFault(one) }

    // MARK: - Archives

    private static func zip(_ change: (inout ZipBytes) -> Void) -> [UInt8] {
        var zip = ZipBytes(pickle: P.state("w", good), storages: ["0": Array(repeating: 0, count: 16)])
        change(&zip)
        return zip.bytes
    }

    static let archives: [Case] = [
        Case("deflated", zip { $0.members[1].method = 8 }, .zip(.compressed(member: "archive/data/0"))),
        Case("encrypted", zip { $0.members[0].flags |= 1 }, .zip(.encrypted(member: "archive/data.pkl"))),
        Case("a member twice", zip { $0.members.append($0.members[0]) }, .zip(.sameName("archive/data.pkl"))),
        Case(
            "two pickles",
            zip { $0.members.append(.init(name: "b/data.pkl", content: [])) },
            .missingMember("data.pkl")
        ),
        Case("no pickle", zip { $0.members.removeFirst() }, .missingMember("data.pkl")),
        Case(
            "another name of its own",
            zip { $0.members[0].localName = "archive/data.pkx" },
            .zip(.contradiction(member: "archive/data.pkl", what: "names"))
        ),
        Case(
            "another size of its own",
            zip { $0.members[1].localSize = 15 },
            .zip(.contradiction(member: "archive/data/0", what: "sizes"))
        ),
        Case(
            "another size after it",
            zip { $0.members[1].descriptorSize = 15 },
            .zip(.contradiction(member: "archive/data/0", what: "sizes"))
        ),
        Case(
            "another checksum in the directory",
            zip { $0.members[1].statedChecksum = 7 },
            .zip(.contradiction(member: "archive/data/0", what: "checksums"))
        ),
        Case(
            "2^62 bytes in the directory's long form",
            zip { $0.members[1].setLongSize(1 << 62) },
            .zip(.overlap(member: "archive/data/0"))
        ),
        Case(
            "2^63 bytes in the directory's long form",
            zip { $0.members[1].setLongSize(1 << 63) },
            .zip(.directory(reason: "it is cut short"))
        ),
        // Names are looked up, and never lead to files.
        Case(
            "a name that leads elsewhere",
            zip { $0.members.append(.init(name: "../../../etc/passwd", content: [])) },
            nil
        ),
        Case(
            "shorter in the directory",
            zip { $0.members[1].statedSize = 9 },
            .zip(.hole(before: "the end of archive/data/0"))
        ),
        Case(
            "longer in the directory",
            zip { $0.members[1].statedSize = 1000 },
            .zip(.overlap(member: "archive/data/0"))
        ),
        Case(
            "two members in one place",
            zip { $0.members[1].statedOffset = 0 },
            .zip(.overlap(member: "archive/data.pkl"))
        ),
        Case(
            "bytes before a member",
            zip { $0.members[1].gapBefore = 3 },
            .zip(.hole(before: "the end of archive/data.pkl"))
        ),
        Case("bytes before the first", zip { $0.members[0].gapBefore = 3 }, .zip(.noDirectory)),
        Case("a comment", zip { $0.comment = ascii("hello") }, .zip(.noDirectory)),
        Case("a wrong count", zip { $0.statedCount = 1 }, .zip(.directory(reason: "it is longer than its members"))),
        Case(
            "a directory elsewhere",
            zip { $0.directoryShift = -1 },
            .zip(.directory(reason: "its size and place disagree"))
        ),
        Case(
            "big-endian",
            zip { $0.members.append(.init(name: "archive/byteorder", content: ascii("big"))) },
            .bigEndian
        ),
        Case(
            "too many members",
            ascii("PK\u{3}\u{4}") + [0x50, 0x4b, 6, 6] + little(UInt64(44)) + Array(repeating: 0, count: 12)
                + little(UInt64(1 << 40)) + little(UInt64(1 << 40)) + little(UInt64(0)) + little(UInt64(4))
                + [0x50, 0x4b, 6, 7] + little(UInt32(0)) + little(UInt64(4)) + little(UInt32(1)) + [0x50, 0x4b, 5, 6]
                + Array(repeating: 0, count: 4) + Array(repeating: 0xff, count: 12) + [0, 0],
            .zip(.tooManyMembers(count: 1 << 40, limit: 65_535))
        ),
    ]

    @Test(arguments: archives) func archivesSayOneThing(_ one: Case) throws {
        // What does not begin as an archive is not taken for one.
        if one.bytes.first == 0 {
            let folder = try TemporaryFolder()
            let path = try folder.file("x.bin", one.bytes)
            #expect(throws: CheckpointError.self) { try WeightFile.open(path) }
        } else {
            try expectFault(one)
        }
    }

    // MARK: - Damage

    static let wholes = ["pytorch.pt", "pytorch.pth", "pytorch_protocol4.pt"]

    @Test(arguments: wholes) func everyTruncationIsRefused(_ name: String) throws {
        let scratch = try ScratchFile()
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Golden.path(name, #filePath))))
        for length in stride(from: whole.count - 1, through: 0, by: -5) {
            try scratch.replace(with: Array(whole.prefix(length)))
            #expect(throws: CheckpointError.self, "\(length) bytes") { try WeightFile.open(scratch.path) }
        }
    }

    /// Flipped bits give an error or a file that can be read in full; never a crash.
    @Test(arguments: wholes) func flippedBitsNeverCrash(_ name: String) throws {
        let scratch = try ScratchFile()
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Golden.path(name, #filePath))))
        var random = SplitMix(state: 31)
        var accepted = 0
        for round in 0..<1500 {
            var bytes = whole
            for _ in 0...(round % 3) {
                let bit = Int(random.next() % UInt64(8 * whole.count))
                bytes[bit / 8] ^= 1 << (bit % 8)
            }
            try scratch.replace(with: bytes)
            guard let file = try? WeightFile.open(scratch.path) else { continue }
            accepted += 1
            for name in file.tensorNames {
                let count = file.shape(of: name)?.reduce(1, *)
                #expect((try? file.tensor(name)).map { $0.count == count } ?? true)
                #expect((try? file.integers(name)).map { $0.count == count } ?? true)
            }
        }
        #expect((50..<1450).contains(accepted), "\(accepted)")
    }

    /// Depth, repetition and references without end cost no stack and little time.
    @Test func endlessPicklesEnd() throws {
        let million = 1_000_000
        let nested =
            Array(repeating: UInt8(ascii: "("), count: million) + Array(repeating: UInt8(ascii: "t"), count: million)
        let deep = Array("N".utf8) + Array(repeating: UInt8(0x85), count: million) + Array(".".utf8)
        var doubling = Array("}q\0".utf8)
        for level in 0..<40 {
            doubling += Array("}".utf8) + PickleBytes.text("a") + [0x68, UInt8(level)] + Array("s".utf8)
            doubling += PickleBytes.text("b") + [0x68, UInt8(level)] + Array("s".utf8) + [0x71, UInt8(level + 1)]
        }
        doubling += Array("t".utf8)
        let clock = ContinuousClock()
        let start = clock.now
        for pickle in [nested, deep, doubling, Array(repeating: UInt8(ascii: "]"), count: 5 * million)] {
            let folder = try TemporaryFolder()
            let path = try folder.file("x.pt", ZipBytes(pickle: pickle).bytes)
            #expect(throws: CheckpointError.self) { try PyTorchFile(path: path) }
        }
        #expect(clock.now - start < .seconds(120))
    }

    private func expectFault(_ one: Case) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("x.bin", one.bytes)
        if let fault = one.fault {
            #expect(throws: CheckpointError.badPyTorch(file: path, fault: fault)) { try PyTorchFile(path: path) }
        } else {
            #expect(throws: Never.self) { try PyTorchFile(path: path) }
        }
    }
}
