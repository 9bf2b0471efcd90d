extension ParameterForm {
    /// In which of several forms a value is taken, as a recipe gives it or as it is once it has been checked: as a choice
    /// that holds this very word, for a file might have that name; else in the first form that it fits as a whole; else in
    /// the first that is of its type, so that it can be said what is wrong with it.
    public static func taken(by value: Value, among forms: [ParameterForm]) -> ParameterForm? {
        forms.first { if case .choice = $0 { $0.fits(value) } else { false } }
            ?? forms.first { $0.fits(value) }
            ?? forms.first { $0.isOfType(of: value) }
    }

    /// Whether a value is of the form's type, whatever else may be wrong with it.
    public func isOfType(of value: Value) -> Bool {
        switch (self, value) {
        case (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .bool), (.list, .list),
            (.object, .map), (.map, .map), (.optional, .null), (.text, .string), (.choice, .string), (.file, .string),
            (.path, .string), (.axis, .string):
            true
        case (.optional(let form), _): form.isOfType(of: value)
        case (.oneOf(let forms), _): forms.contains { $0.isOfType(of: value) }
        default: false
        }
    }

    /// Whether a value has the form with all that is in it; whether files and axes are there is not asked.
    private func fits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.choice(let choices, let others), .string(let text)):
            choices.contains(text) || others.taken[text] != nil
        case (.optional(let form), _): value == .null || form.fits(value)
        case (.list(let form), .list(let items)): items.allSatisfy { form.fits($0) }
        case (.object(let fields), .map(let entries)):
            entries.allSatisfy { name, value in fields.contains { $0.name == name && $0.form.fits(value) } }
        case (.map(let form), .map(let entries)): entries.values.allSatisfy { form.fits($0) }
        case (.oneOf(let forms), _): forms.contains { $0.fits(value) }
        default: isOfType(of: value)
        }
    }
}
