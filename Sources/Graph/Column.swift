/// A value for each cell of a node, held once where cells share it.
public struct Column<Element: Sendable>: Sendable {
    private let distinct: [Element]
    /// By cell: an index into `distinct`.
    private let places: [Int32]

    public init(_ distinct: [Element], places: [Int32]) {
        self.distinct = distinct
        self.places = places
    }

    public subscript(cell: Int) -> Element { distinct[Int(places[cell])] }
}
