import Graph

/// The cells of a set of axes: what a node with these axes runs over.
final class CellTable {
    /// In the order declared.
    let axes: [Int]
    /// For each cell, indices into the values of `axes`.
    let cells: [[Int]]
    let names: [Cell]
    /// Where each cell is in `cells`.
    let index: [[Int]: Int]

    init(axes: [Int], cells: [[Int]], in all: [Axis]) {
        self.axes = axes
        self.cells = cells
        let coordinates = axes.map { axis in
            all[axis].values.map { Cell.Coordinate(axis: all[axis].name, value: $0.value) }
        }
        names = cells.map { cell in Cell(zip(coordinates, cell).map { $0[$1] }) }
        index = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($0.element, $0.offset) })
    }

    var count: Int { cells.count }
}
