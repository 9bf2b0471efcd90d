/// The members of a zip archive as `torch.save` writes it: stored, one after the other without a gap, the directory at
/// the end. Everything else that zip allows is refused, so that no other reader can see other content.
///
/// The format: PKWARE's APPNOTE.TXT 6.3, with its 64-bit extensions.
struct ZipArchive {
    /// Where each member's bytes lie in the file.
    private(set) var members: [String: Range<Int>] = [:]

    private struct Entry {
        let name: String
        let flags: UInt16
        let crc: UInt32
        let size: Int
        let offset: Int
    }

    /// - Throws: `ZipFault`
    init(_ bytes: UnsafeRawBufferPointer, memberLimit: Int) throws {
        do {
            let directory = try Directory(bytes)
            guard directory.count <= memberLimit else {
                throw ZipFault.tooManyMembers(count: directory.count, limit: memberLimit)
            }
            let entries = try Self.entries(bytes, directory)
            try locate(entries, in: bytes, directoryStart: directory.range.lowerBound)
        } catch is ByteCursor.End {
            throw ZipFault.directory(reason: "it is cut short")
        }
    }

    // MARK: - The end of the archive

    private struct Directory {
        var range: Range<Int>
        var count: Int

        init(_ bytes: UnsafeRawBufferPointer) throws {
            let endSize = 22
            guard bytes.count >= endSize else { throw ZipFault.noDirectory }
            var end = ByteCursor(bytes, at: bytes.count - endSize)
            guard try end.number(UInt32.self) == 0x0605_4b50 else { throw ZipFault.noDirectory }
            let disks = try (end.number(UInt16.self), end.number(UInt16.self))
            let counts = try (end.number(UInt16.self), end.number(UInt16.self))
            let size = try end.number(UInt32.self)
            let start = try end.number(UInt32.self)
            guard try end.number(UInt16.self) == 0, disks == (0, 0), counts.0 == counts.1 else {
                throw ZipFault.directory(reason: "it has a comment, or several disks")
            }
            var recordStart = bytes.count - endSize
            if let wide = try Self.wide(bytes, before: recordStart) {
                let agrees =
                    (counts.0 == .max || Int(counts.0) == wide.count)
                    && (size == .max || Int(size) == wide.size) && (start == .max || Int(start) == wide.start)
                guard agrees else { throw ZipFault.directory(reason: "its short and its long form disagree") }
                (count, recordStart) = (wide.count, wide.recordStart)
                guard wide.start <= recordStart, wide.size == recordStart - wide.start else {
                    throw ZipFault.directory(reason: "its size and place disagree")
                }
                range = wide.start..<recordStart
            } else {
                guard Int(start) <= recordStart, Int(size) == recordStart - Int(start) else {
                    throw ZipFault.directory(reason: "its size and place disagree")
                }
                (count, range) = (Int(counts.0), Int(start)..<recordStart)
            }
        }

        /// The 64-bit record, if its locator lies right before the end record.
        private static func wide(
            _ bytes: UnsafeRawBufferPointer,
            before end: Int
        ) throws -> (count: Int, size: Int, start: Int, recordStart: Int)? {
            let (locatorSize, recordSize) = (20, 56)
            guard end >= locatorSize else { return nil }
            var locator = ByteCursor(bytes, at: end - locatorSize)
            guard try locator.number(UInt32.self) == 0x0706_4b50 else { return nil }
            let disk = try locator.number(UInt32.self)
            let place = try locator.size(UInt64.self)
            guard try disk == 0 && locator.number(UInt32.self) <= 1, end >= locatorSize + recordSize,
                place == end - locatorSize - recordSize
            else { throw ZipFault.directory(reason: "its long form is not where it should be") }
            var record = ByteCursor(bytes, at: place)
            guard try record.number(UInt32.self) == 0x0606_4b50,
                try record.number(UInt64.self) == UInt64(recordSize - 12)
            else { throw ZipFault.directory(reason: "its long form is damaged") }
            _ = try record.take(4)
            guard try record.number(UInt64.self) == 0 else { throw ZipFault.directory(reason: "it has several disks") }
            let counts = try (record.size(UInt64.self), record.size(UInt64.self))
            guard counts.0 == counts.1 else { throw ZipFault.directory(reason: "it has several disks") }
            return try (counts.0, record.size(UInt64.self), record.size(UInt64.self), place)
        }
    }

    // MARK: - The directory

    private static func entries(_ bytes: UnsafeRawBufferPointer, _ directory: Directory) throws -> [Entry] {
        var cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: bytes[directory.range]))
        var names: Set<String> = []
        var entries: [Entry] = []
        for _ in 0..<directory.count {
            let entry = try entry(&cursor)
            guard names.insert(entry.name).inserted else { throw ZipFault.sameName(entry.name) }
            entries.append(entry)
        }
        guard cursor.remaining == 0 else { throw ZipFault.directory(reason: "it is longer than its members") }
        return entries
    }

    private static func entry(_ cursor: inout ByteCursor) throws -> Entry {
        guard try cursor.number(UInt32.self) == 0x0201_4b50 else {
            throw ZipFault.directory(reason: "a member does not begin as it should")
        }
        _ = try cursor.take(4)
        let (flags, method) = try (cursor.number(UInt16.self), cursor.number(UInt16.self))
        _ = try cursor.take(4)
        let crc = try cursor.number(UInt32.self)
        let (stored, full) = try (cursor.number(UInt32.self), cursor.number(UInt32.self))
        let (nameLength, extraLength) = try (cursor.number(UInt16.self), cursor.number(UInt16.self))
        let (commentLength, disk) = try (cursor.number(UInt16.self), cursor.number(UInt16.self))
        _ = try cursor.take(6)
        let offset = try cursor.number(UInt32.self)
        guard let name = String(validating: try cursor.take(Int(nameLength)), as: UTF8.self), !name.isEmpty,
            !name.utf8.contains(0)
        else { throw ZipFault.directory(reason: "a member's name is not text") }
        guard disk == 0, commentLength == 0 else {
            throw ZipFault.directory(reason: "\(name) has a comment or another disk")
        }
        guard method == 0 else { throw ZipFault.compressed(member: name) }
        // 3: sizes follow the data; 11: the name is UTF-8.
        guard flags & ~(1 << 3 | 1 << 11) == 0 else { throw ZipFault.encrypted(member: name) }
        let sizes = try wideSizes(
            extra: cursor.take(Int(extraLength)),
            narrow: [full, stored, offset],
            member: name
        )
        guard sizes[0] == sizes[1] else { throw ZipFault.compressed(member: name) }
        return Entry(name: name, flags: flags, crc: crc, size: sizes[0], offset: sizes[2])
    }

    /// Full size, stored size and offset, each from the 64-bit extension where the 32-bit field is all ones.
    private static func wideSizes(extra: UnsafeRawBufferPointer, narrow: [UInt32], member: String) throws -> [Int] {
        var cursor = ByteCursor(extra)
        var wide: ByteCursor?
        while cursor.remaining > 0 {
            let (id, length) = try (cursor.number(UInt16.self), cursor.number(UInt16.self))
            let content = try cursor.take(Int(length))
            guard id == 1 else { continue }
            guard wide == nil else { throw ZipFault.contradiction(member: member, what: "sizes") }
            wide = ByteCursor(content)
        }
        // In the extension's order; what it holds beyond these says nothing new.
        return try narrow.map { value in
            guard value == .max, wide != nil else { return Int(value) }
            return try wide?.size(UInt64.self) ?? 0
        }
    }

    // MARK: - The members

    /// Checks each member's own header and that the members tile the file up to the directory.
    private mutating func locate(_ entries: [Entry], in bytes: UnsafeRawBufferPointer, directoryStart: Int) throws {
        let ordered = entries.sorted { $0.offset < $1.offset }
        var end = 0
        for (index, entry) in ordered.enumerated() {
            guard entry.offset >= end else { throw ZipFault.overlap(member: entry.name) }
            guard entry.offset == end else { throw ZipFault.hole(before: entry.name) }
            let next = index + 1 < ordered.count ? ordered[index + 1].offset : directoryStart
            members[entry.name] = try Self.data(of: entry, in: bytes, next: next)
            end = next
        }
        guard end == directoryStart else { throw ZipFault.hole(before: "the directory") }
    }

    /// - Parameter next: where the following member begins
    private static func data(of entry: Entry, in bytes: UnsafeRawBufferPointer, next: Int) throws -> Range<Int> {
        func contradiction(_ what: String) -> ZipFault { .contradiction(member: entry.name, what: what) }
        var cursor = ByteCursor(bytes, at: entry.offset)
        guard try cursor.number(UInt32.self) == 0x0403_4b50 else { throw contradiction("places") }
        _ = try cursor.take(2)
        guard try cursor.number(UInt16.self) == entry.flags else { throw contradiction("flags") }
        guard try cursor.number(UInt16.self) == 0 else { throw ZipFault.compressed(member: entry.name) }
        _ = try cursor.take(4)
        let sizesFollow = entry.flags & 1 << 3 != 0
        let crc = try cursor.number(UInt32.self)
        guard crc == entry.crc || (sizesFollow && crc == 0) else { throw contradiction("checksums") }
        for _ in 0..<2 {
            let size = try cursor.number(UInt32.self)
            guard Int(size) == entry.size || size == .max || (sizesFollow && size == 0) else {
                throw contradiction("sizes")
            }
        }
        let (nameLength, extraLength) = try (cursor.number(UInt16.self), cursor.number(UInt16.self))
        guard try cursor.take(Int(nameLength)).elementsEqual(entry.name.utf8) else { throw contradiction("names") }
        _ = try cursor.take(Int(extraLength))
        let start = cursor.offset
        guard entry.size <= cursor.remaining, start + entry.size <= next else {
            throw ZipFault.overlap(member: entry.name)
        }
        let data = start..<start + entry.size
        if data.upperBound == next && (!sizesFollow || entry.size == 0) { return data }
        guard sizesFollow else { throw ZipFault.hole(before: "the end of \(entry.name)") }

        // The sizes once more, in 32 or in 64 bits.
        var descriptor = ByteCursor(bytes, at: data.upperBound)
        let isWide = next - data.upperBound == 24
        guard isWide || next - data.upperBound == 16 else { throw ZipFault.hole(before: "the end of \(entry.name)") }
        guard try descriptor.number(UInt32.self) == 0x0807_4b50, try descriptor.number(UInt32.self) == entry.crc else {
            throw contradiction("checksums")
        }
        for _ in 0..<2 {
            let size = try isWide ? descriptor.size(UInt64.self) : descriptor.size(UInt32.self)
            guard size == entry.size else { throw contradiction("sizes") }
        }
        return data
    }
}
