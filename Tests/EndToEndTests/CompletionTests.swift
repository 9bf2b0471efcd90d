import EngineTestSupport
import Foundation
import Testing

/// Command lines are completed as somebody types them, in the shells themselves.
@Suite struct CompletionTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try FileManager.default.createDirectory(atPath: test.folder("bin"), withIntermediateDirectories: true)
        try test.folder.write(
            """
            params: {photo: faces/ada.png, sampler: euler, tiled: true, size: 64}
            axes:
              style: [photo, pixel art, "neon: bright", "$$(touch ran)"]
              seed: [1, 2]
            nodes:
              face:   {uses: load_image, file: "${photo}"}
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $sdxl, text: "${style}", weighting: "${weighting}"}
              latent:
                {uses: sample, model: $sdxl, prompt: $prompt, seed: "${seed}", sampler: "${sampler}", width: "${size}"}

            """,
            to: "recipes/faulty.yaml"
        )
        try test.folder.write("", to: "recipes/my notes/in a folder.yaml")
    }

    /// What is typed, a tab at its end, and the words that are in its place then.
    static let lines: [(typed: String, words: [String])] = [
        ("pulid-run rec", ["pulid-run", "recipes/"]),
        ("pulid-run recipes/style-s", ["pulid-run", "recipes/style-sweep.yaml"]),
        ("pulid-run run recipes/style-s", ["pulid-run", "run", "recipes/style-sweep.yaml"]),
        ("pulid-run appr", ["pulid-run", "approve"]),
        ("pulid-run recipes/style-sweep.yaml --keep", ["pulid-run", "recipes/style-sweep.yaml", "--keep-going"]),
        ("pulid-run recipes/style-sweep.yaml --set st", ["pulid-run", "recipes/style-sweep.yaml", "--set", "style="]),
        (
            "pulid-run recipes/style-sweep.yaml --set style=ne",
            [
                "pulid-run", "recipes/style-sweep.yaml", "--set", "style=neon",
            ]
        ),
        (
            "pulid-run plan recipes/style-sweep.yaml --set style=pi",
            [
                "pulid-run", "plan", "recipes/style-sweep.yaml", "--set", "style=pixel art",
            ]
        ),
        (
            "pulid-run recipes/style-sweep.yaml --set face=recipes/faces/ada-",
            [
                "pulid-run", "recipes/style-sweep.yaml", "--set", "face=recipes/faces/ada-2.png",
            ]
        ),
        (
            "pulid-run recipes/style-sweep.yaml --set face=recipes/fac",
            [
                "pulid-run", "recipes/style-sweep.yaml", "--set", "face=recipes/faces/",
            ]
        ),
        (
            "pulid-run recipes/faulty.yaml --set sampler=dpmpp_2m_",
            [
                "pulid-run", "recipes/faulty.yaml", "--set", "sampler=dpmpp_2m_sde",
            ]
        ),
        ("pulid-run recipes/faulty.yaml --set tiled=f", ["pulid-run", "recipes/faulty.yaml", "--set", "tiled=false"]),
        (
            "pulid-run recipes/faulty.yaml --set style=neon",
            [
                "pulid-run", "recipes/faulty.yaml", "--set", "style=neon: bright",
            ]
        ),
        ("pulid-run recipes/faulty.yaml --only lat", ["pulid-run", "recipes/faulty.yaml", "--only", "latent"]),
        (
            "pulid-run recipes/style-sweep.yaml --format mark",
            [
                "pulid-run", "recipes/style-sweep.yaml", "--format", "markdown",
            ]
        ),
        ("pulid-run recipes/my", ["pulid-run", "recipes/my notes/"]),
        ("pulid-run check recipes/my\\ notes/in", ["pulid-run", "check", "recipes/my notes/in a folder.yaml"]),
    ]

    @Test func bash() throws {
        let setup = """
            PATH="$PWD/bin:$PATH"; source <(pulid-run completions bash); shown() { printf '%s\\n' "$@" '' >> shown; }
            """
        try check("bash --norc --noprofile -i", setup: setup)
        // What stands in quotes is one word, and there is an option's other spelling.
        try expect(
            [
                (
                    "pulid-run recipes/style-sweep.yaml --set 'style=pi",
                    [
                        "pulid-run", "recipes/style-sweep.yaml", "--set", "style=pixel art",
                    ]
                ),
                (
                    "pulid-run recipes/style-sweep.yaml --set=style=ne",
                    [
                        "pulid-run", "recipes/style-sweep.yaml", "--set=style=neon",
                    ]
                ),
            ],
            in: "bash --norc --noprofile -i",
            setup: setup
        )
    }

    @Test(.enabled(if: isInstalled("zsh"))) func zsh() throws {
        try check(
            "zsh -f -i",
            setup: """
                PATH="$PWD/bin:$PATH"; PS1='> '; fpath=("$PWD/bin" $fpath); pulid-run completions zsh > bin/_pulid-run; \
                autoload -Uz compinit; compinit -u -d dump; bindkey -e; unsetopt autoremoveslash; \
                shown() { printf '%s\\n' "$@" '' >> shown; }
                """
        )
    }

    @Test(.enabled(if: isInstalled("fish"))) func fish() throws {
        try test.folder.write(
            """
            set -x PATH $PWD/bin $PATH
            pulid-run completions fish | source
            for line in (cat lines)
                complete -C "$line" | string replace -r '\\t.*' ''
                echo
            end
            """,
            to: "complete.fish"
        )
        try link()
        let lines = Self.lines.map { "\($0.typed)\n" }.joined()
        try test.folder.write(lines, to: "lines")
        let offers = try test.shell("fish --no-config complete.fish").stdout.components(separatedBy: "\n\n")
        for (line, offered) in zip(Self.lines, offers) {
            // fish says the word, and what is a folder ends in a slash.
            let found = offered.split(separator: "\n").map(String.init)
            #expect(found == [line.words[line.words.count - 1]], "\(line.typed)")
        }
        #expect(offers.count == Self.lines.count + 1)
        #expect(!FileManager.default.fileExists(atPath: test.folder("ran")))
    }

    private func link() throws {
        try FileManager.default.createSymbolicLink(
            atPath: test.folder("bin/pulid-run"),
            withDestinationPath: try CommandTest.programPath()
        )
    }

    private func check(_ shell: String, setup: String) throws {
        try link()
        try expect(Self.lines, in: shell, setup: setup)
        #expect(!FileManager.default.fileExists(atPath: test.folder("ran")))
    }

    /// Types each line with a tab behind it into a shell at a terminal, and then a word in front of it that shows the words.
    private func expect(_ lines: [(typed: String, words: [String])], in shell: String, setup: String) throws {
        try? FileManager.default.removeItem(atPath: test.folder("shown"))
        let keys = lines.map { "\($0.typed)\t\u{1}shown \n" }
        try test.folder.write("\(setup)\n" + keys.joined() + "exit\n", to: "keys")
        let session = try test.shell("script -qec '\(shell)' /dev/null < keys", environment: ["TERM": "dumb"])
        let shown = try test.folder.text(of: "shown").components(separatedBy: "\n\n").dropLast()
        #expect(shown.map { $0.components(separatedBy: "\n") } == lines.map(\.words), "\(session.stdout)")
    }
}

private func isInstalled(_ shell: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)")
}
