import EngineTestSupport
import Foundation
import Testing

/// A day's work: photos that come and go, runs that are stopped, what one asks of a shell.
struct EverydayTests {
    private let test: CommandTest

    init() throws { test = try CommandTest() }

    /// A sweep over a folder of photos, each compared with itself.
    private func photos(_ count: Int) throws {
        for number in 1...count {
            try test.folder.write(try test.folder.bytes(of: "recipes/faces/ada.png"), to: "photos/\(number).png")
        }
        try test.folder.write(
            """
            axes:
              photo: {files: "photos/*.png"}
              width: [24, 32]
            nodes:
              small: {uses: resize, image: "${photo}", width: "${width}"}
              score: {uses: compare, image: $small, baseline: $small}
              sheet: {uses: contact_sheet, images: "$small[*]", rows: photo, columns: width}
            outputs: {"${photo.stem}-${width}.png": $small, sheet.png: $sheet, scores.csv: "$score[*]"}

            """,
            to: "small.yaml"
        )
    }

    @Test func aSeventhPhotoRunsWhatIsNewOfIt() throws {
        try photos(6)
        #expect(try test.run("small.yaml").status == 0)
        // Another picture: the same bytes as another's would not run at all.
        try test.folder.write(try test.folder.bytes(of: "recipes/faces/ben.png"), to: "photos/7.png")
        let seventh = try test.run("small.yaml")
        #expect(
            test.executed(seventh) == [
                "small.image[photo=photos/7.png]", "small[photo=photos/7.png width=24]",
                "score[photo=photos/7.png width=24]",
                "small[photo=photos/7.png width=32]", "score[photo=photos/7.png width=32]", "sheet",
            ],
            "\(seventh.stderr)"
        )
        #expect(try test.folder.text(of: "out/small/scores.csv").split(separator: "\r\n").count == 1 + 14)
        // And one less runs the sheet alone.
        try FileManager.default.removeItem(atPath: test.folder("photos/3.png"))
        #expect(test.executed(try test.run("small.yaml")) == ["sheet"])
    }

    /// A sweep that is stopped has scores of the pictures that it has.
    @Test func scoresComeAsTheirPicturesCome() throws {
        try test.folder.write(
            """
            axes: {seed: {from: 1, to: 3}}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: 24}
              score:   {uses: compare, image: $picture, baseline: recipes/faces/ada.png}
              small:   {uses: resize, image: $picture, width: 24}
            outputs: {"${seed}.png": $picture, "${seed}.json": $score}

            """.replacing("recipes/faces/ada.png", with: "$small"),
            to: "scores.yaml"
        )
        let executed = test.executed(try test.run("scores.yaml"))
        for seed in 1...2 {
            let score = try #require(executed.firstIndex(of: "score[seed=\(seed)]"))
            let next = try #require(executed.firstIndex(of: "picture[seed=\(seed + 1)]"))
            #expect(score < next, "\(executed)")
        }
    }

    @Test func rowsOfASheetByTheNamesOfATable() throws {
        try test.folder.write("name,photo\nAda,recipes/faces/ada.png\nBen,recipes/faces/ben.png\n", to: "people.csv")
        try test.folder.write(
            """
            axes: {people: {csv: people.csv}, width: [24, 32]}
            nodes:
              small: {uses: resize, image: "${photo}", width: "${width}"}
              sheet: {uses: contact_sheet, images: "$small[*]", rows: name, columns: width}
            outputs: {sheet.png: $sheet, "${name}-${width}.png": $small}

            """,
            to: "people.yaml"
        )
        let run = try test.run("people.yaml")
        #expect(run.status == 0, "\(run.stderr)")
        #expect(
            run.lines.sorted()
                == ["Ada-24", "Ada-32", "Ben-24", "Ben-32", "sheet"].map { "out/people/\($0).png" }
        )
        let one = try test.run("people.yaml", "--set", "name=Ben", "--out", "out/ben")
        #expect(one.lines.sorted() == ["Ben-24", "Ben-32", "sheet"].map { "out/ben/\($0).png" }, "\(one.stderr)")
    }

    @Test func theCacheTellsWhatARecipeHasInIt() throws {
        try photos(1)
        #expect(try test.run("small.yaml").status == 0)
        try test.folder.write(
            "nodes: {other: {uses: draw_face, seed: 1, size: 16}}\noutputs: {a.png: $other}\n",
            to: "a.yaml"
        )
        #expect(try test.run("a.yaml").status == 0)
        func listed(_ arguments: String...) throws -> [String] {
            try test.finish(test.start(["cache", "list"] + arguments)).lines.map { line in
                line.replacing(#/^\S+  \S+  (.+?)  +[0-9.]+ k?B  .*$/#) { String($0.output.1) }
            }
        }
        #expect(try listed("a.yaml") == ["other"])
        #expect(
            Set(try listed("small.yaml")) == [
                "score[photo=photos/1.png width=24]", "score[photo=photos/1.png width=32]", "sheet",
                "small.image[photo=photos/1.png]", "small[photo=photos/1.png width=24]",
                "small[photo=photos/1.png width=32]",
            ]
        )
        #expect(try listed().count == 7 && listed("nothing.yaml").isEmpty)
    }

    @Test func theManualHasEveryCommand() throws {
        let manual = try test.shell("\(projectFolder)/scripts/manual.sh \"$PULID_RUN\"")
        #expect(manual.status == 0, "\(manual.stderr)")
        let sections = manual.lines.filter { $0.hasPrefix(".SS ") }.map { String($0.dropFirst(4)) }
        for command in ["run", "replay", "explain", "completions", "doctor", "cache gc", "cache export"] {
            #expect(sections.contains(command))
        }
        #expect(Set(sections).count == sections.count && sections.count >= 30, "\(sections)")
        let help = try test.run("--help").stdout.components(separatedBy: "SUBCOMMANDS:")[1]
        let commands = help.matches(of: #/\n  ([a-z]+) /#).map { String($0.1) }
        #expect(commands.count >= 20 && commands.allSatisfy(sections.contains))
    }

    @Test func whatANodeTakesStandsBesideItsName() throws {
        let lines = try test.run("nodes", "sample").lines
        let strength = try #require(lines.first { $0.hasPrefix("  id_scale ") })
        #expect(strength.hasPrefix("  id_scale   a number from 0 to 5 "))
        let help = try #require(strength.firstRange(of: "how strongly"))
        #expect(strength.distance(from: strength.startIndex, to: help.lowerBound) < 60)
        let sampler = try #require(lines.firstIndex { $0.hasPrefix("  sampler    one of ddim, ") })
        #expect(lines[sampler + 1].trimmingCharacters(in: .whitespaces).hasPrefix("the way from noise to picture"))
    }

    @Test func clearingTheCacheAsksOnATerminal() throws {
        try photos(1)
        #expect(try test.run("small.yaml").status == 0)
        func cleared(_ answer: String) throws -> String {
            let command = "script -qec '\"$PULID_RUN\" cache clear' /dev/null"
            return try test.shell("echo \(answer) | \(command); \"$PULID_RUN\" cache stats").stdout
        }
        let kept = try cleared("n")
        #expect(kept.contains("forget 6 results") && !kept.contains("0 results"), "\(kept)")
        let gone = try cleared("y")
        #expect(gone.contains("forgot 6 results") && gone.contains("0 results"), "\(gone)")
    }
}
