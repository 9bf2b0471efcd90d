/// What a pickle may hold here: plain data, tensors, and objects of which nothing is known. Containers are places in a `PickleHeap`, so a pickle that
/// refers to itself, or nests without end, is only numbers in arrays.
enum PickleValue: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    /// Little-endian, two's complement, beyond 64 bits.
    case longInteger([UInt8])
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    /// Of a class of which nothing is known: its items, if it is given any, as a dictionary; all else is let go.
    case object(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)

    /// Follows "found ".
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a boolean"
        case .integer, .longInteger: "an integer"
        case .real: "a number"
        case .text: "text"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dictionary"
        case .object: "an object"
        case .global(let global): global.name
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// A dictionary's key.
enum PickleKey: Hashable, Sendable {
    case text(String)
    case integer(Int)
    /// Of a kind that names no weights, such as a class, by its number: no two are taken for the same.
    case other(Int)
}

struct PickleDictionary: Sendable {
    /// `collections.OrderedDict`, which may carry attributes.
    let isOrdered: Bool
    var pairs: [(key: PickleKey, value: PickleValue)] = []
    var keys: Set<PickleKey> = []

    subscript(text: String) -> PickleValue? {
        keys.contains(.text(text)) ? pairs.first { $0.key == .text(text) }?.value : nil
    }
}

/// Numbers of one type that tensors share.
struct PickleStorage: Hashable, Sendable {
    /// The name that its bytes are found by.
    let key: String
    let type: ElementType
    /// Elements of the whole storage under `key`.
    let count: Int
    /// The part of it, in elements, that tensors count from.
    let window: Range<Int>
}

struct PickleTensor: Sendable {
    let storage: PickleStorage
    /// The storage's, where that has one.
    let type: ElementType
    let layout: StridedLayout
}

/// Everything that one pickle made.
struct PickleHeap: Sendable {
    var tuples: [[PickleValue]] = []
    var lists: [[PickleValue]] = []
    var dictionaries: [PickleDictionary] = []
    var storages: [PickleStorage] = []
    var tensors: [PickleTensor] = []
}
