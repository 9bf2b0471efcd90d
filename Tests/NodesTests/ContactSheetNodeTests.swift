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
                let block = Graph.ArtifactRecord.Block(element: .float32, shape: [1, 3, 8, 8], bytes: memory.bytes)
                return try ImageArtifact(record: Graph.ArtifactRecord(kind: "image", blocks: ["image": block]))
            }
        }
        let schema = try #require(NodeRegistry.builtin["contact_sheet"])
        let parameters: [String: Value] = ["columns": .string("seed"), "labels": .string("none")]
        let node = try schema.bind(parameters: parameters, inputs: ["images": values])
        let sheet = try #require(try node.run(NodeRunner().context) as? ImageArtifact)
        #expect(sheet.image.shape == [1, 3, 20, 6 + 30 * 8 + 29 * 4 + 6])
        #expect(counter.most == 1)
    }

    // MARK: - Places

    private func node(_ parameters: [String: Value], _ cells: [[(String, Value)]]) throws -> any Node {
        let values = cells.map { cell in
            InputValue(cell: Cell(cell.map { Cell.Coordinate(axis: $0.0, value: $0.1) })) {
                let bytes = Bytes([UInt8](repeating: 0, count: 4 * 3 * 64 * 64))
                let block = Graph.ArtifactRecord.Block(element: .float32, shape: [1, 3, 64, 64], bytes: bytes)
                return try ImageArtifact(record: Graph.ArtifactRecord(kind: "image", blocks: ["image": block]))
            }
        }
        return try #require(NodeRegistry.builtin["contact_sheet"]).bind(
            parameters: parameters,
            inputs: ["images": values]
        )
    }

    private let grid = (0..<8).map { i in
        [
            ("style", Value.string("s\(i / 4)")), ("seed", .integer(Int128(i / 2 % 2))),
            ("steps", .integer(Int128(i % 2))),
        ]
    }

    @Test func twoPicturesOnOnePlaceAreSaidBeforeAnythingRuns() throws {
        let problems = try node(["rows": .string("style"), "columns": .string("seed")], grid).problems()
        #expect(problems.map(\.parameter) == ["images"])
        #expect(
            problems.first?.message
                == "several pictures fall on one place of the sheet: `style=s0 seed=0 steps=0` and `style=s0 seed=0 steps=1`"
        )
        #expect(
            problems.first?.hint
                == "add `steps` to `rows` or `columns`, or pick one of its values: `[*, steps=1]`"
        )
        let twice = try node(["rows": .string("seed"), "columns": .list([.string("steps"), .string("seed")])], grid)
        #expect(twice.problems().map(\.message) == ["the axis `seed` cannot run both down and across the page"])
    }

    /// Two axes across, the last one changing fastest; a cell that is missing leaves its place empty.
    @Test func severalAxesRunAlongOneSide() throws {
        let parameters: [String: Value] = [
            "rows": .string("style"), "columns": .list([.string("seed"), .string("steps")]), "title": .string("all"),
        ]
        let node = try node(parameters, Array(grid.dropLast()))
        #expect(node.problems().isEmpty)
        let sheet = try #require(try node.run(NodeRunner().context) as? ImageArtifact)
        // Labels "s0" of 11 pixels beside, "seed 0, steps 0" in two lines and the title above.
        #expect(sheet.image.shape == [1, 3, 6 + 11 + 4 + 22 + 4 + 64 + 4 + 64 + 6, 6 + 11 + 4 + 4 * 64 + 3 * 4 + 6])
    }

    /// A row of which no picture could be made is there, with its label.
    @Test func whatIsMissingLeavesABlank() throws {
        let cells = (0..<3).map { Cell([.init(axis: "seed", value: .integer(Int128($0)))]) }
        let white = ImageArtifact(Tensor(repeating: 1, shape: [1, 3, 8, 8]))
        let images = cells.map { $0 == cells[1] ? InputValue(absentAt: $0) : InputValue(cell: $0, white) }
        let node = try #require(NodeRegistry.builtin["contact_sheet"]).bind(
            parameters: ["rows": .string("seed"), "labels": .string("none")],
            inputs: ["images": images]
        )
        let sheet = try #require(try node.run(NodeRunner().context) as? ImageArtifact)
        #expect(sheet.image.shape == [1, 3, 6 + 3 * 8 + 2 * 4 + 6, 6 + 8 + 6])
        let column = sheet.image.sliced(axis: 3, 10..<11).sliced(axis: 1, 0..<1).values
        #expect(column[6..<14].allSatisfy { $0 == 1 } && column[30..<38].allSatisfy { $0 == 1 })
        #expect(column[18..<26].contains { $0 != 1 }, "\(column)")
    }

    @Test(
        "labels",
        arguments: [
            ("auto", Value.string("photos/ada.b.jpg"), "ada.b"), ("auto", .string("a cat / a dog"), "a cat / a dog"),
            ("auto", .string("neon"), "neon"), ("auto", .number(2.5), "x 2.5"), ("values", .number(2.5), "2.5"),
            ("values", .string("photos/ada.jpg"), "photos/ada.jpg"), ("named", .string("neon"), "x neon"),
            ("none", .string("neon"), ""),
        ]
    )
    func labels(kind: String, value: Value, text: String) throws {
        let labels = try #require(SheetLabels(rawValue: kind))
        #expect(labels.text([value], of: ["x"]) == text)
    }
}
