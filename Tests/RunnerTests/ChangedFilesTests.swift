import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Testing

/// Files that change between their digest and their use: what is made of them is not kept, and the node says so.
@Suite struct ChangedFilesTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func squareOfFile() -> ExecutionGraph {
        var builder = GraphBuilder()
        let read = builder.add("read", "read_number", ["file": .string(workshop.folder("number.txt"))])
        let scaled = builder.add("scaled", "scale", ["factor": .number(5)], inputs: ["input": [read]])
        builder.output("scaled.txt", scaled)
        return builder.graph
    }

    @Test func aFileThatChangesWhileItIsReadIsNotKept() throws {
        try workshop.folder.write("5", to: "number.txt", age: 10)
        let folder = workshop.folder
        let outcome = try workshop.run(
            squareOfFile(),
            onEvent: { event in
                if case .started(let name, _, _) = event, name.node == "read" {
                    _ = try? folder.write("6", to: "number.txt")
                }
            }
        )
        #expect(
            outcome.summary.failures.map(\.reason) == [
                "\(folder("number.txt")) changed while the run was using it: nothing made of it is kept; run again"
            ]
        )
        #expect(outcome.summary.exitStatus == .nodeFailed)
        // The file as it was: nothing of what came between is served for it.
        try workshop.folder.write("5", to: "number.txt", age: 10)
        let again = try workshop.run(squareOfFile())
        #expect(again.ran == ["read", "scaled"])
        #expect(try workshop.text("scaled.txt") == "25.0\n")
    }

    /// A model's file is hashed when it is named and read hours later, by others.
    @Test func aModelThatChangesFailsWhoeverUsesIt() throws {
        try workshop.folder.write("weights", to: "model.bin", age: 10)
        var builder = GraphBuilder()
        let model = builder.add("model", "load_model", ["path": .string(workshop.folder("model.bin"))])
        let caption = builder.add("caption", "caption", ["text": .string("a cat")])
        let paint = builder.add("paint", "paint", inputs: ["model": [model], "caption": [caption]])
        builder.output("paint.pgm", paint)
        let folder = workshop.folder
        let outcome = try workshop.run(
            builder.graph,
            onEvent: { event in
                if case .started(let name, _, _) = event, name.node == "caption" {
                    _ = try? folder.write("other", to: "model.bin")
                }
            }
        )
        #expect(outcome.ran == ["caption"])
        #expect(outcome.summary.failures.map(\.node) == ["paint"])
        #expect(!FileManager.default.fileExists(atPath: folder("out/paint.pgm")))
    }

    /// An index and its shards are one thing: a shard replaced is another content, though the index is as it was.
    @Test func whatIsReadWithAFileIsInTheKey() throws {
        try workshop.folder.write("5", to: "number.txt", age: 10)
        try workshop.folder.write("first", to: "shard", age: 10)
        let shard = workshop.folder("shard")
        func plan() throws -> [String] {
            let store = try workshop.openStore()
            defer { store.close() }
            let environment = RunEnvironment(numerics: "toy", version: "1.0", companions: { _ in [shard] })
            let run = try RecipeRun(squareOfFile(), store: store, options: workshop.options(), environment: environment)
            _ = run.run()
            let again = try RecipeRun(
                squareOfFile(),
                store: store,
                options: workshop.options(),
                environment: environment
            )
            try workshop.folder.write("second", to: "shard", age: 5)
            let changed = try RecipeRun(
                squareOfFile(),
                store: store,
                options: workshop.options(),
                environment: environment
            )
            #expect(again.plan().running == changed.plan().running)
            return changed.plan().running
        }
        #expect(try plan() == ["read"])
    }

    /// Two runs write one path: what the first remembers is the file it wrote itself, not the one that lies there.
    @Test func anOutputIsRememberedByTheFileThatWasWritten() throws {
        var builder = GraphBuilder()
        builder.output("a.txt", builder.add("a", "constant", ["value": .number(1)]))
        let store = try workshop.openStore()
        defer { store.close() }
        let other = workshop.folder("out/a.txt")
        let run = try RecipeRun(
            builder.graph,
            store: store,
            options: workshop.options(),
            environment: RunEnvironment(numerics: "toy", version: "1.0")
        )
        _ = run.run()
        // As another run would, right after the first one's rename.
        try FileManager.default.removeItem(atPath: other)
        try "2.0\n".write(toFile: other, atomically: true, encoding: .utf8)
        #expect(store.outputContent(other) == nil)
        #expect(try workshop.run(builder.graph).written == ["a.txt"])
        #expect(try workshop.text("a.txt") == "1.0\n")
    }

    @Test func anOutputThatIsGoneAtTheEndIsAFailure() throws {
        var builder = GraphBuilder()
        builder.output("a.txt", builder.add("a", "constant", ["value": .number(1)]))
        let start = builder.add("start", "constant", ["value": .number(2)])
        builder.output("b.txt", builder.add("b", "scale", inputs: ["input": [start]]))
        let folder = workshop.folder
        let outcome = try workshop.run(
            builder.graph,
            onEvent: { event in
                if case .started(let name, _, _) = event, name.node == "b" { unlink(folder("out/a.txt")) }
            }
        )
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(
            outcome.summary.outputs.compactMap(\.failure?.message) == [
                "`\(folder("out"))/a.txt` could not be written: somebody removed it while the run was going on"
            ]
        )
    }
}
