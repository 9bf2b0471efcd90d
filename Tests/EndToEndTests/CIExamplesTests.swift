import EngineTestSupport
import Foundation
import Testing

/// The jobs in examples/ci, run as far as a shell can.
@Suite struct CIExamplesTests {
    /// The scripts of a job, in their order.
    private struct Job {
        /// By the first key of the list that a script is in, `run` or `script`.
        let scripts: [String]

        init(_ file: String) throws {
            let text = try String(contentsOfFile: "\(projectFolder)/examples/ci/\(file)", encoding: .utf8)
            var scripts: [String] = []
            var isScript = false
            var blockIndent: Int?
            for line in text.components(separatedBy: "\n") {
                let indent = line.prefix { $0 == " " }.count
                let content = line.dropFirst(indent)
                if let block = blockIndent {
                    if content.isEmpty || indent > block {
                        scripts[scripts.count - 1] += content + "\n"
                        continue
                    }
                    blockIndent = nil
                }
                if content == "run: |" {
                    scripts.append("")
                    blockIndent = indent
                } else if content == "script:" || content == "before_script:" {
                    isScript = true
                } else if isScript, content.hasPrefix("- ") {
                    let command = content.dropFirst(2)
                    scripts.append(command == "|" ? "" : command + "\n")
                    if command == "|" { blockIndent = indent }
                } else {
                    isScript = false
                }
            }
            self.scripts = scripts
        }
    }

    /// A folder with a recipe and its baselines, and `git` and `make` that only put the program where it would be built to.
    private func project() throws -> CommandTest {
        let test = try CommandTest()
        #expect(try test.run("approve", "recipes/regression.yaml", "-q").status == 0)
        try test.folder.write("#!/bin/sh\nexit 0\n", to: "tools/apt-get")
        try test.folder.write("#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last\"\n", to: "tools/git")
        try test.folder.write(
            "#!/bin/sh\nfor last; do :; done\nmkdir -p \"${last#PREFIX=}/bin\"\nln -sf \"$PULID_RUN\" \"${last#PREFIX=}/bin/pulid-run\"\n",
            to: "tools/make"
        )
        for tool in ["apt-get", "git", "make"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: test.folder("tools/\(tool)")
            )
        }
        return test
    }

    /// Runs all scripts as the server would, and stops at one that fails.
    private func run(_ job: Job, in test: CommandTest) throws -> CommandTest.Result {
        let script = job.scripts.map { "sh -e <<'SCRIPT_OF_THE_JOB'\n\($0)SCRIPT_OF_THE_JOB\n" }.joined()
        return try test.shell(
            "set -e\nexport PATH=\"$PWD/tools:$PATH\"\n\(script)",
            environment: [
                "RECIPE": "recipes/regression.yaml", "PULID_RUN_SOURCE": "source", "PULID_RUN_VERSION": "main",
                "GITHUB_STEP_SUMMARY": test.folder("summary.md"),
            ]
        )
    }

    private func plantAChange(_ test: CommandTest) throws {
        try test.edit("recipes/regression.yaml") { $0.replacingOccurrences(of: "seed: 7", with: "seed: 8") }
    }

    @Test func gitHub() throws {
        let test = try project()
        let job = try Job("github.yml")
        #expect(job.scripts.count == 2)
        let well = try run(job, in: test)
        #expect(well.status == 0, "\(well.stderr)")
        #expect(!well.stdout.contains("::error"))

        try plantAChange(test)
        let changed = try run(job, in: test)
        #expect(changed.status == 1)
        let annotations = changed.lines.filter { $0.hasPrefix("::error") }
        #expect(annotations.count > 1 && annotations.count <= 10)
        // On the line of the expectation, with the cause and the files to look at.
        let place = "::error file=recipes/regression.yaml,line="
        #expect(annotations.allSatisfy { $0.hasPrefix(place + "39,") || $0.hasPrefix(place + "40,") }, "\(annotations)")
        #expect(annotations.allSatisfy { $0.contains("%0Achanged by latent.seed: 7 -> 8%0A") }, "\(annotations)")
        #expect(
            annotations.contains {
                $0.contains(
                    "%0Apicture: out/renders/neon.png%0Abaseline: recipes/baselines/regression/neon.png%0Ahint: "
                )
            },
            "\(annotations)"
        )
        let summary = try test.folder.text(of: "summary.md")
        #expect(summary.contains("| `out/renders/neon.png` | `$score.max_abs <= 0.05` | "))
        #expect(summary.contains(" | `recipes/baselines/regression/neon.png` |"))
        let files = try test.folder.files(under: "out")
        for name in ["report.html", "renders/failed/neon-actual.png", "renders/failed/neon-diff.png"] {
            #expect(files.contains { $0.hasSuffix(name) }, "\(name)")
        }
    }

    @Test func gitLab() throws {
        let test = try project()
        let job = try Job("gitlab.yml")
        #expect(job.scripts.count == 3)
        #expect(try run(job, in: test).status == 0)
        try plantAChange(test)
        #expect(try run(job, in: test).status == 1)
        let junit = try test.folder.text(of: "out/junit.xml")
        #expect(junit.contains("<failure message="))
        #expect(
            junit.contains("[[ATTACHMENT|out/renders/neon.png]]\n[[ATTACHMENT|recipes/baselines/regression/neon.png]]")
        )
        #expect(junit.contains("[[ATTACHMENT|out/renders/failed/neon-diff.png]]"))
        #expect(try test.folder.text(of: "out/report.html").hasPrefix("<!doctype html>"))
    }
}
