import EngineTestSupport
import Foundation
import Graph
import Testing

@Suite struct ShellWordTests {
    /// A shell reads back what a command was made of, and nothing else happens.
    @Test(arguments: [
        "plain-1.0/a=b", "two words", "it's", "", "$(touch owned)", "`touch owned`", "a\nb; touch owned", "\u{1B}[2J",
        "-", "ü\"\\",
        "*", "~", "!!", "a\\'b\t", "\u{202E}txt.\u{9B}2J",
    ])
    func aShellReadsBackEachWord(_ word: String) throws {
        let folder = try TemporaryFolder()
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = ["-c", ShellWord.line(["printf", "%s|", word, "end"])]
        shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(text == word + "|end|")
        #expect(try folder.files() == [])
    }

    @Test func aCommandIsOneLine() {
        #expect(ShellWord.line(["a", "b\nc"]) == #"a $'b\x0ac'"#)
    }

    @Test func namesAreExpandedAndNothingElse() {
        #expect(ShellWord(expanding: "$HOME/a b").description == "\"$HOME/a b\"")
        #expect(ShellWord(expanding: "$(id)`id`$X").description == #""\$(id)\`id\`$X""#)
        #expect(ShellWord(expanding: "it's").description == #"'it'\''s'"#)
    }
}
