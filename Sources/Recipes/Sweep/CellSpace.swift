import Graph

/// All the cells of a sweep, and for each set of axes the cells that a node with these axes has: the projection of all
/// the cells to its axes, each once, in order.
final class CellSpace {
    /// Axes that vary together: one alone, or those of a `zip`.
    struct Group {
        let axes: [Int]
        /// For each step, indices into the values of `axes`; no two are equal.
        let rows: [[Int]]

        init(axes: [Int], rows: [[Int]]) {
            self.axes = axes
            self.rows = CellSpace.distinct(rows)
        }
    }

    static let mostCells = 100_000

    let axes: [Axis]
    private let groups: [Group]
    /// Every cell, where `include` or `exclude` make them other than a product.
    private let listed: [[Int]]?
    private var tables: [AxisSet: CellTable] = [:]
    private var projections: [[AxisSet]: [Int]] = [:]

    /// - Parameter listed: for each cell, an index into the values of every axis.
    init(axes: [Axis], groups: [Group], listed: [[Int]]?) {
        self.axes = axes
        self.groups = groups
        self.listed = listed
    }

    /// The axes that vary together with `axis`, itself among them.
    func group(of axis: Int) -> AxisSet {
        AxisSet(groups.first { $0.axes.contains(axis) }?.axes ?? [axis])
    }

    /// How many cells there are over `set`; nil for more than `mostCells`.
    func count(of set: AxisSet) -> Int? {
        if listed != nil { return table(of: set).count }
        var count = 1
        for group in groups {
            let (product, overflow) = count.multipliedReportingOverflow(by: Self.rows(of: group, in: set).count)
            guard !overflow, product <= Self.mostCells else { return nil }
            count = product
        }
        return count
    }

    /// - Precondition: `count(of: set)` is known.
    func table(of set: AxisSet) -> CellTable {
        if let known = tables[set] { return known }
        let indices = set.indices
        let cells: [[Int]]
        if let listed {
            cells = Self.distinct(listed.map { cell in indices.map { cell[$0] } })
        } else {
            cells = Self.product(groups, of: set, axisCount: axes.count).map { cell in indices.map { cell[$0] } }
        }
        let table = CellTable(axes: indices, cells: cells, in: axes)
        tables[set] = table
        return table
    }

    /// For each cell over `set`, the index of the cell over `part` in which it lies.
    ///
    /// - Precondition: `part` is a part of `set`.
    func projection(from set: AxisSet, to part: AxisSet) -> [Int] {
        if let known = projections[[set, part]] { return known }
        let (whole, target) = (table(of: set), table(of: part))
        let places = target.axes.map { axis in whole.axes.firstIndex(of: axis) ?? 0 }
        let projection =
            set == part
            ? Array(0..<whole.count)
            : whole.cells.map { cell in target.index[places.map { cell[$0] }] ?? 0 }
        projections[[set, part]] = projection
        return projection
    }

    /// The values of a cell of `table`, by axis of the recipe.
    func values(of cell: Int, in table: CellTable) -> [LocatedValue?] {
        var values = [LocatedValue?](repeating: nil, count: axes.count)
        for (axis, value) in zip(table.axes, table.cells[cell]) { values[axis] = axes[axis].values[value] }
        return values
    }

    /// Every combination of the groups' rows, the last group varying fastest; axes outside `set` stay at 0.
    static func product(_ groups: [Group], of set: AxisSet, axisCount: Int) -> [[Int]] {
        var cells = [[Int](repeating: 0, count: axisCount)]
        for group in groups {
            let kept = group.axes.filter(set.contains)
            if kept.isEmpty { continue }
            let rows = rows(of: group, in: set)
            cells = cells.flatMap { cell in
                rows.map { row in
                    var next = cell
                    for (axis, value) in zip(kept, row) { next[axis] = value }
                    return next
                }
            }
        }
        return cells
    }

    private static func rows(of group: Group, in set: AxisSet) -> [[Int]] {
        let places = group.axes.indices.filter { set.contains(group.axes[$0]) }
        if places.isEmpty { return [[]] }
        if places.count == group.axes.count { return group.rows }
        return distinct(group.rows.map { row in places.map { row[$0] } })
    }

    private static func distinct(_ rows: [[Int]]) -> [[Int]] {
        var known: Set<[Int]> = []
        return rows.filter { known.insert($0).inserted }
    }
}
