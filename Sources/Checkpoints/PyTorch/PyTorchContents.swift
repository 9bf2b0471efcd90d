import Tensors

/// The tensors of a PyTorch file and where the bytes of their storages lie.
struct PyTorchContents {
    let tensors: [String: PickleTensor]
    /// By key, in bytes from the start of the file.
    let storages: [String: Range<Int>]

    /// Reads either format.
    ///
    /// - Throws: `PyTorchFault`
    init(_ bytes: UnsafeRawBufferPointer, _ limits: PyTorchLimits) throws {
        if FileKind(bytes) == .zip {
            try self.init(zip: bytes, limits)
        } else {
            try self.init(legacy: bytes, limits)
        }
    }

    // MARK: - Since PyTorch 1.6

    /// torch: serialization.py::_save. One folder with `data.pkl`, `data/<key>`, and notes on the format.
    private init(zip bytes: UnsafeRawBufferPointer, _ limits: PyTorchLimits) throws {
        let archive: ZipArchive
        do {
            archive = try ZipArchive(bytes, memberLimit: limits.members)
        } catch let fault as ZipFault {
            throw PyTorchFault.zip(fault)
        }
        let pickleName = "data.pkl"
        let candidates = archive.members.keys.filter { $0 == pickleName || $0.hasSuffix("/\(pickleName)") }
        guard candidates.count == 1, let path = candidates.first, let pickle = archive.members[path] else {
            throw PyTorchFault.missingMember(pickleName)
        }
        let folder = path.dropLast(pickleName.count)
        if let order = archive.members["\(folder)byteorder"], !bytes[order].elementsEqual("little".utf8) {
            throw PyTorchFault.bigEndian
        }
        guard pickle.count <= limits.pickle else {
            throw PyTorchFault.pickleTooLarge(bytes: pickle.count, limit: limits.pickle)
        }
        var unpickler = Unpickler(UnsafeRawBufferPointer(rebasing: bytes[pickle]), references: .zip, limits)
        let root = try unpickler.load()
        guard unpickler.cursor.remaining == 0 else {
            throw PyTorchFault.pickle(byte: unpickler.cursor.offset, reason: "there is more after its end")
        }
        tensors = try StateDict(root, heap: unpickler.heap, visitLimit: limits.visits).tensors
        var found: [String: Range<Int>] = [:]
        for storage in unpickler.heap.storages {
            guard let range = archive.members["\(folder)data/\(storage.key)"] else {
                throw PyTorchFault.missingMember("\(folder)data/\(storage.key)")
            }
            try storage.check(byteCount: range.count)
            found[storage.key] = range
        }
        storages = found
    }

    // MARK: - Before

    /// torch: serialization.py::_legacy_save. Four pickles (a magic number, a version, the machine, the object), a
    /// fifth with the keys of the storages, and then these, each after its number of elements.
    private init(legacy bytes: UnsafeRawBufferPointer, _ limits: PyTorchLimits) throws {
        var offset = 0
        func next() throws -> (PickleValue, PickleHeap) {
            var unpickler = Unpickler(UnsafeRawBufferPointer(rebasing: bytes[offset...]), references: .legacy, limits)
            let value = try unpickler.load()
            offset += unpickler.cursor.offset
            return (value, unpickler.heap)
        }
        let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
        guard case .longInteger(magic) = try next().0 else {
            throw PyTorchFault.structure(reason: "this pickle was not written by torch.save")
        }
        guard case .integer(1001) = try next().0 else {
            throw PyTorchFault.structure(reason: "its format has another version than 1001")
        }
        let (machine, machineHeap) = try next()
        guard case .dictionary(let index) = machine else {
            throw PyTorchFault.structure(reason: "the machine that wrote it is not described")
        }
        if case .boolean(false)? = machineHeap.dictionaries[index]["little_endian"] { throw PyTorchFault.bigEndian }

        let (root, heap) = try next()
        tensors = try StateDict(root, heap: heap, visitLimit: limits.visits).tensors
        let (keys, keyHeap) = try next()
        guard case .list(let list) = keys else { throw PyTorchFault.structure(reason: "its storages are not listed") }
        let byKey = Dictionary(grouping: heap.storages, by: \.key)
        var found: [String: Range<Int>] = [:]
        for value in keyHeap.lists[list] {
            guard case .text(let key) = value, let uses = byKey[key], let storage = uses.first, found[key] == nil else {
                throw PyTorchFault.structure(reason: "its list of storages does not fit its tensors")
            }
            found[key] = try Self.legacyStorage(storage, uses: uses, bytes, &offset)
        }
        guard found.count == byKey.count else {
            throw PyTorchFault.structure(reason: "its list of storages does not fit its tensors")
        }
        guard offset == bytes.count else {
            let left = counted(bytes.count - offset, "byte", "is", "are")
            throw PyTorchFault.structure(reason: "\(left) left after its last storage")
        }
        storages = found
    }

    private static func legacyStorage(
        _ storage: PickleStorage,
        uses: [PickleStorage],
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int
    ) throws -> Range<Int> {
        var cursor = ByteCursor(bytes, at: offset)
        do {
            let count = try cursor.size(Int64.self)
            let (size, over) = count.multipliedReportingOverflow(by: storage.type.block.bytes)
            for use in uses { try use.check(byteCount: over ? -1 : size) }
            let start = cursor.offset
            _ = try cursor.take(size)
            offset = cursor.offset
            return start..<offset
        } catch is ByteCursor.End {
            throw PyTorchFault.structure(reason: "it is cut short in storage \(storage.key)")
        }
    }
}

extension PickleStorage {
    /// - Throws: `PyTorchFault.storageSize` unless the elements take exactly so many bytes
    fileprivate func check(byteCount: Int) throws {
        guard let stated = type.byteCount(of: [count]), stated == byteCount else {
            throw PyTorchFault.storageSize(
                storage: key,
                stated: type.byteCount(of: [count]) ?? Int.max,
                found: byteCount
            )
        }
    }
}
