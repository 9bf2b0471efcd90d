import Checkpoints
import Foundation
import TensorTestSupport
import Testing

/// Files that do what weights never need, contradict themselves, or are simply damaged; PickleNamesTests has those that ask
/// for other names.
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
        Case("calls text", pickle: P.text("a") + ascii(")R."), .pickle(byte: 7, reason: "it calls text")),
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
            pickle: P.state("w", P.tensor(P.storage("../elsewhere", count: 4), shape: [4], strides: [1])),
            .missingMember("archive/data/../elsewhere")
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
            .structure(reason: "1 byte is left after its last storage")
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
        Case("no pickle", zip { $0.members.removeFirst() }, .missingMember("data.pkl")),
        Case("a comment", zip { $0.comment = ascii("hello") }, .zip(.noDirectory)),
        // Names are looked up, and never lead to files.
        Case(
            "a name that leads elsewhere",
            zip { $0.members.append(.init(name: "../elsewhere", content: [])) },
            nil
        ),
        Case(
            "big-endian",
            zip { $0.members.append(.init(name: "archive/byteorder", content: ascii("big"))) },
            .bigEndian
        ),
    ]

    @Test(arguments: archives) func archivesArePlain(_ one: Case) throws { try expectFault(one) }

    /// Each byte of a good archive's headers and directory in turn, replaced: it is refused, or its content is the same.
    @Test func archivesSayOneThing() throws {
        let scratch = try ScratchFile()
        var zip = ZipBytes(pickle: P.state("w", Self.good), storages: ["0": [UInt8](1...16), "1": [17, 18, 19]])
        zip.members[1].setLongSize(16)
        let whole = zip.bytes
        try scratch.replace(with: whole)
        let content = try WeightFile.open(scratch.path).tensor("w").values
        var headers = Set(whole.indices)
        for member in zip.members { headers.subtract(try #require(whole.firstRange(of: member.content))) }
        var kinds: Set<String> = []
        for place in headers {
            for byte in Set([0, 1, 0xff, whole[place] ^ 1, whole[place] &+ 4]).subtracting([whole[place]]) {
                var bytes = whole
                bytes[place] = byte
                try scratch.replace(with: bytes)
                do {
                    let file = try PyTorchFile(path: scratch.path)
                    #expect(try file.tensor("w").values == content)
                } catch CheckpointError.badPyTorch(_, .zip(let fault)) {
                    kinds.insert(Self.kind(of: fault))
                } catch is CheckpointError {}
            }
        }
        #expect(
            kinds.sorted() == [
                "checksums", "compressed", "directory", "encrypted", "flags", "hole", "names", "noDirectory", "overlap",
                "places", "sameName", "sizes",
            ]
        )
    }

    private static func kind(of fault: ZipFault) -> String {
        switch fault {
        case .noDirectory: "noDirectory"
        case .directory: "directory"
        case .tooManyMembers: "tooManyMembers"
        case .compressed: "compressed"
        case .encrypted: "encrypted"
        case .sameName: "sameName"
        case .contradiction(_, let what): what
        case .overlap: "overlap"
        case .hole: "hole"
        }
    }

    @Test func membersAreCounted() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("x.pt", Self.zip { _ in })
        #expect(
            throws: CheckpointError.badPyTorch(file: path, fault: .zip(.tooManyMembers(count: 2, limit: 1)))
        ) { try PyTorchFile(path: path, limits: PyTorchLimits(members: 1)) }
        #expect(throws: Never.self) { try PyTorchFile(path: path, limits: PyTorchLimits(members: 2)) }
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

    /// Depth costs no stack, and what goes on and on is cut off.
    @Test func longPicklesEnd() throws {
        let many = 200
        let nested =
            Array(repeating: UInt8(ascii: "("), count: many) + Array(repeating: UInt8(ascii: "t"), count: many)
        let deep = Array("N".utf8) + Array(repeating: UInt8(0x85), count: many) + Array(".".utf8)
        let lists = Array(repeating: UInt8(ascii: "]"), count: many)
        for pickle in [nested, deep, lists] {
            let fault = try fault(of: pickle, PyTorchLimits(operations: 100))
            #expect(fault == .pickle(byte: 99, reason: "it goes on for more than 100 operations"))
        }
        #expect(try fault(of: lists, PyTorchLimits(pickle: 199)) == .pickleTooLarge(bytes: 200, limit: 199))
        #expect(try fault(of: deep, PyTorchLimits()) == .noTensors)
    }

    /// Dictionaries that hold one another twice are looked at a limited number of times.
    @Test func repeatedDictionariesEnd() throws {
        var pickle = Array("(}q\0".utf8)
        for level in 0..<5 {
            pickle += Array("}".utf8) + P.text("a") + [0x68, UInt8(level)] + Array("s".utf8)
            pickle += P.text("b") + [0x68, UInt8(level)] + Array("s".utf8) + [0x71, UInt8(level + 1)]
        }
        pickle += Array("t0".utf8) + [0x68, 5] + Array(".".utf8)
        let again = PyTorchFault.structure(reason: "its dictionaries refer to each other over and over")
        #expect(try fault(of: pickle, PyTorchLimits(visits: 62)) == again)
        #expect(try fault(of: pickle, PyTorchLimits(visits: 63)) == .noTensors)
    }

    /// A tensor that repeats its numbers may not be much larger than them.
    @Test func repeatedNumbersAreCounted() throws {
        let pickle = P.state("w", P.tensor(P.storage(count: 4), shape: [100], strides: [0]))
        let zeros: [UInt8] = Array(repeating: 0, count: 16)
        let outside = PyTorchFault.pickle(byte: pickle.count - 3, reason: Self.outside)
        #expect(try fault(of: pickle, storage: zeros, PyTorchLimits(repetitions: 99)) == outside)
        #expect(try fault(of: pickle, storage: zeros, PyTorchLimits(repetitions: 100)) == nil)
    }

    /// Names are made of the keys on the way: a long key above many others would be copied for each of them.
    @Test func longNamesAreRefused() throws {
        func pickle(_ length: Int) -> [UInt8] {
            P.state(String(repeating: "n", count: length), Array("}".utf8) + P.text("b") + Self.good + Array("s".utf8))
        }
        let zeros: [UInt8] = Array(repeating: 0, count: 16)
        let tooLong = PyTorchFault.structure(reason: "a name has more than 1024 bytes")
        #expect(try fault(of: pickle(1023), storage: zeros, PyTorchLimits()) == tooLong)
        #expect(try fault(of: pickle(1022), storage: zeros, PyTorchLimits()) == nil)
    }

    private func fault(of pickle: [UInt8], storage: [UInt8] = [], _ limits: PyTorchLimits) throws -> PyTorchFault? {
        let folder = try TemporaryFolder()
        let path = try folder.file("x.pt", ZipBytes(pickle: pickle, storages: ["0": storage]).bytes)
        do {
            _ = try PyTorchFile(path: path, limits: limits)
            return nil
        } catch CheckpointError.badPyTorch(_, let fault) {
            return fault
        }
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
