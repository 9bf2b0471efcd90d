/// Judges the settings of one kind of network where they are read: sizes against what any network has, and against each
/// other. Every complaint names the setting by its key.
struct SettingsCheck {
    /// As messages call the network.
    let model: String

    /// What any width, length or number of channels may be: products of three do not overflow.
    static let sizes = 1...1 << 16
    /// How often something is repeated.
    static let layers = 1...256

    /// - Throws: `ModelConfigError.invalid` unless it holds
    func require(_ holds: Bool, _ key: String, _ value: some Any, _ reason: @autoclosure () -> String) throws {
        guard holds else {
            throw ModelConfigError.invalid(model: model, key: key, value: "\(value)", reason: reason())
        }
    }

    /// - Throws: `ModelConfigError.invalid` outside the range
    func size(_ value: Int, _ key: String, in range: ClosedRange<Int> = sizes) throws {
        try require(
            range.contains(value),
            key,
            value,
            "\(range.lowerBound) to \(range.upperBound) are expected"
        )
    }

    /// - Parameter count: how many there must be
    /// - Throws: `ModelConfigError.invalid` for another number of them, or one outside the range
    func sizes(_ values: [Int], _ key: String, in range: ClosedRange<Int> = sizes, count: Int) throws {
        try require(
            values.count == count && values.allSatisfy(range.contains),
            key,
            values,
            "\(count) of \(range.lowerBound) to \(range.upperBound) are expected"
        )
    }

    /// What keeps a norm from dividing by zero.
    ///
    /// - Throws: `ModelConfigError.invalid` for what would let it, or would drown what is normalised
    func epsilon(_ value: Float, _ key: String) throws {
        try require((1e-12...0.1).contains(value), key, value, "1e-12 to 0.1 is expected")
    }
}
