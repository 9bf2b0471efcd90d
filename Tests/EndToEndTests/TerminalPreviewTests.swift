import EngineTestSupport
import Foundation
import Synchronization
import Testing

/// What a terminal is asked and shown while pictures are sampled.
@Suite struct TerminalPreviewTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try test.folder.write(
            """
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors}
              prompt: {uses: encode_prompt, model: $sdxl, text: "a portrait, neon style"}
              latent:
                {uses: sample, model: $sdxl, prompt: $prompt, seed: 1, sampler: euler, guidance: 1, width: 64, height: 64}
            outputs: {latent.safetensors: $latent}

            """,
            to: "neon.yaml"
        )
    }

    private static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[c"
    private static let warning =
        "warning: --preview terminal: no terminal says here that it shows pictures; name a folder for them"

    @Test(arguments: [
        ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c", "\u{1B}_Ga=T,f=24,s=96,v=96,i=17,p=1,r=10,C=1,q=2,m=1;"),
        ("\u{1B}[?62;4;22c", "\u{1B}P0;1q\"1;1;96;96#"),
    ])
    func asTheTerminalSaysThatItCan(answer: String, picture: String) throws {
        let shown = try run(answering: answer)
        #expect(shown.status == 0, "\(shown.text)")
        #expect(shown.text.hasPrefix(Self.question))
        // Room is made for ten lines, and the cursor comes back to the line below them.
        let parts = shown.text.components(separatedBy: "\u{1B}7\(picture)")
        #expect(parts.count > 1, "\(shown.text.debugDescription)")
        #expect(parts[0].hasSuffix("\r\u{1B}[10A"))
        #expect(parts.dropFirst().allSatisfy { $0.contains("\u{1B}\\\u{1B}8\u{1B}[10B") })
        #expect(!shown.text.contains(Self.warning))
    }

    @Test func aTerminalThatShowsNone() throws {
        let shown = try run(answering: "\u{1B}[?62;22c")
        #expect(shown.status == 0)
        #expect(shown.text.hasPrefix(Self.question) && shown.text.contains(Self.warning))
        #expect(!shown.text.contains("\u{1B}P") && !shown.text.contains("\u{1B}_Ga"))
    }

    @Test func offATerminalNothingIsAsked() throws {
        let result = try test.run("neon.yaml", "--preview", "terminal")
        #expect(result.status == 0)
        #expect(result.stderr.hasPrefix("\(Self.warning)\n") && !result.stderr.contains("\u{1B}"), "\(result.stderr)")
        #expect(try test.folder.files().filter { $0.hasPrefix("terminal") } == [])
    }

    /// Runs the recipe on a terminal of its own that answers what it is asked.
    private func run(answering answer: String) throws -> (status: Int32, text: String) {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (isLocked, number): (Int32, UInt32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN
        try #require(terminal >= 0 && ioctl(terminal, 0x4004_5431, &isLocked) == 0)
        try #require(ioctl(terminal, 0x8004_5430, &number) == 0)
        let side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(side >= 0)
        let process = try test.process(["neon.yaml", "--preview", "terminal"])
        let stream = FileHandle(fileDescriptor: side, closeOnDealloc: false)
        process.standardInput = stream
        process.standardError = stream
        process.standardOutput = FileHandle.nullDevice
        let seen = Mutex("")
        let isRead = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 65536)
            var isAnswered = false
            while true {
                let count = read(terminal, &bytes, bytes.count)
                guard count > 0 else { break }
                let text = seen.withLock { text in
                    text += String(decoding: bytes[..<count], as: UTF8.self)
                    return text
                }
                guard !isAnswered, text.contains(Self.question) else { continue }
                isAnswered = true
                _ = answer.withCString { write(terminal, $0, strlen($0)) }
            }
            isRead.signal()
        }
        try process.run()
        process.waitUntilExit()
        // With the last of its other side closed, reading ends.
        close(side)
        isRead.wait()
        close(terminal)
        return (process.terminationStatus, seen.withLock { $0 })
    }
}
