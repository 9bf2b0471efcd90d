import Graph

/// All the cells of a sweep, and for each set of axes the cells that a node with these axes has: the projection of all
/// the cells to its axes, each once, in order.
final class CellSpace {
    static let mostCells = 100_000

    let axes: [Axis]
    /// By axis and value, as cells name it.
    let coordinates: [[Cell.Coordinate]]
    /// By axis and value, as templates insert it in a text.
    let texts: [[String]]
    /// Axes that vary together, one alone or those of a `zip`, with their steps, each once.
    private let groups: [CellTable]
    /// The axes of each `zip`, also where their values do not match, so that they could not be put together.
    private let bound: [AxisSet]
    /// Whether all of `zip`, `include` and `exclude` could be read: else there may be cells that the recipe does not mean.
    let isSound: Bool
    /// Every cell, where `include` or `exclude` make them other than a product.
    private let listed: CellTable?
    private var tables: [AxisSet: CellTable] = [:]
    private var projections: [[AxisSet]: [Int32]] = [:]

    init(axes: [Axis], groups: [CellTable], bound: [AxisSet], isSound: Bool, listed: CellTable?) {
        self.axes = axes
        self.groups = groups
        self.bound = bound
        self.isSound = isSound
        self.listed = listed
        coordinates = axes.map { axis in
            axis.values.map { Cell.Coordinate(axis: axis.name, value: $0.value) }
        }
        texts = axes.map { axis in axis.values.map(\.value.description) }
    }

    /// The axes that vary together with `axis`, itself among them.
    func group(of axis: Int) -> AxisSet { bound.first { $0.contains(axis) } ?? AxisSet(axis) }

    /// How many cells there are over `set`; nil for more than `mostCells`.
    func count(of set: AxisSet) -> Int? {
        listed != nil ? table(of: set).count : Self.productCount(groups(in: set))
    }

    /// - Precondition: `count(of: set)` is known.
    func table(of set: AxisSet) -> CellTable {
        if let known = tables[set] { return known }
        let table = listed?.restricted(to: set) ?? Self.product(groups(in: set))
        tables[set] = table
        return table
    }

    /// For each cell over `set`, the index of the cell over `part` in which it lies.
    ///
    /// - Precondition: `part` is a part of `set`.
    func projection(from set: AxisSet, to part: AxisSet) -> [Int32] {
        if let known = projections[[set, part]] { return known }
        let table = table(of: set)
        // The cells over `part` are in the order in which they first appear among those over `set`.
        let projection =
            set == part ? Array(0..<Int32(table.count)) : CellNumbering(table, over: part).numbers
        projections[[set, part]] = projection
        return projection
    }

    /// `style=neon seed=1`: a cell of `table` by name.
    func name(of cell: Int, in table: CellTable) -> Cell {
        Cell(zip(table.axes, table.columns).map { coordinates[$0][Int($1[cell])] })
    }

    private func groups(in set: AxisSet) -> [CellTable] {
        groups.filter { !(AxisSet($0.axes) & set).isEmpty }.map { $0.restricted(to: set) }
    }

    /// Every combination, the last table's cells varying fastest.
    static func product(_ tables: [CellTable]) -> CellTable { tables.reduce(.single) { $0.crossed(with: $1) } }

    /// How many cells the product has; nil for more than `mostCells`.
    static func productCount(_ tables: [CellTable]) -> Int? {
        var count = 1
        for table in tables {
            let (product, overflow) = count.multipliedReportingOverflow(by: table.count)
            guard !overflow, product <= mostCells else { return nil }
            count = product
        }
        return count
    }
}

/// One cell of a sweep, with the values that templates insert.
struct SweepCell {
    let space: CellSpace
    let table: CellTable
    let index: Int

    /// nil for an axis that the cell is not over.
    subscript(axis: Int) -> LocatedValue? {
        table.value(of: axis, at: index).map { space.axes[axis].values[$0] }
    }

    /// A part of an axis's value.
    func value(of axis: Int, _ attribute: Attribute) -> Value {
        if let text = attribute.text(of: text(of: axis)) { return .string(text) }
        return table.value(of: axis, at: index).map { .integer(Int128($0 + 1)) } ?? .null
    }

    /// The value of an axis as a template inserts it in a text.
    func text(of axis: Int) -> String { table.value(of: axis, at: index).map { space.texts[axis][$0] } ?? "" }
}
