import Imaging
import Kernels
import Synchronization
import World

/// A list whose values are made when first asked for, and kept: pictures and what is derived from them, which cost
/// milliseconds each and come again in later steps. A value depends on its index alone, so nothing of it belongs in a
/// checkpoint.
package final class LazyValues<Value: Sendable>: Sendable {
    private let values: Mutex<[Value?]>
    private let make: @Sendable (Int) -> Value

    /// - Parameter make: called by several threads at once, for one index perhaps twice
    package init(count: Int, _ make: @escaping @Sendable (Int) -> Value) {
        values = Mutex(Array(repeating: nil, count: count))
        self.make = make
    }

    package var count: Int { values.withLock { $0.count } }

    package subscript(index: Int) -> Value {
        if let value = values.withLock({ $0[index] }) { return value }
        let value = make(index)
        values.withLock { $0[index] = value }
        return value
    }
}

extension LazyValues {
    /// What is made of each picture of some data sets, one after the other.
    package convenience init(datasets: [WorldDataset], _ make: @escaping @Sendable (WorldPicture) -> Value) {
        self.init(count: datasets.reduce(0) { $0 + $1.count }) { index in
            var index = index
            for dataset in datasets {
                if index < dataset.count { return make(dataset[index]) }
                index -= dataset.count
            }
            fail("picture \(index) is in none of the data sets")
        }
    }
}
