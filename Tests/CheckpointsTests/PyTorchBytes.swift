/// A zip archive as torch.save writes it, or with one thing wrong.
struct ZipBytes {
    struct Member {
        var name: String
        var content: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0x0808
        var localName: String?
        var localSize: UInt32?
        var statedSize: UInt32?
        var statedOffset: UInt32?
        var descriptorSize: UInt32?
        var statedChecksum: UInt32?
        /// What the directory has behind the name.
        var extra: [UInt8] = []
        var gapBefore = 0

        /// Sizes in the directory's 64-bit form.
        mutating func setLongSize(_ size: UInt64) {
            statedSize = .max
            extra = little(UInt16(1)) + little(UInt16(16)) + little(size) + little(size)
        }
    }

    var members: [Member]
    var comment: [UInt8] = []
    var statedCount: UInt16?
    var directoryShift = 0

    init(_ members: [Member]) { self.members = members }

    /// A checkpoint with this pickle and these storages.
    init(pickle: [UInt8], storages: [String: [UInt8]] = [:]) {
        members = [Member(name: "archive/data.pkl", content: pickle)]
        members += storages.sorted { $0.key < $1.key }.map { Member(name: "archive/data/\($0.key)", content: $0.value) }
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            file += Array(repeating: 0, count: member.gapBefore)
            let size = UInt32(member.content.count)
            let localName = Array((member.localName ?? member.name).utf8)
            let offset = member.statedOffset ?? UInt32(file.count)
            file += [0x50, 0x4b, 3, 4, 0, 0] + little(member.flags) + little(member.method) + little(UInt32(0))
            file += little(UInt32(0)) + little(member.localSize ?? 0) + little(member.localSize ?? 0)
            file += little(UInt16(localName.count)) + little(UInt16(0)) + localName + member.content
            if member.flags & 8 != 0 {
                let stated = member.descriptorSize ?? size
                file += [0x50, 0x4b, 7, 8] + little(UInt32(0)) + little(stated) + little(stated)
            }
            let stated = member.statedSize ?? size
            directory += [0x50, 0x4b, 1, 2, 0, 0, 0, 0] + little(member.flags) + little(member.method)
            directory += little(UInt32(0)) + little(member.statedChecksum ?? 0) + little(stated) + little(stated)
            directory += little(UInt16(member.name.utf8.count)) + little(UInt16(member.extra.count)) + little(UInt16(0))
            directory += little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(offset)
            directory += Array(member.name.utf8) + member.extra
        }
        let count = statedCount ?? UInt16(members.count)
        let start = UInt32(file.count + directoryShift)
        return file + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(count) + little(count)
            + little(UInt32(directory.count)) + little(start) + little(UInt16(comment.count)) + comment
    }
}

func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// Pieces of pickles.
enum PickleBytes {
    static func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    static func integer(_ value: Int32) -> [UInt8] { [0x4a] + little(value) }
    /// Of up to 64 bits.
    static func long(_ value: Int64) -> [UInt8] { [0x8a, 8] + little(value) }

    static func storage(_ key: String = "0", type: String = "FloatStorage", count: Int64) -> [UInt8] {
        Array("(".utf8) + text("storage") + global("torch", type) + text(key) + text("cpu") + long(count)
            + Array("tQ".utf8)
    }

    /// Four floats as the format before 1.6 has them, of storage 0.
    static var legacyTensor: [UInt8] {
        let storage =
            Array("(".utf8) + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + long(4)
            + Array("NtQ".utf8)
        return tensor(storage, shape: [4], strides: [1])
    }

    static func tensor(
        _ storage: [UInt8],
        offset: Int64 = 0,
        shape: [Int64],
        strides: [Int64]
    ) -> [UInt8] {
        func sizes(_ sizes: [Int64]) -> [UInt8] { Array("(".utf8) + sizes.flatMap { long($0) } + Array("t".utf8) }
        return global("torch._utils", "_rebuild_tensor_v2") + Array("(".utf8) + storage + long(offset) + sizes(shape)
            + sizes(strides) + [0x89] + global("collections", "OrderedDict") + Array(")RtR".utf8)
    }

    /// A state dict with one entry.
    static func state(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [0x80, 2] + Array("}".utf8) + text(name) + value + Array("s.".utf8)
    }

    /// A whole file of the format before 1.6, up to the object's pickle, and what follows it.
    static func legacy(_ object: [UInt8], after rest: [UInt8] = []) -> [UInt8] {
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
            + [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e] + [0x80, 2, 0x7d, 0x2e] + object + rest
    }
}
