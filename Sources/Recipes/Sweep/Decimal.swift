import Graph

/// A number in decimal, so that a range from 0 by 0.1 holds 0.3 and not 0.30000000000000004.
struct Decimal {
    enum RangeError: Error { case noStep, empty, tooLong, tooFine }

    static let one = Decimal(digits: 1, places: 0, isInteger: true)

    /// The number times ten to the `places`.
    private var digits: Int128
    private var places: Int
    /// Whether it was written without a decimal point.
    private let isInteger: Bool

    private init(digits: Int128, places: Int, isInteger: Bool) {
        self.digits = digits
        self.places = places
        self.isInteger = isInteger
    }

    /// nil for what is no finite number.
    init?(_ value: Value) {
        switch value {
        case .integer(let integer): self.init(digits: integer, places: 0, isInteger: true)
        case .number(let number) where number.isFinite:
            // The shortest text that gives the number back: what the recipe wrote, or as good as that.
            let parts = "\(number)".split(separator: "e")
            let mantissa = parts[0].split(separator: ".")
            let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
            guard let digits = Int128(mantissa[0] + fraction) else { return nil }
            let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            self.init(digits: digits, places: fraction.count - exponent, isInteger: false)
            if places < 0 {
                guard places >= -30, let whole = Self.scaled(digits, by: -places) else { return nil }
                self.digits = whole
                places = 0
            }
        default: return nil
        }
    }

    /// `from`, `from + step`, ... as far as `to`, which is among them when it is reached exactly. Integers if all three
    /// are.
    static func range(from: Decimal, to: Decimal, step: Decimal, limit: Int) throws(RangeError) -> [Value] {
        let places = max(from.places, to.places, step.places)
        guard places <= 30, let first = scaled(from.digits, by: places - from.places),
            let last = scaled(to.digits, by: places - to.places),
            let stride = scaled(step.digits, by: places - step.places)
        else { throw .tooFine }
        guard stride != 0 else { throw .noStep }
        guard stride > 0 ? first <= last : first >= last else { throw .empty }
        let (distance, overflow) = last.subtractingReportingOverflow(first)
        guard !overflow else { throw .tooFine }
        guard distance / stride < limit else { throw .tooLong }
        let isInteger = from.isInteger && to.isInteger && step.isInteger
        return (0...Int(distance / stride)).map { i in
            let digits = first + Int128(i) * stride
            return isInteger ? .integer(digits) : .number(Double("\(digits)e-\(places)") ?? .nan)
        }
    }

    private static func scaled(_ digits: Int128, by places: Int) -> Int128? {
        var digits = digits
        for _ in 0..<places {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            digits = product
        }
        return digits
    }
}
