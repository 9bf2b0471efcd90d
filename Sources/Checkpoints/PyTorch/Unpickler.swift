/// Reads a Python pickle as data. Nothing that a pickle names is ever called or imported: the few names that `PickleGlobal`
/// knows stand for what `reduce` builds, objects of other classes are inert, and a name in `PickleDanger` ends the reading.
///
/// The opcodes: CPython, Lib/pickletools.py, protocols 0 to 5.
struct Unpickler {
    /// The two shapes of a reference to a storage: in zip archives, and in files from before them.
    enum StorageReferences { case zip, legacy }

    var cursor: ByteCursor
    var heap = PickleHeap()
    let references: StorageReferences
    let limits: PyTorchLimits
    var storageIndices: [PickleStorage: Int] = [:]
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    private static let lineLimit = 1 << 16

    /// - Parameters:
    ///   - bytes: from the pickle's first byte on; what follows its end is left alone
    init(_ bytes: UnsafeRawBufferPointer, references: StorageReferences, _ limits: PyTorchLimits) {
        cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: bytes.prefix(limits.pickle)))
        self.references = references
        self.limits = limits
    }

    /// Reads one pickle to its end.
    ///
    /// - Throws: `PyTorchFault`
    mutating func load() throws -> PickleValue {
        var start = 0
        do {
            for _ in 0..<limits.operations {
                start = cursor.offset
                if let result = try step(cursor.number(UInt8.self)) { return result }
            }
            throw PickleFault("it goes on for more than \(limits.operations) operations")
        } catch is ByteCursor.End {
            throw PyTorchFault.pickle(byte: start, reason: "it is cut short")
        } catch let fault as PickleFault {
            throw PyTorchFault.pickle(byte: start, reason: fault.reason)
        }
    }

    /// One operation.
    ///
    /// - Returns: the pickle's value, when the operation ends it
    private mutating func step(_ opcode: UInt8) throws -> PickleValue? {
        switch Character(Unicode.Scalar(opcode)) {
        case "\u{80}":
            guard try cursor.number(UInt8.self) <= 5 else { throw PickleFault("its protocol is unknown") }
        case "\u{95}": _ = try cursor.take(8)
        case ".":
            let result = try pop()
            guard stack.isEmpty, marks.isEmpty else { throw PickleFault("it ends with values left over") }
            return result

        case "(": marks.append(stack.count)
        case "0": _ = try pop()
        case "1": _ = try popToMark()
        case "2": stack.append(try top())

        case "N": stack.append(.none)
        case "\u{88}": stack.append(.boolean(true))
        case "\u{89}": stack.append(.boolean(false))
        case "J": stack.append(.integer(Int(try cursor.number(Int32.self))))
        case "K": stack.append(.integer(Int(try cursor.number(UInt8.self))))
        case "M": stack.append(.integer(Int(try cursor.number(UInt16.self))))
        case "\u{8a}": stack.append(try longInteger(byteCount: Int(cursor.number(UInt8.self))))
        case "\u{8b}": stack.append(try longInteger(byteCount: cursor.size(Int32.self)))
        case "G": stack.append(.real(Double(bitPattern: try cursor.number(UInt64.self).byteSwapped)))

        case "X": stack.append(.text(try text(byteCount: cursor.size(UInt32.self))))
        case "\u{8c}": stack.append(.text(try text(byteCount: Int(cursor.number(UInt8.self)))))
        case "\u{8d}": stack.append(.text(try text(byteCount: cursor.size(UInt64.self))))
        case "U": stack.append(.text(try text(byteCount: Int(cursor.number(UInt8.self)))))
        case "T": stack.append(.text(try text(byteCount: cursor.size(Int32.self))))
        case "C": stack.append(.bytes(Array(try cursor.take(Int(cursor.number(UInt8.self))))))
        case "B": stack.append(.bytes(Array(try cursor.take(cursor.size(UInt32.self)))))
        case "\u{8e}", "\u{96}": stack.append(.bytes(Array(try cursor.take(cursor.size(UInt64.self)))))

        case "I", "L", "F", "S", "V": stack.append(try written(opcode))
        case "g": stack.append(try remembered(writtenIndex()))
        case "p": memo[try writtenIndex()] = try top()

        case "h": stack.append(try remembered(Int(cursor.number(UInt8.self))))
        case "j": stack.append(try remembered(cursor.size(UInt32.self)))
        case "q": memo[Int(try cursor.number(UInt8.self))] = try top()
        case "r": memo[try cursor.size(UInt32.self)] = try top()
        case "\u{94}": memo[memo.count] = try top()

        case ")": stack.append(tuple([]))
        case "t": stack.append(tuple(try popToMark()))
        case "\u{85}": stack.append(tuple(try pop(1)))
        case "\u{86}": stack.append(tuple(try pop(2)))
        case "\u{87}": stack.append(tuple(try pop(3)))
        case "]": stack.append(list([]))
        case "l", "\u{91}": stack.append(list(try popToMark()))
        case "\u{8f}": stack.append(list([]))
        case "}": stack.append(dictionary(isOrdered: false))
        case "d":
            let items = try popToMark()
            let new = dictionary(isOrdered: false)
            try insert(items, into: new)
            stack.append(new)

        case "a": try append(pop(1))
        case "e", "\u{90}": try append(popToMark())
        case "s": try insert(pop(2), into: top())
        case "u":
            let items = try popToMark()
            try insert(items, into: top())

        case "c":
            let (module, name) = try (line(), line())
            stack.append(.global(try global(module, name)))
        case "\u{93}":
            let names = try pop(2)
            guard case .text(let module) = names[0], case .text(let name) = names[1] else {
                throw PickleFault("a name is not text")
            }
            stack.append(.global(try global(module, name)))
        case "i":
            let (module, name) = try (line(), line())
            _ = try (global(module, name), popToMark())
            stack.append(object())
        case "o":
            let items = try popToMark()
            guard case .global? = items.first else { throw PickleFault("it makes an object without a class") }
            stack.append(object())
        case "\u{81}":
            try makeObject(of: pop(2)[0])
        case "\u{92}":
            try makeObject(of: pop(3)[0])
        case "R":
            let (function, arguments) = try (pop(2)).pair
            stack.append(try reduce(function, arguments))
        case "Q": stack.append(try storage(reference: pop()))
        case "b":
            let state = try pop()
            try ignoreAttributes(state, of: top())

        default: throw PickleFault("the operation \(Self.describe(opcode)) is not needed to rebuild tensors")
        }
        return nil
    }

    private static func describe(_ opcode: UInt8) -> String {
        let names: [UInt8: String] = [
            0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x50: "PERSID", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
        ]
        return names[opcode] ?? "0x" + String(opcode, radix: 16)
    }

    private func global(_ module: String, _ name: String) throws -> PickleGlobal {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw PyTorchFault.forbidden("\(module).\(name)")
        }
        return global
    }

    // MARK: - The stack and the memo

    private var floor: Int { marks.last ?? 0 }

    private func top() throws -> PickleValue {
        guard stack.count > floor, let value = stack.last else { throw PickleFault("a value is missing") }
        return value
    }

    private mutating func pop() throws -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws -> [PickleValue] {
        guard stack.count - floor >= count else { throw PickleFault("a value is missing") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw PickleFault("a mark is missing") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private func remembered(_ index: Int) throws -> PickleValue {
        guard let value = memo[index] else { throw PickleFault("it refers to a value \(index) that it did not store") }
        return value
    }

    // MARK: - Scalars

    private mutating func text(byteCount: Int) throws -> String {
        guard let text = String(validating: try cursor.take(byteCount), as: UTF8.self) else {
            throw PickleFault("a text is not UTF-8")
        }
        return text
    }

    private mutating func line() throws -> String {
        guard let text = String(validating: try cursor.line(limit: Self.lineLimit), as: UTF8.self) else {
            throw PickleFault("a text is not UTF-8")
        }
        return text
    }

    private mutating func longInteger(byteCount: Int) throws -> PickleValue {
        let bytes = try cursor.take(byteCount)
        guard bytes.count > 8 else {
            let isNegative = (bytes.last ?? 0) & 0x80 != 0
            let start: UInt64 = isNegative ? .max : 0
            return .integer(Int(bitPattern: UInt(bytes.reversed().reduce(start) { $0 << 8 | UInt64($1) })))
        }
        return .longInteger(Array(bytes))
    }

    /// A scalar of protocol 0, written as text up to the line's end.
    private mutating func written(_ opcode: UInt8) throws -> PickleValue {
        let line = try line()
        switch Character(Unicode.Scalar(opcode)) {
        case "I" where line == "00": return .boolean(false)
        case "I" where line == "01": return .boolean(true)
        case "I", "L":
            guard let value = Int(opcode == UInt8(ascii: "L") && line.hasSuffix("L") ? String(line.dropLast()) : line)
            else { throw PickleFault("a number is not written as one, or too large") }
            return .integer(value)
        case "F":
            guard let value = Double(line) else { throw PickleFault("a number is not written as one") }
            return .real(value)
        case "S":
            guard line.utf8.count >= 2, let quote = line.first, quote == "'" || quote == "\"", line.last == quote,
                !line.contains("\\")
            else { throw PickleFault("a text is not quoted plainly") }
            return .text(String(line.dropFirst().dropLast()))
        default:
            guard !line.contains("\\") else { throw PickleFault("a text has escapes") }
            return .text(line)
        }
    }

    private mutating func writtenIndex() throws -> Int {
        guard let index = Int(try line()), index >= 0 else { throw PickleFault("a place of the memo is no number") }
        return index
    }

    // MARK: - Containers

    mutating func tuple(_ items: [PickleValue]) -> PickleValue {
        heap.tuples.append(items)
        return .tuple(heap.tuples.count - 1)
    }

    private mutating func list(_ items: [PickleValue]) -> PickleValue {
        heap.lists.append(items)
        return .list(heap.lists.count - 1)
    }

    mutating func dictionary(isOrdered: Bool) -> PickleValue {
        heap.dictionaries.append(PickleDictionary(isOrdered: isOrdered))
        return .dictionary(heap.dictionaries.count - 1)
    }

    /// An object of a class of which nothing is known.
    mutating func object() -> PickleValue {
        heap.dictionaries.append(PickleDictionary(isOrdered: false))
        return .object(heap.dictionaries.count - 1)
    }

    private mutating func makeObject(of type: PickleValue) throws {
        guard case .global = type else { throw PickleFault("it makes an object of \(type.kind)") }
        stack.append(object())
    }

    private mutating func append(_ items: [PickleValue]) throws {
        switch try top() {
        case .list(let index): heap.lists[index] += items
        case .object: break
        case let target: throw PickleFault("it appends to \(target.kind)")
        }
    }

    /// - Parameter items: keys and values in turn
    mutating func insert(_ items: [PickleValue], into target: PickleValue) throws {
        let index: Int
        switch target {
        case .dictionary(let place), .object(let place): index = place
        default: throw PickleFault("it sets items of \(target.kind)")
        }
        guard items.count % 2 == 0 else { throw PickleFault("a key has no value") }
        for place in stride(from: 0, to: items.count, by: 2) {
            let key: PickleKey
            switch items[place] {
            case .text(let text): key = .text(text)
            case .integer(let number): key = .integer(number)
            case .list, .dictionary, .tensor: throw PickleFault("a dictionary's key is \(items[place].kind)")
            default: key = .other(heap.dictionaries[index].pairs.count)
            }
            guard heap.dictionaries[index].keys.insert(key).inserted else { throw PickleFault("a key comes twice") }
            heap.dictionaries[index].pairs.append((key, items[place + 1]))
        }
    }

    /// A module's state dict carries its versions as an attribute, which says nothing about the weights.
    private func ignoreAttributes(_ state: PickleValue, of target: PickleValue) throws {
        if case .object = target { return }
        guard case .dictionary(let index) = target, heap.dictionaries[index].isOrdered, case .dictionary = state else {
            throw PickleFault("it gives attributes to \(target.kind)")
        }
    }
}

/// What is wrong with a pickle, where the operation that shows it is known to the caller.
struct PickleFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension [PickleValue] {
    fileprivate var pair: (PickleValue, PickleValue) { (self[0], self[1]) }
}
