import Checkpoints
import Foundation
import Testing

/// A pickle asks for what it wants by name. Names by which it could do harm elsewhere are refused, however one asks, before
/// anything behind them is read; classes of which nothing is known become objects that do nothing.
@Suite struct PickleNamesTests {
    /// Names that nothing has, in modules that no weights need.
    static let refused = [
        "os.unlock", "os.attic.unlock", "os.attic.doors.unlock", "posix.unlock", "nt.unlock", "subprocess.unlock",
        "builtins.unlock", "__builtin__.unlock", "builtins.set.unlock", "sys.unlock", "importlib.attic.unlock",
        "socket.unlock", "ctypes.unlock", "shutil.unlock", "runpy.unlock", "pickle.unlock", "operator.unlock",
        "torch.hub.unlock", "torch.serialization.unlock", "torch.jit.unlock", "numpy.testing.unlock",
    ]

    /// Names that nothing has, as far from those that are known as can be and as near to them.
    static let unknown = [
        "attic.unlock", "attic.doors.unlock", "torch.attic", "torch.attic.unlock", "torch._utils.unlock",
        "torch._utils._rebuild_tensor_v0", "torch._utils._rebuild_tensor.unlock", "torch._utils._Rebuild_tensor",
        "torch.AtticStorage", "torch.floatstorage", "torch.FloatStorage.unlock", "torch.FloatStorage ",
        "attic.FloatStorage", "attic._rebuild_tensor_v2", "collections.ordereddict", "collections.OrderedAttic",
        "collections.OrderedDict.unlock", "Collections.OrderedDict", "collections.abc.OrderedDict", "ättik.öffnen",
        "osmium.unlock", "builtins_.unlock", "torch.hubs.unlock", "builtins.set", "__builtin__.complex",
    ]

    /// Ways to ask for a name.
    enum Way: String, CaseIterable {
        case globalReduce, globalAlone, poppedAgain, stackGlobal, stackGlobalFromMemo, stackGlobalOfOldTexts, inst, obj
        case newObject, newObjectWithKeywords, buildState, buildSetState, tensorArgument, storageType, deep, key

        func pickle(_ module: String, _ name: String) -> [UInt8] {
            let global = P.global(module, name)
            switch self {
            case .globalReduce: return join([0x80, 2], global, P.text("true"), [0x85], ascii("R."))
            case .globalAlone: return join(global, ascii("."))
            case .poppedAgain: return join(global, ascii("0}."))
            case .stackGlobal: return join([0x80, 4], P.text(module), P.text(name), [0x93], ascii("."))
            case .stackGlobalFromMemo:
                // Stored in one order, taken in the other.
                let stored = join(P.text(name), [0x94], ascii("0"), P.text(module), [0x94], ascii("0"))
                return join([0x80, 4], stored, [0x68, 1, 0x68, 0, 0x93], ascii("."))
            case .stackGlobalOfOldTexts: return join(ascii("S'\(module)'\nV\(name)\n"), [0x93], ascii("."))
            case .inst: return ascii("(S'true'\ni\(module)\n\(name)\n.")
            case .obj: return join(ascii("("), global, P.text("true"), ascii("o."))
            case .newObject: return join([0x80, 2], global, ascii(")"), [0x81], ascii("."))
            case .newObjectWithKeywords: return join([0x80, 4], global, ascii(")}"), [0x92], ascii("."))
            case .buildState: return join(ascii("}"), global, ascii("b."))
            case .buildSetState:
                let object = join(P.global("collections", "OrderedDict"), ascii(")R}"))
                return join(object, P.text("__setstate__"), global, ascii("sb."))
            case .tensorArgument:
                return P.state(
                    "w",
                    join(P.global("torch._utils", "_rebuild_tensor_v2"), ascii("("), global, ascii("tR"))
                )
            case .storageType: return P.state("w", join(ascii("("), P.text("storage"), global, ascii("tQ")))
            case .deep: return P.state("a", join(ascii("}"), P.text("b"), ascii("]("), global))
            case .key: return join(ascii("}"), global, ascii("Ns."))
            }
        }
    }

    @Test(arguments: Way.allCases) func namesAreRefused(_ way: Way) throws {
        let scratch = try ScratchFile()
        for name in Self.refused {
            let dot = try #require(name.lastIndex(of: "."))
            let pickle = way.pickle(String(name[..<dot]), String(name[name.index(after: dot)...]))
            // In an archive, as the whole of a legacy file, and as each of the pickles that one is made of.
            for bytes in [ZipBytes(pickle: pickle).bytes, pickle] + Self.legacyFiles(with: pickle) {
                guard bytes.first == 0x80 || bytes.starts(with: Array("PK".utf8)) else { continue }
                try scratch.replace(with: bytes)
                #expect(throws: CheckpointError.badPyTorch(file: scratch.path, fault: .forbidden(name))) {
                    try WeightFile.open(scratch.path)
                }
            }
        }
    }

    /// A legacy file is five pickles, one behind the other.
    private static func legacyFiles(with pickle: [UInt8]) -> [[UInt8]] {
        let parts: [[UInt8]] = [
            [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
            [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e], [0x80, 2, 0x7d, 0x2e],
            P.state("w", P.legacyTensor),
            [0x80, 2] + ascii("]."),
        ]
        return parts.indices.map { place in
            Array((parts[..<place] + [pickle] + parts[(place + 1)...]).joined())
        }
    }

    /// Ways to make an object of a class, and to give it things.
    static func objects(_ module: String, _ name: String) -> [[UInt8]] {
        let global = P.global(module, name)
        let plain = join(global, P.text("a"), [0x85], ascii("R"))
        return [
            global, plain, join(P.text(module), P.text(name), [0x93]), ascii("(S'true'\ni\(module)\n\(name)\n"),
            join(ascii("("), global, P.text("a"), ascii("o")), join(global, ascii(")"), [0x81]),
            join(global, ascii(")}"), [0x92]), join(plain, ascii("}b")), join(plain, P.text("a"), ascii("b")),
            join(plain, P.text("a"), ascii("Ns")), join(plain, ascii("Na")), join(plain, ascii("(NNe")),
            join(plain, ascii(")R")), join(ascii("}"), global, ascii("Ns")), join(ascii("}"), plain, ascii("Ns")),
            join([0x8f], ascii("("), plain, [0x90]), join(ascii("("), plain, [0x91]),
        ]
    }

    /// The weights beside objects of such classes are read.
    @Test(arguments: unknown) func unknownClassesAreInert(_ name: String) throws {
        let scratch = try ScratchFile()
        let dot = try #require(name.lastIndex(of: "."))
        let tensor = P.tensor(P.storage(count: 4), shape: [4], strides: [1])
        for object in Self.objects(String(name[..<dot]), String(name[name.index(after: dot)...])) {
            let pickle = join(ascii("}"), P.text("x"), object, ascii("s"), P.text("w"), tensor, ascii("s."))
            try scratch.replace(with: ZipBytes(pickle: pickle, storages: ["0": Array(repeating: 0, count: 16)]).bytes)
            #expect(try WeightFile.open(scratch.path).tensorNames == ["w"])
        }
    }

    @Test func theMessageNamesIt() throws {
        let folder = try TemporaryFolder()
        let pickle = P.state("w", P.global("os", "unlock"))
        let path = try folder.file("x.bin", ZipBytes(pickle: pickle).bytes)
        #expect(
            message { _ = try WeightFile.open(path) }
                == "\(path): refused: its pickle asks for os.unlock; files of weights need nothing of the kind, so do "
                + "not load this one anywhere unless you trust who made it"
        )
    }

    /// Operations that take objects from elsewhere.
    static let operations: [(name: String, bytes: [UInt8])] = [
        ("EXT1", [0x82, 1]), ("EXT2", [0x83, 1, 0]), ("EXT4", [0x84, 1, 0, 0, 0]), ("PERSID", ascii("Pelsewhere\n")),
        ("NEXT_BUFFER", [0x97]), ("READONLY_BUFFER", [0x98]),
    ]

    @Test(arguments: operations.indices) func operationsThatReachElsewhereAreRefused(_ index: Int) throws {
        let (name, bytes) = Self.operations[index]
        let scratch = try ScratchFile()
        try scratch.replace(with: ZipBytes(pickle: join(bytes, ascii("."))).bytes)
        guard case .badPyTorch(_, .pickle(_, let reason))? = fault(scratch.path) else {
            Issue.record("\(name): \(String(describing: fault(scratch.path)))")
            return
        }
        #expect(reason == "the operation \(name) is not needed to rebuild tensors")
    }

    /// The few names that are allowed do only what rebuilding needs, whatever they are given.
    static let misused: [[UInt8]] = [
        join(P.global("collections", "OrderedDict"), P.text("a"), [0x85], ascii("R.")),
        join(P.global("collections", "OrderedDict"), ascii(")R"), P.text("b"), ascii("b.")),
        join(P.global("torch._utils", "_rebuild_parameter"), P.text("a"), [0x85], ascii("R.")),
        join(P.global("torch._utils", "_rebuild_tensor_v2"), ascii(")R.")),
        join(P.global("torch._utils", "_rebuild_tensor_v2"), ascii("(NNNNNNNtR.")),
        join(P.global("torch", "FloatStorage"), P.integer(1 << 30), [0x85], ascii("R.")),
        join(
            ascii("("),
            P.text("storage"),
            P.text("FloatStorage"),
            P.text("0"),
            P.text("cpu"),
            P.long(1),
            ascii("tQ.")
        ),
        join(ascii("("), P.text("module"), P.global("torch", "FloatStorage"), P.text("0"), ascii("tQ.")),
        join(P.text("attic.unlock"), ascii("Q.")), ascii("NR."), ascii("(o."), join(ascii("N)"), [0x81], ascii(".")),
        join(P.global("torch._utils", "_rebuild_tensor_v3"), ascii(")R.")),
        join(P.global("torch._tensor", "_rebuild_from_type_v2"), ascii("(NNNNtR.")),
        join(
            P.global("torch._tensor", "_rebuild_from_type_v2"),
            ascii("("),
            P.global("torch._tensor", "_rebuild_from_type_v2"),
            P.global("torch", "Tensor"),
            ascii(")}tR.")
        ),
        join(P.global("collections", "OrderedDict"), ascii("NR.")),
        // A name from the memo that a later value replaced, and a value that is its own argument.
        join(P.global("collections", "OrderedDict"), ascii("q\0"), P.text("x"), ascii("q\0h\0)R.")),
        join(ascii("]q\0"), P.global("collections", "OrderedDict"), ascii("h\0"), [0x85], ascii("R.")),
    ]

    @Test(arguments: misused.indices) func allowedNamesDoNothingElse(_ index: Int) throws {
        let scratch = try ScratchFile()
        try scratch.replace(with: ZipBytes(pickle: Self.misused[index], storages: ["0": [1, 2, 3, 4]]).bytes)
        guard case .badPyTorch? = fault(scratch.path) else {
            Issue.record("\(String(describing: fault(scratch.path)))")
            return
        }
    }

    private func fault(_ path: String) -> CheckpointError? {
        do {
            _ = try WeightFile.open(path)
            return nil
        } catch {
            return error as? CheckpointError
        }
    }
}

private typealias P = PickleBytes

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

private func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }
