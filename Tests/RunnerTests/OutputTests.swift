import EngineTestSupport
import Foundation
import Graph
import Runner
import Testing

/// Outputs land under the output folder and nowhere else.
@Suite struct OutputTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func graph(_ path: String, value: Double = 1) -> ExecutionGraph {
        var builder = GraphBuilder()
        builder.output(path, builder.add("a", "constant", ["value": .number(value)]))
        return builder.graph
    }

    @Test(arguments: ["../x.txt", "/tmp/pulid-run-escape.txt", "a/../../x.txt", "a/./x.txt", "a/\0/x.txt", "x.txt/"])
    func pathsThatLeaveTheFolderAreRefused(path: String) throws {
        let outcome = try workshop.run(graph(path))
        #expect(outcome.summary.exitStatus == .nodeFailed)
        #expect(
            outcome.summary.outputs.first?.failure?.message.contains("does not name a file in the output folder")
                == true
        )
        #expect(!FileManager.default.fileExists(atPath: "/tmp/pulid-run-escape.txt"))
        #expect(try workshop.folder.files().filter { $0.hasSuffix("x.txt") } == [])
    }

    @Test func foldersOnTheWayAreMadeAndLinksRefused() throws {
        #expect(try workshop.run(graph("a/b/c.txt")).written == ["c.txt"])
        try FileManager.default.createDirectory(atPath: workshop.folder("elsewhere"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: workshop.folder("out/link"),
            withDestinationPath: workshop.folder("elsewhere")
        )
        let outcome = try workshop.run(graph("link/c.txt"))
        #expect(outcome.summary.outputs.first?.failure?.message.contains("is a symbolic link") == true)
        #expect(try workshop.folder.files(under: "elsewhere") == [])
    }

    @Test func aLinkInPlaceOfTheFileIsReplacedNotFollowed() throws {
        let victim = try workshop.folder.write("precious", to: "victim.txt")
        try workshop.folder.write("", to: "out/x")
        try FileManager.default.createSymbolicLink(atPath: workshop.folder("out/a.txt"), withDestinationPath: victim)
        #expect(try workshop.run(graph("a.txt")).written == ["a.txt"])
        #expect(try workshop.folder.text(of: "victim.txt") == "precious")
        #expect(try workshop.text("a.txt") == "1.0\n")
    }

    @Test func anUnusableFolderIsSaidOnceAndBeforeAnythingRuns() throws {
        var builder = GraphBuilder()
        for x in 1...5 {
            let node = builder.add("a", "constant", at: [("x", .integer(Int128(x)))], ["value": .number(Double(x))])
            builder.output("\(x).txt", node)
        }
        let file = try workshop.folder.write("", to: "file")
        for out in [file, file + "/below", "/proc/self/nowhere"] {
            let outcome = try workshop.run(builder.graph) { $0.out = out }
            #expect(outcome.ran == [])
            #expect(outcome.summary.exitStatus == .nodeFailed)
            #expect(outcome.summary.notRun == 5)
            #expect(outcome.summary.outputs.count == 1)
            #expect(outcome.summary.unwritten == 5)
            let message = outcome.summary.outputs.first?.failure?.message
            #expect(message?.hasPrefix("`\(out)` could not be written: ") == true, "\(message ?? "")")
        }
        #expect(try workshop.run(builder.graph).written.count == 5)
    }

    /// Whatever is in the way of single files is found before anything runs, too.
    @Test func whatIsInTheWayOfFilesIsSaidBeforeAnythingRuns() throws {
        var builder = GraphBuilder()
        for (x, path) in ["a/1.txt", "a/2.txt", "3.txt", "4.txt"].enumerated() {
            let node = builder.add("a", "constant", at: [("x", .integer(Int128(x)))], ["value": .number(Double(x))])
            builder.output(path, node)
        }
        try workshop.folder.write("a file where the folder is to be", to: "out/a")
        try workshop.folder.write("a folder where the file is to be", to: "out/3.txt/x")
        let outcome = try workshop.run(builder.graph)
        #expect(outcome.ran == [] && outcome.written == [])
        #expect(outcome.summary.exitStatus == .nodeFailed)
        let out = workshop.folder("out")
        let messages = [
            "`\(out)/a/1.txt` could not be written: a: Not a directory",
            "`\(out)/a/2.txt` could not be written: a: Not a directory",
            "`\(out)/3.txt` could not be written: Is a directory",
        ]
        #expect(outcome.summary.outputs.compactMap(\.failure?.message) == messages)
        #expect(outcome.summary.unwritten == 3)
        #expect(try workshop.plan(builder.graph).obstacles.compactMap(\.failure?.message) == messages)
        // What goes on after failures writes the rest.
        let going = try workshop.run(builder.graph) { $0.keepGoing = true }
        #expect(going.written == ["4.txt"] && going.summary.unwritten == 3)
        #expect(Set(going.summary.outputs.compactMap(\.failure?.message)) == Set(messages))
    }

    @Test func aPipeInPlaceOfTheFileHoldsNobodyUp() throws {
        try workshop.folder.write("", to: "out/x")
        #expect(mkfifo(workshop.folder("out/a.txt"), 0o600) == 0)
        #expect(try workshop.run(graph("a.txt")).written == ["a.txt"])
    }

    @Test func nothingIsLeftBesideTheOutputs() throws {
        _ = try workshop.run(graph("a.txt"))
        _ = try workshop.run(graph("a.txt", value: 2))
        let long = String(repeating: "n", count: 300) + ".txt"
        #expect(try workshop.run(graph(long)).summary.exitStatus == .nodeFailed)
        #expect(try workshop.folder.files(under: "out") == ["a.txt"])
    }

    /// A run that was killed in the middle of a write left a file; one of somebody else's only looks like it.
    @Test func whatKilledRunsLeftIsCleared() throws {
        for name in ["out/.pulid-run-abc.tmp", "out/deep/.pulid-run-def.tmp", "out/deep/pulid-run.tmp"] {
            try workshop.folder.write("half", to: name, age: 60)
        }
        _ = try workshop.run(graph("a.txt"))
        _ = try workshop.run(graph("deep/b.txt"))
        #expect(try workshop.folder.files(under: "out") == ["a.txt", "deep/b.txt", "deep/pulid-run.tmp"])
    }

    @Test func equalBytesAreLeftAloneThoughTheCacheIsNew() throws {
        _ = try workshop.run(graph("a.txt"))
        try FileManager.default.removeItem(atPath: workshop.folder("cache"))
        let outcome = try workshop.run(graph("a.txt"))
        #expect(outcome.ran == ["a"])
        #expect(outcome.unchanged == ["a.txt"])
    }

    @Test func whatAnotherEncoderWouldWriteIsWrittenAnew() throws {
        func written(_ kind: String) throws -> (outcome: Workshop.Outcome, text: String) {
            var builder = GraphBuilder(kinds: NodeRegistry([Caption.self, ShoutedCaption.self]))
            builder.output("a.txt", builder.add("a", kind, ["text": .string("hello")]))
            return (try workshop.run(builder.graph), try workshop.text("a.txt"))
        }
        #expect(try written("caption").text == "hello")
        // The value is the same to its last bit.
        let (outcome, text) = try written("shouted_caption")
        #expect(outcome.written == ["a.txt"])
        #expect(text == "HELLO")
        #expect(try written("shouted_caption").outcome.unchanged == ["a.txt"])
    }

    @Test func metadataSaysHowAPictureWasMadeAndNotWhere() throws {
        func picture() throws -> String {
            let workshop = try Workshop()
            var builder = GraphBuilder()
            builder.parameters = ["face": .string("ada.png"), "id_scale": .number(0.8)]
            let cell = [("style", Value.string("neon")), ("seed", .integer(3))]
            let caption = builder.add("caption", "caption", at: cell, ["text": .string("hello")])
            let image = builder.add("image", "paint", at: cell, ["width": .integer(4)], inputs: ["caption": [caption]])
            builder.output("image.pgm", image)
            _ = try workshop.run(builder.graph) { $0.settings = ["id_scale=0.8"] }
            return String(decoding: try workshop.folder.bytes(of: "out/image.pgm").dropLast(4), as: UTF8.self)
        }
        let text = try picture()
        #expect(
            text.hasPrefix(
                """
                P5
                # pulid-run.version: 1.0
                # pulid-run.recipe: test
                # pulid-run.file: ../test.yaml
                # pulid-run.settings: ["id_scale=0.8"]
                # pulid-run.parameters: {"face": "ada.png", "id_scale": 0.8}
                # pulid-run.node: image
                # pulid-run.cell: {"seed": 3, "style": "neon"}
                # pulid-run.key: 
                """
            )
        )
        #expect(try picture() == text)
    }

    @Test func tablesQuoteAndSpellNumbers() throws {
        var builder = GraphBuilder()
        var rows: [Int] = []
        for (style, value) in [("plain", 0.1), ("comma, \"quote\"", 1e-7), ("line\nbreak", 3)] {
            rows.append(builder.add("a", "constant", at: [("style", .string(style))], ["value": .number(value)]))
        }
        builder.table("t.csv", rows)
        builder.table("t.json", rows)
        let outcome = try workshop.run(builder.graph)
        #expect(
            try workshop.text("t.csv")
                == "style,value\r\nplain,0.1\r\n\"comma, \"\"quote\"\"\",1e-07\r\n\"line\nbreak\",3\r\n"
        )
        #expect(
            try workshop.text("t.json") == """
                [
                  {"style": "plain", "value": 0.1},
                  {"style": "comma, \\"quote\\"", "value": 1e-07},
                  {"style": "line\\nbreak", "value": 3}
                ]

                """
        )
        #expect(outcome.summary.tables.map(\.rows) == [3, 3])
        #expect(outcome.summary.tables[0].fields[0].greatest == 3)
        #expect(outcome.summary.tables[0].fields[0].infinite == 0)
    }

    @Test func whatWasNotMeasuredIsEmpty() throws {
        var builder = GraphBuilder()
        let caption = builder.add("caption", "caption", ["text": .string("x")])
        let image = builder.add("image", "paint", inputs: ["caption": [caption]])
        let scores = builder.add("scores", "compare", inputs: ["image": [image]])
        builder.table("s.csv", [scores])
        builder.table("s.json", [scores])
        _ = try workshop.run(builder.graph)
        #expect(try workshop.text("s.csv").hasPrefix("max_abs,mean_abs,similarity\r\n"))
        #expect(try workshop.text("s.csv").hasSuffix(",\r\n"))
        #expect(try workshop.text("s.json").contains("\"similarity\": null"))
    }
}

/// A text as `ToyText` has it, of which files are made otherwise.
private struct ShoutedText: Artifact {
    static let kind = ToyText.kind
    static let extensions = ["txt"]
    static let encoderRevision = 2

    let text: ToyText
    init(_ text: ToyText) { self.text = text }
    init(record: ArtifactRecord) throws { text = try ToyText(record: record) }
    var record: ArtifactRecord { text.record }

    func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        Array(text.text.uppercased().utf8)
    }
}

private struct ShoutedCaption: Node {
    static let version = 1
    static let help = "Gives the text it is given."
    @Parameter("the text") var text: String
    func run(_ context: RunContext) throws -> ShoutedText { ShoutedText(ToyText(text)) }
}
