/// A value for each cell of a node, held once where cells share it.
public struct Column<Element: Sendable>: Sendable {
    private let distinct: [Element]
    /// By cell: an index into `distinct`.
    private let places: [Int32]

    public init(_ distinct: [Element], places: [Int32]) {
        self.distinct = distinct
        self.places = places
    }

    /// The values beside that of a cell, in the order in which they come.
    func neighbours(of cell: Int) -> [Element] {
        let place = Int(places[cell])
        return [place - 1, place + 1].filter(distinct.indices.contains).map { distinct[$0] }
    }

    public subscript(cell: Int) -> Element { distinct[Int(places[cell])] }
}
