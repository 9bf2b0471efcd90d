import Graph

/// A value without any text within the name of an output: `${name}.png` where `name` is empty.
struct EmptyInsertion {
    enum Effect {
        /// A file or folder is left without a name: `.png`
        case noName
        /// A separator is left without what it separates: `-1.png`
        case bareSeparator
    }

    let name: String
    /// nil for a param.
    let axis: Int?
    let effect: Effect
    /// Where the value is given.
    let location: SourceLocation?

    /// - Returns: the empty values at a cell that leave a name odd, in the order written
    static func all(in name: OutputName, at cell: SweepCell, scope: Scope) -> [EmptyInsertion] {
        let texts = name.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .insertion(let name, let attribute): text(name.text, attribute, at: cell, scope: scope)
            }
        }
        return zip(name.pieces.indices, name.pieces).compactMap { place, piece in
            guard case .insertion(let inserted, _) = piece, texts[place].isEmpty else { return nil }
            let before = texts[..<place].joined().last
            let after = texts[(place + 1)...].joined().first
            let begins = before == nil || before == "/"
            let ends = after == nil || after == "/" || after == "."
            guard begins || separators.contains(before ?? "/"), ends || separators.contains(after ?? "/") else {
                return nil
            }
            let axis = scope.axes[inserted.text]
            return EmptyInsertion(
                name: inserted.text,
                axis: axis,
                effect: begins && ends ? .noName : .bareSeparator,
                location: axis.map { cell[$0]?.location } ?? scope.params[inserted.text]?.value?.location
            )
        }
    }

    private static let separators = "-_. "

    private static func text(_ name: String, _ attribute: Attribute?, at cell: SweepCell, scope: Scope) -> String {
        if let param = scope.params[name] {
            let text = param.value?.value.description ?? ""
            return attribute?.text(of: text) ?? text
        }
        guard let axis = scope.axes[name] else { return "" }
        return attribute.map { cell.value(of: axis, $0).description } ?? cell.text(of: axis)
    }

    func report(_ path: String, at location: SourceLocation, to diagnostics: DiagnosticCollector) {
        let notes = self.location.map { [Diagnostic.Note("its value is given here", at: $0)] } ?? []
        let written = "`${\(printable(name, limit: 60))}`"
        let hint =
            axis == nil ? "give \(code(name)) a text" : "fill it in, or put `${\(name).index}` into the name instead"
        switch effect {
        case .noName:
            diagnostics.error(
                "\(written) is empty, which leaves \(code(path)) without a name",
                at: location,
                notes: notes,
                hint: hint
            )
        case .bareSeparator:
            diagnostics.warning(
                "\(written) is empty, which makes the name \(code(path))",
                at: location,
                notes: notes,
                hint: hint
            )
        }
    }
}
