import Graph

/// An item of `exclude`: a cell is excluded if on each of these axes it has one of the values.
struct Exclusion {
    let location: SourceLocation
    /// By index into the axis's values; none is empty.
    let match: [(axis: Int, values: Set<Int>)]
}

/// Takes cells away from a sweep. Each exclusion looks only at the cells that have its rarest values, so that a
/// thousand of them do not each go through a hundred thousand cells.
struct ExcludedCells {
    private let cells: CellTable
    private var isExcluded: [Bool]
    /// By axis and value, the cells that have it.
    private var places: [Int: [Int: [Int]]] = [:]

    /// - Parameter cells: over all axes.
    init(_ cells: CellTable) {
        self.cells = cells
        isExcluded = Array(repeating: false, count: cells.count)
    }

    var remaining: CellTable { cells.picking((0..<Int32(cells.count)).filter { !isExcluded[Int($0)] }) }

    /// How many cells this exclusion takes that no earlier one has taken.
    mutating func add(_ exclusion: Exclusion) -> Int {
        var rarest: [Int]?
        for (axis, values) in exclusion.match {
            if places[axis] == nil {
                places[axis] = Dictionary(grouping: 0..<cells.count) { Int(cells.columns[axis][$0]) }
            }
            let having = values.flatMap { places[axis]?[$0] ?? [] }
            if having.count < rarest?.count ?? .max { rarest = having }
        }
        var count = 0
        for cell in rarest ?? [] where !isExcluded[cell] {
            let isMatch = exclusion.match.allSatisfy { axis, values in values.contains(Int(cells.columns[axis][cell])) }
            guard isMatch else { continue }
            isExcluded[cell] = true
            count += 1
        }
        return count
    }
}
