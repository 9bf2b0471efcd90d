import Graph

/// What a scalar of a recipe is once its dollars are read.
enum WrittenScalar {
    case value(Value)
    case reference(Reference)
    /// Text with values to insert; a single insertion alone keeps the value's type.
    case pieces([Piece])

    enum Piece {
        case text(String)
        case insertion(Name, Attribute?)
    }
}

/// Reads the dollars in scalars: `$node`, `${name}`, `$$`.
struct ScalarReader {
    let diagnostics: DiagnosticCollector

    /// nil when the scalar is no good, which has then been reported.
    func read(_ scalar: Scalar) -> WrittenScalar? {
        guard scalar.text.utf8.contains(UInt8(ascii: "$")) else { return .value(scalar.value) }
        var cursor = Cursor(scalar)
        if cursor.peek == "$", let next = cursor.peekSecond, isNameStart(next) {
            guard let reference = reference(&cursor) else { return nil }
            guard cursor.isAtEnd else {
                let name = reference.node.text
                diagnostics.error(
                    "\(code("$" + name)) refers to a node only when it stands alone",
                    at: reference.location,
                    hint: "write `${\(name)}` to insert the value of a param or axis, or `$$` for a dollar"
                )
                return nil
            }
            return .reference(reference)
        }
        return pieces(&cursor).map { .pieces($0) }
    }

    /// A reference at the start of an expectation, and the rest of it.
    func readPrefix(_ scalar: Scalar) -> (reference: Reference, rest: Cursor)? {
        var cursor = Cursor(scalar)
        guard cursor.peek == "$", let next = cursor.peekSecond, isNameStart(next) else {
            diagnostics.error(
                "an expectation begins with the field of a node",
                at: scalar.location,
                hint: MisspeltExpectation(scalar.text).hintForStart
            )
            return nil
        }
        return reference(&cursor).map { ($0, cursor) }
    }

    private func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        isNameCharacter(scalar) && scalar != "-" && !("0"..."9").contains(scalar)
    }

    // MARK: ${name} and $$

    private func pieces(_ cursor: inout Cursor) -> [WrittenScalar.Piece]? {
        var pieces: [WrittenScalar.Piece] = []
        var literal = String.UnicodeScalarView()
        func flush() {
            if !literal.isEmpty { pieces.append(.text(String(literal))) }
            literal.removeAll()
        }
        while let scalar = cursor.next() {
            guard scalar == "$" else {
                literal.append(scalar)
                continue
            }
            let start = cursor.position - 1
            switch cursor.peek {
            case "$":
                _ = cursor.next()
                literal.append("$")
            case "{":
                _ = cursor.next()
                let inner = cursor.take { $0 != "}" }.text.split(separator: ".", maxSplits: 1).map(String.init)
                guard cursor.next() == "}", let name = inner.first, isName(name) else {
                    diagnostics.error(
                        "`${` needs the name of a param or axis, and a `}`",
                        at: cursor.location(start..<cursor.position),
                        hint: "write `${name}`, or `$$` for a dollar"
                    )
                    return nil
                }
                let place = cursor.location(start..<cursor.position)
                let attribute = inner.dropFirst().first.map { Attribute(rawValue: $0) }
                if let attribute, attribute == nil {
                    let all = Attribute.allCases.map(\.rawValue)
                    diagnostics.error(
                        "a value has no \(code(inner[1]))",
                        at: place,
                        hint: diagnostics.suggestion(for: inner[1], among: all)
                            ?? "write \(enumeration(all.map { "`${\(name).\($0)}`" }, "or"))"
                    )
                    return nil
                }
                flush()
                pieces.append(.insertion(Name(text: name, location: place), attribute ?? nil))
            default:
                let name = cursor.take(while: isNameCharacter)
                diagnostics.error(
                    "a `$` here inserts nothing",
                    at: cursor.location(start..<cursor.position),
                    hint: isName(name.text)
                        ? "write `${\(name.text)}` to insert the value of a param or axis, or `$$` for a dollar"
                        : "write `$$` for a dollar"
                )
                return nil
            }
        }
        flush()
        return pieces
    }

    // MARK: $node[...].field

    private func reference(_ cursor: inout Cursor) -> Reference? {
        let start = cursor.position
        _ = cursor.next()
        let bare = cursor.take(while: isNameCharacter)
        let name = Name(text: bare.text, location: cursor.location(start..<cursor.position))
        var selectors = Reference(node: name, location: name.location)
        if cursor.peek == "[" {
            let opening = cursor.position
            _ = cursor.next()
            guard readSelectors(&cursor, into: &selectors), cursor.next() == "]" else {
                diagnostics.error(
                    "the selection of cells is not readable",
                    at: cursor.location(opening..<cursor.position),
                    hint: "write `[*]` to gather a sweep, or `[axis=value]` to pick from it"
                )
                return nil
            }
        }
        if cursor.peek == ".", let next = cursor.peekSecond, isNameStart(next) {
            _ = cursor.next()
            selectors.field = cursor.take(while: isNameCharacter)
        }
        var reference = Reference(node: name, location: cursor.location(start..<cursor.position))
        reference.gathersAll = selectors.gathersAll
        reference.gathered = selectors.gathered
        reference.pins = selectors.pins
        reference.field = selectors.field
        return reference
    }

    private func readSelectors(_ cursor: inout Cursor, into reference: inout Reference) -> Bool {
        while true {
            cursor.skipSpaces()
            if cursor.peek == "*" {
                _ = cursor.next()
                reference.gathersAll = true
            } else {
                let axis = cursor.take(while: isNameCharacter)
                cursor.skipSpaces()
                guard isName(axis.text), cursor.next() == "=" else { return false }
                cursor.skipSpaces()
                let value = cursor.take { $0 != "," && $0 != "]" }.trimmed()
                guard !value.text.isEmpty else { return false }
                if value.text == "*" {
                    reference.gathered.append(axis)
                } else {
                    reference.pins.append(Reference.Pin(axis: axis, value: value))
                }
            }
            cursor.skipSpaces()
            guard cursor.peek == "," else { return true }
            _ = cursor.next()
        }
    }
}

extension Name {
    /// Without the spaces after it, and without quotes around it.
    fileprivate func trimmed() -> Name {
        var text = Substring(text)
        while text.hasSuffix(" ") { text = text.dropLast() }
        for quote in ["\"", "'"] where text.count > 1 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            text = text.dropFirst().dropLast()
        }
        return Name(text: String(text), location: location)
    }
}
