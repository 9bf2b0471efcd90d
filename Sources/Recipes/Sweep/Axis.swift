import Graph

/// A dimension of a sweep.
struct Axis: Sendable {
    let name: String
    /// Where the recipe declares it.
    let location: SourceLocation
    /// Each value once; `include` may add some at the end.
    var values: [LocatedValue]
    /// Indices into `values` in the order written, where a zipped axis may repeat one.
    var order: [Int]
    /// Whether `--set` gave the values.
    let isSet: Bool
    /// The values that the recipe itself declares, where `--set` replaced them.
    let replaced: [Value]
    /// Its values could not be read; whatever depends on them is not checked.
    let isBroken: Bool

    func index(of value: Value) -> Int? { values.firstIndex { isSame($0.value, value) } }
}

/// Whether two axis values are one: 1 and 1.0 are.
func isSame(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.integer(let integer), .number(let number)), (.number(let number), .integer(let integer)):
        Double(integer) == number
    default: a == b
    }
}
