import Graph

/// A value that may depend on axes, compiled once for all cells. Params have been put in.
struct Template: Sendable {
    indirect enum Form: Sendable {
        case constant(LocatedValue)
        /// `${axis}` alone, which keeps the value's type.
        case axis(Int)
        case text([Piece])
        case list([Template])
        case map([(key: Scalar, value: Template)])
    }

    enum Piece: Sendable {
        case text(String)
        case axis(Int)
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
        case .axis(let axis):
            guard let value = cell[axis] else { return nothing }
            return value.inserted(at: location, note: "this is the axis value")
        case .text(let pieces):
            var text = ""
            var notes: [Diagnostic.Note] = []
            var origin = origin
            for piece in pieces {
                switch piece {
                case .text(let literal): text += literal
                case .axis(let axis):
                    guard let value = cell[axis] else { return nothing }
                    text += value.value.description
                    notes.append(Diagnostic.Note("this is the axis value", at: value.location))
                    origin = origin ?? value.origin
                }
            }
            return LocatedValue(
                content: .scalar(.string(text)),
                location: location,
                origin: origin ?? location.file,
                notes: notes
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

    private var nothing: LocatedValue {
        LocatedValue(content: .scalar(.null), location: location, origin: location.file)
    }
}
