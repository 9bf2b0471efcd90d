import EngineTestSupport
import Foundation
import Graph
import Recipes
import Runner
import Testing

/// Why pictures are no longer like their baselines, and how that is told.
@Suite struct RegressionTests {
    private func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }

    private func traces(_ change: (inout [String: [String: String]], inout [String: String]) -> Void = { _, _ in })
        -> [NodeTrace]
    {
        var parts = [
            "prompt": ["version": "1", "numerics": "a", "parameter text": "\"old\""],
            "picture": ["version": "1", "numerics": "a", "parameter seed": "1"],
        ]
        var values = ["prompt": "p", "picture": "v"]
        change(&parts, &values)
        return ["prompt", "picture"].map { node in
            NodeTrace(
                title: "\(node)[style=ink]",
                node: node,
                parts: parts[node] ?? [:],
                value: digest(values[node] ?? "")
            )
        }
    }

    private func cause(_ now: [NodeTrace], _ numerics: String = "a") -> RegressionCause {
        let old = traces()
        let entry = BaselineLock.Entry(file: "a.png", picture: digest("v"), numerics: "a", traces: old)
        return RegressionCause(of: now, against: [entry], numerics: numerics)
    }

    @Test func changedParts() {
        let prompt = cause(
            traces {
                $0["prompt"]?["parameter text"] = "\"new\""
                $1 = ["prompt": "q", "picture": "w"]
            }
        )
        #expect(prompt.id == "prompt.text" && prompt.kind == .changed)
        #expect(prompt.text == "prompt.text: old -> new")
        let version = cause(
            traces {
                $0["picture"]?["version"] = "2"
                $1["picture"] = "w"
            }
        )
        #expect(version.text == "picture.version: 1 -> 2")
        let both = cause(
            traces {
                $0["prompt"]?["parameter text"] = "\"new\""
                $0["picture"]?["parameter seed"] = "2"
                $1 = ["prompt": "q", "picture": "w"]
            }
        )
        #expect(both.id == "prompt.text+picture.seed")
    }

    @Test func whatCameOutAsBeforeIsNoCause() {
        let found = cause(
            traces {
                $0["prompt"]?["parameter text"] = "\"new\""
                $0["picture"]?["parameter seed"] = "2"
                $1["picture"] = "w"
            }
        )
        #expect(found.id == "picture.seed")
    }

    @Test func numericsAreSaidOnce() {
        let found = cause(
            traces {
                $0["prompt"]?["numerics"] = "b"
                $0["picture"]?["numerics"] = "b"
                $1 = ["prompt": "q", "picture": "w"]
            },
            "b"
        )
        #expect(found.text == "numerics: a -> b")
    }

    @Test func causesThatAreNoChange() {
        #expect(cause(traces()).kind == .baselineEdited)
        #expect(cause(traces { $1["picture"] = "w" }).id == "code")
        let unknown = RegressionCause(of: traces(), against: [], numerics: "a")
        #expect(unknown.id == "unknown")
        #expect(unknown.predicate.hasPrefix("unlike the baseline: it is not known how the baseline was made, for "))
    }

    /// Where a text is a list, what is the same at an end is left out there.
    @Test(arguments: [
        ("a portrait, ink", "a portrait of a sailor, ink", "a portrait -> a portrait of a sailor …"),
        ("ink, a portrait", "ink, a portrait of a sailor", "… a portrait -> a portrait of a sailor"),
        ("a, b, c", "a, d, c", "… b -> d …"), ("a, b", "c, d", "a -> c, b -> d"), ("a", "a, b", "a -> a, b"),
    ])
    func onlyWhatIsLeftOutIsMarked(_ old: String, _ new: String, _ shown: String) {
        let before = traces { parts, _ in parts["prompt"]?["parameter text"] = "\"\(old)\"" }
        let now = traces {
            $0["prompt"]?["parameter text"] = "\"\(new)\""
            $1 = ["prompt": "q", "picture": "w"]
        }
        let entry = BaselineLock.Entry(file: "a.png", picture: digest("v"), numerics: "a", traces: before)
        #expect(RegressionCause(of: now, against: [entry], numerics: "a").text == "prompt.text: \(shown)")
    }

    // MARK: - Lock files

    @Test func aLockFileIsReadAsItWasWritten() throws {
        let workshop = try Workshop()
        var builder = GraphBuilder()
        builder.file = workshop.folder("test.yaml")
        builder.output("a.txt", builder.add("a", "constant", ["value": .number(1)]))
        let graph = builder.graph
        #expect(try BaselineLock.read(for: graph) == nil)
        let lock = BaselineLock(
            recipe: "test.yaml",
            entries: [
                "accepted/a.png": [
                    .init(file: "accepted/a.png", picture: digest("v"), numerics: "a", traces: traces()),
                    .init(file: nil, picture: digest("w"), numerics: "b", traces: traces { $1["picture"] = "w" }),
                ]
            ]
        )
        try lock.write(for: graph.file)
        #expect(try BaselineLock.read(for: graph) == lock)
        let text = try workshop.folder.text(of: "test.lock")
        #expect(text.components(separatedBy: "prompt[style=ink]").count == 2, "what entries share is held once")
        // At any length, and with any byte changed, it is an error and no crash.
        for length in stride(from: 0, to: text.utf8.count - 2, by: 97) {
            try workshop.folder.write(String(text.prefix(length)), to: "test.lock")
            #expect(throws: BaselineLockError.self) { try BaselineLock.read(for: graph) }
        }
        try workshop.folder.write(text.replacingOccurrences(of: "old", with: "odd"), to: "test.lock")
        let path = BaselineLock.path(for: graph.file)
        #expect(throws: BaselineLockError.edited(path: path, recipe: graph.file)) { try BaselineLock.read(for: graph) }
    }

    // MARK: - Groups

    @Test func theWorstFirst() {
        func regression(_ style: String, _ measured: Double?, _ cause: RegressionCause) -> Regression {
            var builder = GraphBuilder()
            let index = builder.add("image", "constant", at: [("style", .string(style))], ["value": .number(1)])
            return Regression(
                name: InstanceName(builder.graph.instances[index]),
                location: SourceLocation(file: "test.yaml", line: 1, column: 1),
                baseline: "\(style).png",
                findings: [.init(field: "psnr", comparison: .greaterOrEqual, bound: 40, measured: measured)],
                cause: cause
            )
        }
        let prompt = cause(
            traces {
                $0["prompt"]?["parameter text"] = "\"new\""
                $1 = ["prompt": "q", "picture": "w"]
            }
        )
        let code = cause(traces { $1["picture"] = "w" })
        let groups = RegressionGroup.groups(
            of: [
                regression("ink", 38, prompt), regression("oil", 20, code), regression("pixel art", 12, prompt),
            ],
            accept: AcceptCommand(recipe: "my recipe.yaml", settings: [])
        )
        #expect(
            groups.map(\.text).joined()
                == """
                2 pictures changed by prompt.text: old -> new
                    image[style=pixel art] (psnr 12, expected >= 40)
                    image[style=ink] (psnr 38, expected >= 40)
                  to accept: pulid-run approve 'my recipe.yaml' --only 'image[style=pixel art]' --only 'image[style=ink]'
                1 picture changed by nothing that the picture is made of: the program computes it otherwise than when it was accepted
                    image[style=oil] (psnr 20, expected >= 40)
                  to accept: pulid-run approve 'my recipe.yaml' --only 'image[style=oil]'

                """
        )
        let many = RegressionGroup.groups(
            of: (1...9).map { regression("\($0)", Double($0), prompt) },
            accept: AcceptCommand(recipe: "a.yaml", settings: [])
        )
        #expect(many.count == 1)
        #expect(many[0].command == "pulid-run approve a.yaml --cause prompt.text")
        #expect(many[0].text.contains("    and 4 more\n"))
        let set = RegressionGroup.groups(
            of: [regression("oil", 20, code)],
            accept: AcceptCommand(recipe: "a.yaml", settings: ["extra=, with a hat"])
        )
        #expect(set[0].command == "pulid-run approve a.yaml --set 'extra=, with a hat' --only 'image[style=oil]'")
    }

    @Test func cellsByTheirAxes() {
        var builder = GraphBuilder()
        let cell = [("style", Value.string("pixel art")), ("seed", Value.integer(3))]
        let index = builder.add("image", "constant", at: cell, ["value": .number(1)])
        let instance = builder.graph.instances[index]
        for text in [
            "image", "image[style=pixel art seed=3]", "image[seed=3]", "image[style=pixel art]",
            "image[seed=3, style=pixel art]",
        ] {
            #expect(CellSelection(text).contains(instance), "\(text)")
        }
        for text in ["other", "image[style=pixel]", "image[seed=4]", "image[]", "image[size=3]", "image[seed=3"] {
            #expect(!CellSelection(text).contains(instance), "\(text)")
        }
    }

    @Test(arguments: [
        ("imag[style=neon]", "the recipe has no node `imag`; did you mean `image`?"),
        ("image[stlye=neon]", "the node `image` does not depend on an axis `stlye`; did you mean `style`?"),
        ("image[style=noen]", "the node `image` has no cell where `style` is `noen`; did you mean `neon`?"),
        (
            "image[style=neon seed=2]",
            "the node `image` has no cell `style=neon seed=2`; did you mean `style=neon seed=1`?"
        ),
    ])
    func cellsThatAreNot(_ text: String, _ complaint: String) {
        var builder = GraphBuilder()
        for (style, seed) in [("neon", 1), ("ink", 2)] as [(String, Int128)] {
            let cell = [("style", Value.string(style)), ("seed", Value.integer(seed))]
            _ = builder.add("image", "constant", at: cell, ["value": .number(1)])
        }
        let graph = builder.graph
        let error = #expect(throws: (any Error).self) { try CellSelection(text).instances(in: graph) }
        #expect(error.map { "\($0)" } == complaint)
    }

    // MARK: - Bounds from measurement

    @Test func spreads() {
        let flip = MeasureSpread(name: "flip", side: .lessIsBetter, values: [0.01, 0.012, nil, 0.011, 0.02])
        #expect(flip.unmeasured == 1 && flip.values == [0.01, 0.011, 0.012, 0.02])
        #expect(flip.threshold(margin: 0.5) == 0.025)
        #expect(flip.failures(margin: 0.5) == 1, "without it, 0.02 is beyond")
        #expect(abs(flip.mean - 0.01325) < 1e-12)
        #expect(abs(flip.deviation - 0.0045735) < 1e-6)
        let same = MeasureSpread(name: "max_abs", side: .lessIsBetter, values: [0, 0, 0])
        #expect(same.threshold(margin: 0.5) == 0 && same.failures(margin: 0.5) == 0)
        let psnr = MeasureSpread(name: "psnr", side: .moreIsBetter, values: [40, .infinity, 44])
        #expect(psnr.infinite == 1 && psnr.threshold(margin: 0.5) == 38)
        #expect(flip.letsAllPass(1, in: 0...1) && !flip.letsAllPass(0.98, in: 0...1))
        #expect(flip.letsAllPass(0.99, in: 0...1), "the worst hundredth is as good as the worst")
        #expect(flip.letsAllPass(4096.5, in: 0...4096) && !flip.letsAllPass(1e9, in: 0 ... .infinity))
        #expect(
            psnr.letsAllPass(-0.15, in: -1...1) && psnr.letsAllPass(0, in: 0...1) && !psnr.letsAllPass(0.1, in: -1...1)
        )
        #expect(!same.letsAllPass(1e9, in: 0 ... .infinity))
        #expect(MeasureSpread(name: "x", side: .moreIsBetter, values: [nil]).threshold(margin: 1) == nil)
    }
}
