/// Cells over some axes of a sweep, held by column.
final class CellTable: Sendable {
    /// In the order declared.
    let axes: [Int]
    /// By axis of `axes`: for each cell, an index into the axis's values.
    let columns: [[Int32]]
    let count: Int

    init(axes: [Int], columns: [[Int32]], count: Int) {
        self.axes = axes
        self.columns = columns
        self.count = count
    }

    /// The one cell that no axis touches.
    static let single = CellTable(axes: [], columns: [], count: 1)

    /// An index into the values of `axis`, which is one of the table's.
    func value(of axis: Int, at cell: Int) -> Int? {
        axes.firstIndex(of: axis).map { Int(columns[$0][cell]) }
    }

    func picking(_ cells: [Int32]) -> CellTable {
        CellTable(axes: axes, columns: columns.map { column in cells.map { column[Int($0)] } }, count: cells.count)
    }

    /// The table followed by the cells of another over the same axes.
    func appending(_ other: CellTable) -> CellTable {
        CellTable(axes: axes, columns: zip(columns, other.columns).map { $0 + $1 }, count: count + other.count)
    }

    /// Every combination, the other table's cells varying faster. The two have no axis in common.
    func crossed(with other: CellTable) -> CellTable {
        let slow = columns.map { column in column.flatMap { repeatElement($0, count: other.count) } }
        let fast = other.columns.map { column in Array(repeatElement(column, count: count).joined()) }
        let all = zip(axes + other.axes, slow + fast).sorted { $0.0 < $1.0 }
        return CellTable(axes: all.map(\.0), columns: all.map(\.1), count: count * other.count)
    }

    /// What the cells are on the axes of `set` alone: each once, in the order in which they first appear.
    func restricted(to set: AxisSet) -> CellTable {
        let places = axes.indices.filter { set.contains(axes[$0]) }
        let kept = CellTable(axes: places.map { axes[$0] }, columns: places.map { columns[$0] }, count: count)
        return places.count == axes.count ? self : kept.distinct
    }

    /// Each cell once.
    var distinct: CellTable {
        let firsts = CellNumbering(self, over: AxisSet(axes)).firsts
        return firsts.count == count ? self : picking(firsts)
    }
}
