import Graph
import Nodes
import Synchronization
import Tensors
import Testing

struct ContactSheetNodeTests {
    /// Numbers of a picture, counted while they live.
    private final class CountedMemory: @unchecked Sendable {
        private let floats: UnsafeMutableBufferPointer<Float>
        private let counter: Counter

        init(_ values: [Float], _ counter: Counter) {
            floats = .allocate(capacity: values.count)
            _ = floats.initialize(from: values)
            self.counter = counter
            counter.add(1)
        }

        deinit {
            counter.add(-1)
            floats.deallocate()
        }

        var bytes: Bytes { Bytes(owner: self, UnsafeRawBufferPointer(floats)) }
    }

    private final class Counter: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func add(_ change: Int) {
            counts.withLock {
                $0.now += change
                $0.most = max($0.most, $0.now)
            }
        }
    }

    @Test func ofManyPicturesOneIsInMemory() throws {
        let counter = Counter()
        let values = (0..<30).map { i in
            InputValue(cell: Cell([.init(axis: "seed", value: .integer(Int128(i)))])) {
                let memory = CountedMemory([Float](repeating: Float(i) / 15 - 1, count: 3 * 8 * 8), counter)
                let block = Graph.Record.Block(element: .float32, shape: [1, 3, 8, 8], bytes: memory.bytes)
                return try ImageArtifact(record: Graph.Record(kind: "image", blocks: ["image": block]))
            }
        }
        let schema = try #require(NodeRegistry.builtin["contact_sheet"])
        let parameters: [String: Value] = ["columns": .string("seed"), "labels": .bool(false)]
        let node = try schema.bind(parameters: parameters, inputs: ["images": values])
        let sheet = try #require(try node.run(NodeRunner().context) as? ImageArtifact)
        #expect(sheet.image.shape == [1, 3, 20, 6 + 30 * 8 + 29 * 4 + 6])
        #expect(counter.most == 1)
    }
}
