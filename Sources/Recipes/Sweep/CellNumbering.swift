/// Numbers cells by what they are on some axes: equal ones alike, in the order in which they first appear.
struct CellNumbering {
    /// By cell.
    private(set) var numbers: [Int32]
    /// By number, the first cell that has it.
    private(set) var firsts: [Int32]

    init(_ table: CellTable, over set: AxisSet) {
        numbers = Array(repeating: 0, count: table.count)
        firsts = table.count > 0 ? [0] : []
        for (axis, column) in zip(table.axes, table.columns) where set.contains(axis) { split(by: column) }
    }

    /// Tells apart those of one number that differ in `column`.
    private mutating func split(by column: [Int32]) {
        let size = Int(column.max() ?? 0) + 1
        if firsts.count == 1, size == 1 { return }
        firsts.removeAll(keepingCapacity: true)
        var known: [Int: Int32] = [:]
        for cell in numbers.indices {
            let pair = Int(numbers[cell]) * size + Int(column[cell])
            if let number = known[pair] {
                numbers[cell] = number
            } else {
                known[pair] = Int32(firsts.count)
                numbers[cell] = Int32(firsts.count)
                firsts.append(Int32(cell))
            }
        }
    }
}
