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
    /// The values that the recipe itself declares, in the order written, where other values may take their place.
    let declared: [LocatedValue]
    private let replaced: Set<Value>
    private var indices: [Value: Int] = [:]

    /// - Parameter declared: the recipe's own values.
    init(name: String, location: SourceLocation, isSet: Bool, declared: [LocatedValue]) {
        self.name = name
        self.location = location
        self.isSet = isSet
        self.declared = declared
        replaced = Set(declared.map { Self.normal($0.value) })
    }

    /// The axis with these of the declared values alone, by their places; with none of them it is broken.
    func keeping(_ places: [Int]) -> Axis {
        var axis = Axis(name: name, location: location, isSet: isSet, declared: declared)
        for place in places { _ = axis.append(declared[place]) }
        return axis
    }

    /// The places at which the recipe itself has a value.
    func places(of value: Value) -> [Int] {
        declared.indices.filter { Self.normal(declared[$0].value) == Self.normal(value) }
    }

    /// Its values could not be read; whatever depends on them is not checked.
    var isBroken: Bool { values.isEmpty }

    func index(of value: Value) -> Int? { indices[Self.normal(value)] }

    /// As many values as the recipe itself declares, where `--set` leaves fewer of them.
    var narrowedFrom: Int? { isSet && values.count < replaced.count ? replaced.count : nil }

    /// Whether the recipe itself declares a value, which `--set` may have put aside.
    func declares(_ value: Value) -> Bool { replaced.contains(Self.normal(value)) }

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
