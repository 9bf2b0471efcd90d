import EngineTestSupport
import Foundation
import Graph
import Recipes
import Runner
import Testing

/// Pictures are measured against baselines, which are missing at first and are made by approving.
@Suite struct BaselineTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// Two pictures with a baseline each, or one for both.
    private func graph(seed: Int128 = 0, shared: Bool = false) -> ExecutionGraph {
        var builder = GraphBuilder()
        for style in ["neon", "ink"] {
            let cell = [("style", Value.string(style))]
            let caption = builder.add("caption", "caption", at: cell, ["text": .string(style)])
            let picture = builder.add(
                "picture",
                "paint",
                at: cell,
                ["seed": .integer(seed)],
                inputs: ["caption": [caption]]
            )
            let file = workshop.folder("accepted/" + (shared ? "all" : "\(style)/it") + ".png")
            let baseline = builder.add("score.baseline", "load_image", at: cell, ["file": .string(file)])
            let inputs = ["image": [picture], "baseline": [baseline]]
            let score = builder.add("score", "compare", at: cell, inputs: inputs)
            builder.output("\(style).png", picture)
            builder.expect(score, "max_abs", .lessOrEqual, 0)
        }
        return builder.graph
    }

    private func approve(_ graph: ExecutionGraph, only: [String] = []) throws -> Workshop.Outcome {
        let approval = try Approval(of: graph)
        return try workshop.run(approval.graph) {
            $0.out = approval.folder
            $0.only = only
            $0.describesPictures = false
        }
    }

    @Test func theLifeOfABaseline() throws {
        let first = try workshop.run(graph())
        #expect(first.summary.exitStatus == .baselineMissing)
        #expect(first.written == ["ink.png", "neon.png"])
        let file = workshop.folder("accepted/neon/it.png")
        #expect(
            first.summary.failures.first?.diagnostic
                == Diagnostic(
                    .error,
                    "there is no baseline `\(file)` yet",
                    at: SourceLocation(file: "test.yaml", line: 3, column: 3),
                    hint: "look at the picture; `pulid-run approve test.yaml` takes it"
                )
        )
        #expect(first.summary.failures.count == 2)
        #expect(first.summary.notRun == 2)
        // Without its settings the command would accept other pictures.
        let set = try workshop.run(graph(), { $0.settings = ["extra=, with a hat"] })
        let accept = "pulid-run approve test.yaml --set 'extra=, with a hat'"
        #expect(set.summary.failures.first?.diagnostic.hint == "look at the picture; `\(accept)` takes it")
        #expect(!FileManager.default.fileExists(atPath: workshop.folder("accepted")))

        let approved = try approve(graph())
        #expect(approved.summary.exitStatus == .success)
        #expect(approved.ran == [], "what was seen is accepted, not something new")
        #expect(try workshop.folder.files(under: "accepted") == ["ink/it.png", "neon/it.png"])
        #expect(try workshop.folder.text(of: "accepted/ink/it.png").hasPrefix("P5\n8 1\n"))

        #expect(try workshop.run(graph()).summary.exitStatus == .success)
        let changed = try workshop.run(graph(seed: 1), { $0.settings = ["seed=1"] })
        #expect(
            Set(changed.summary.expectations.compactMap(\.diagnostic.hint)) == [
                "if it is to be so: pulid-run approve test.yaml --set seed=1 --only 'picture[style=ink]'",
                "if it is to be so: pulid-run approve test.yaml --set seed=1 --only 'picture[style=neon]'",
            ]
        )
        #expect(changed.summary.exitStatus == .expectationFailed)
        #expect(changed.summary.expectations.count { !$0.isMet } == 2)

        #expect(try approve(graph(seed: 1), only: ["picture"]).summary.written == 2)
        #expect(try workshop.run(graph(seed: 1)).summary.exitStatus == .success)
        #expect(try approve(graph(seed: 1)).summary.unchanged == 2)
    }

    @Test func aPlanTellsOfIt() throws {
        let plan = try workshop.plan(graph())
        #expect(plan.failures.map(\.isMissingBaseline) == [true, true])
        #expect(
            plan.running == ["caption[style=neon]", "picture[style=neon]", "caption[style=ink]", "picture[style=ink]"]
        )
    }

    /// What else is wrong with a baseline is an error like any other.
    @Test func aBaselineThatCannotBeRead() throws {
        try FileManager.default.createDirectory(
            atPath: workshop.folder("accepted/neon/it.png"),
            withIntermediateDirectories: true
        )
        #expect(try workshop.run(graph()).summary.exitStatus == .nodeFailed)
        #expect(try approve(graph()).summary.exitStatus == .nodeFailed)
    }

    @Test func oneFileCannotBeTwoPictures() throws {
        let file = workshop.folder("accepted/all.png")
        #expect(
            throws: ApprovalError.severalPictures(path: file, of: ["picture[style=ink]", "picture[style=neon]"])
        ) { try approve(graph(shared: true)) }
        let error = ApprovalError.severalPictures(path: "a.png", of: ["b[x=1]", "b[x=2]"])
        #expect(
            error.description
                == "a.png is the baseline of 2 pictures (`b[x=1]`, `b[x=2]`): name the axes that they differ by in its path"
        )
    }

    @Test func nothingToApprove() throws {
        var builder = GraphBuilder()
        builder.output("a.txt", builder.add("a", "constant", ["value": .number(1)]))
        #expect(throws: ApprovalError.noBaselines(recipe: "test.yaml")) { try Approval(of: builder.graph) }
    }
}
