import Graph

/// A dimension of a sweep.
struct Axis {
    let name: String
    /// Where the recipe declares it.
    let location: SourceLocation
    /// Each value once; `include` may add some at the end.
    private(set) var values: [LocatedValue] = []
    /// Indices into `values` in the order written, where a zipped axis may repeat one.
    private(set) var order: [Int32] = []
    /// Whether `--set` gave the values.
    let isSet: Bool
    /// The values that the recipe itself declares, where `--set` replaced them.
    private let replaced: Set<Value>
    private var indices: [Value: Int] = [:]

    /// - Parameter replaced: the recipe's own values, where `--set` gives others.
    init(name: String, location: SourceLocation, isSet: Bool, replaced: [LocatedValue]) {
        self.name = name
        self.location = location
        self.isSet = isSet
        self.replaced = Set(replaced.map { Self.normal($0.value) })
    }

    /// Its values could not be read; whatever depends on them is not checked.
    var isBroken: Bool { values.isEmpty }

    func index(of value: Value) -> Int? { indices[Self.normal(value)] }

    /// As many values as the recipe itself declares, where `--set` leaves fewer of them.
    var narrowedFrom: Int? { isSet && values.count < replaced.count ? replaced.count : nil }

    /// Whether the recipe declares a value that `--set` has put aside.
    func hasReplaced(_ value: Value) -> Bool { replaced.contains(Self.normal(value)) }

    /// Adds the next value in the order written.
    ///
    /// - Returns: the index of the value, if the axis has it already.
    mutating func append(_ value: LocatedValue) -> Int? {
        if let first = index(of: value.value) {
            order.append(Int32(first))
            return first
        }
        order.append(Int32(add(value)))
        return nil
    }

    /// Adds a new value that is in no row of the axis itself, only in cells of `include`.
    mutating func add(_ value: LocatedValue) -> Int {
        indices[Self.normal(value.value)] = values.count
        values.append(value)
        return values.count - 1
    }

    /// 1 and 1.0 are one value.
    private static func normal(_ value: Value) -> Value {
        guard case .number(let number) = value, let integer = Int128(exactly: number) else { return value }
        return .integer(integer)
    }
}
