/// A text where a number is wanted, and what was probably meant by it: `20dB`, `1%`, `0,5`, `0..1`.
struct WrittenNumber {
    private let text: String

    init(_ text: String) { self.text = text.filter { $0 != " " } }

    /// - Parameter isSetting: whether it stands behind `--set`, where several values are likelier than a decimal comma.
    func hint(isSetting: Bool = false) -> String? {
        if let bounds = range { return "a range of an axis is written `{from: \(bounds.from), to: \(bounds.to)}`" }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts.allSatisfy({ PlainScalar.number($0) != nil }) {
            if !isSetting, parts.count == 2 { return "write \(parts[0]).\(parts[1])" }
            return "several values of an axis are written `[\(parts.joined(separator: ", "))]`"
        }
        if let bare = quoted { return "leave the quotes out: \(bare)" }
        guard let (number, unit) = numberAndUnit else { return nil }
        if unit == "%", let share = Double(number) { return "write \(plain(share / 100)) or \(number)/100" }
        return unit.allSatisfy { $0.isLetter || $0 == "°" } ? "leave the unit out: \(number)" : nil
    }

    private var range: (from: String, to: String)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        let (from, to) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...].drop { $0 == "." }))
        guard PlainScalar.number(from) != nil, PlainScalar.number(to) != nil else { return nil }
        return (from, to)
    }

    private var quoted: String? {
        guard text.count > 2, let quote = text.first, quote == text.last, "\"'".contains(quote) else { return nil }
        let bare = String(text.dropFirst().dropLast())
        return PlainScalar.number(bare) == nil ? nil : bare
    }

    private var numberAndUnit: (number: String, unit: String)? {
        let number = String(text.prefix { $0.isNumber || "+-.".contains($0) })
        let unit = String(text.dropFirst(number.count))
        return PlainScalar.number(number) == nil || unit.isEmpty ? nil : (number, unit)
    }
}
