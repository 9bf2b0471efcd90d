import Graph

/// Finds the instance that stands for a key, among those that have it. The keys themselves are the instances' own: a table
/// of digests would take several times the memory.
struct KeyTable {
    /// By a part of the key, and what follows where that is taken: an instance, or -1.
    private var slots: [Int32]

    /// - Parameter capacity: how many keys there may be.
    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = Array(repeating: -1, count: size)
    }

    func find(_ key: Digest, among states: [InstanceState]) -> Int? {
        let instance = slots[slot(of: key, among: states)]
        return instance < 0 ? nil : Int(instance)
    }

    /// - Parameter instance: whose key this is; it takes the place of another that has the same.
    mutating func set(_ instance: Int, for key: Digest, among states: [InstanceState]) {
        slots[slot(of: key, among: states)] = Int32(instance)
    }

    /// Where the key is, or would be. There are twice as many slots as keys.
    private func slot(of key: Digest, among states: [InstanceState]) -> Int {
        var slot = key.word & (slots.count - 1)
        while slots[slot] >= 0, states[Int(slots[slot])].key != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }
}
