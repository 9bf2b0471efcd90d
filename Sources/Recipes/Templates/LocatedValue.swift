import Graph

/// A value with the place where it was written, so that a problem with it can be shown there.
struct LocatedValue {
    enum Content {
        case scalar(Value)
        case list([LocatedValue])
        case map([(key: Scalar, value: LocatedValue)])
    }

    let content: Content
    /// Where the value is used.
    let location: SourceLocation
    /// The file (or command line) from whose folder a relative path in this value starts.
    let origin: String
    var insertion = Insertion.none

    /// Where the value comes from, if it is not written where it is used.
    enum Insertion {
        case none
        case from(SourceLocation, note: String)
        /// From the axes that a template mentions. That is all that is kept for each cell of a sweep.
        case axes(AxisSet, SweepCell)
    }

    /// Where it was written, if that is not where it is used.
    var notes: [Diagnostic.Note] {
        switch insertion {
        case .none: []
        case .from(let location, let note): [Diagnostic.Note(note, at: location)]
        case .axes(let axes, let cell):
            axes.indices.compactMap { cell[$0] }.map { Diagnostic.Note("this is the axis value", at: $0.location) }
        }
    }

    var value: Value {
        switch content {
        case .scalar(let value): value
        case .list(let items): .list(items.map(\.value))
        case .map(let entries):
            .map(Dictionary(entries.map { ($0.key.text, $0.value.value) }, uniquingKeysWith: { a, _ in a }))
        }
    }

    /// This value as inserted at another place.
    func inserted(at place: SourceLocation, note: String) -> LocatedValue {
        let content: Content =
            switch content {
            case .scalar(let value): .scalar(value)
            case .list(let items): .list(items.map { $0.inserted(at: place, note: note) })
            case .map(let entries): .map(entries.map { ($0.key, $0.value.inserted(at: place, note: note)) })
            }
        return LocatedValue(
            content: content,
            location: place,
            origin: origin,
            insertion: .from(location, note: note)
        )
    }
}
