import Graph

/// A value that may depend on axes, compiled once for all cells. Params have been put in.
struct Template {
    indirect enum Form {
        case constant(LocatedValue)
        /// `${axis}` alone, which keeps the value's type.
        case axis(Int, Attribute?)
        case text([Piece])
        case list([Template])
        case map([(key: Scalar, value: Template)])
    }

    enum Piece {
        case text(String)
        case axis(Int, Attribute?)
    }

    let form: Form
    let location: SourceLocation
    /// The file from whose folder a relative path starts; nil where the text begins with an axis value.
    let origin: String?
    /// The axes it mentions.
    let axes: AxisSet

    /// The value at a cell.
    ///
    /// - Parameter cell: over `axes`, and perhaps others.
    func value(at cell: SweepCell) -> LocatedValue {
        switch form {
        case .constant(let value): return value
        case .axis(let axis, let attribute):
            let value = cell[axis]
            return LocatedValue(
                content: attribute.map { .scalar(cell.value(of: axis, $0)) } ?? value?.content ?? .scalar(.null),
                location: location,
                origin: value?.origin ?? location.file,
                insertion: .axes(axes, cell)
            )
        case .text(let pieces):
            var text = ""
            for piece in pieces {
                switch piece {
                case .text(let literal): text += literal
                case .axis(let axis, nil): text += cell.text(of: axis)
                case .axis(let axis, let attribute?): text += cell.value(of: axis, attribute).description
                }
            }
            return LocatedValue(
                content: .scalar(.string(text)),
                location: location,
                origin: origin ?? beginning(of: pieces, at: cell),
                insertion: .axes(axes, cell)
            )
        case .list(let items):
            return LocatedValue(
                content: .list(items.map { $0.value(at: cell) }),
                location: location,
                origin: location.file
            )
        case .map(let entries):
            return LocatedValue(
                content: .map(entries.map { ($0.key, $0.value.value(at: cell)) }),
                location: location,
                origin: location.file
            )
        }
    }

    /// The file that gives the axis value with which a text begins.
    private func beginning(of pieces: [Piece], at cell: SweepCell) -> String {
        for case .axis(let axis, _) in pieces { return cell[axis]?.origin ?? location.file }
        return location.file
    }
}
