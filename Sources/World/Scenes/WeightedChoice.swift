import Imaging
import Kernels

/// Values and how often each is drawn.
struct WeightedChoice<Value: Sendable>: Sendable {
    private let entries: [(value: Value, weight: Double)]
    private let total: Double

    /// At least one weight must be positive.
    init(_ entries: [(Value, Double)]) {
        self.entries = entries.map { (value: $0.0, weight: $0.1) }
        total = entries.reduce(0) { $0 + $1.1 }
        require(total > 0, "WeightedChoice: nothing to choose from")
    }

    /// All of them alike.
    init(evenly values: [Value]) {
        self.init(values.map { ($0, 1) })
    }

    func draw(_ random: inout SplitMix64) -> Value {
        var rest = random.uniform(0...total)
        for (value, weight) in entries where weight > 0 {
            if rest < weight { return value }
            rest -= weight
        }
        // Rounding may leave a trace at the very end.
        return entries[entries.lastIndex { $0.weight > 0 } ?? 0].value
    }
}
