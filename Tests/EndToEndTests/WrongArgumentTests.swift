import EngineTestSupport
import Foundation
import Testing

/// Commands that look at something, given what is not there, is empty, is broken, is a folder or may not be read: one sentence,
/// and the exit status that the documents name.
@Suite struct WrongArgumentTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest.ofTwoFaces()
        #expect(try test.run("face.yaml").status == 0)
        for folder in ["empty", "folder.yaml", "folder.png", "locked"] {
            try FileManager.default.createDirectory(atPath: test.folder(folder), withIntermediateDirectories: true)
        }
        try test.folder.write("broken", to: "broken.png")
        try test.folder.write("x: [", to: "broken.yaml")
        try test.folder.write("no database", to: "other/cache.sqlite")
    }

    @Test(arguments: [
        ("history none.yaml", 64, "there is no recipe none.yaml, and the cache remembers none"),
        ("history folder.yaml", 64, "folder.yaml is a folder, not a recipe"),
        ("history --run 99", 64, "the cache remembers no run 99"),
        (
            "history --cache other", 5,
            "the cache $PWD/other cannot be used: its cache.sqlite: it is not a database; give another with --cache"
        ),
        (
            "history --cache face.yaml", 5,
            "the cache $PWD/face.yaml cannot be used: it is no folder; give another with --cache"
        ),
        ("cache list none.yaml", 64, "there is no recipe none.yaml, and the cache remembers none"),
        ("cache list folder.yaml", 64, "folder.yaml is a folder, not a recipe"),
        (
            "cache list --cache other", 5,
            "the cache $PWD/other cannot be used: its cache.sqlite: it is not a database; give another with --cache"
        ),
        (
            "cache stats --cache face.yaml", 5,
            "the cache $PWD/face.yaml cannot be used: it is no folder; give another with --cache"
        ),
        ("cache gc --max-size 1GB --keep none.yaml", 64, "there is no recipe none.yaml, and the cache remembers none"),
        ("cache export none.yaml a.cache", 64, "there is no recipe none.yaml, and the cache remembers none"),
        ("cache export broken.yaml a.cache", 2, "the cache has nothing of $PWD/broken.yaml: run it first"),
        ("cache export face.yaml empty", 3, "empty cannot be written: Is a directory"),
        ("cache export face.yaml none/a.cache", 3, "none/a.cache cannot be written: No such file or directory"),
        ("cache import none", 5, "none is no file of `cache export`, or is damaged: it is not there"),
        ("cache import empty", 5, "empty is no file of `cache export`, or is damaged: it is a folder"),
        ("cache import broken.png", 5, "broken.png is no file of `cache export`, or is damaged: it is not a database"),
        ("cache push none.yaml --remote empty", 64, "there is no recipe none.yaml, and the cache remembers none"),
        ("diff out/face/1.png none.png", 3, "none.png: cannot be read: No such file or directory"),
        ("diff out/face/1.png broken.png", 3, "broken.png: this is text; convert it to PNG, JPEG or WebP"),
        (
            "diff out/face/1.png folder.png", 64,
            "folder.png is a folder: `pulid-run compare` measures the pictures of two folders"
        ),
        ("uses none.png face.yaml", 2, "none.png: no such file"),
        ("uses face.yaml/none.png face.yaml", 2, "face.yaml/none.png: Not a directory"),
        (
            "doctor --cache face.yaml", 5,
            "the cache $PWD/face.yaml cannot be used: it is no folder; give another with --cache"
        ),
    ])
    func oneSentence(_ command: String, status: Int32, sentence: String) throws {
        let result = try test.shell("\"$PULID_RUN\" \(command) > /dev/null")
        #expect(result.status == status, "\(result.stderr)")
        let text = sentence.replacing("$PWD", with: test.folder.path)
        #expect(result.stderr == "error: \(text)\n", "\(result.stderr)")
    }

    /// As a script gives whose variable is not set.
    @Test(arguments: [
        ("face.yaml --out ''", "nothing is given to `--out`"), ("face.yaml --out=", "nothing is given to `--out`"),
        ("face.yaml --cache ''", "nothing is given to `--cache`"), ("run ''", "an argument is empty"),
        ("face.yaml --set ''", "nothing is given to `--set`"),
    ])
    func nothing(_ command: String, words: String) throws {
        let before = try test.folder.files()
        let result = try test.shell("\"$PULID_RUN\" \(command)")
        #expect(result.status == 64)
        #expect(result.stderr.hasPrefix("Error: \(words): is a variable of a script not set?\n"), "\(result.stderr)")
        #expect(try test.folder.files() == before)
    }

    @Test(arguments: ["cache clear", "cache clear --yes", "cache gc --max-size 1GB", "cache verify --repair"])
    func noCacheIsMade(_ command: String) throws {
        let result = try test.shell("\"$PULID_RUN\" \(command) --cache empty")
        #expect(result.status == 0 && result.stdout.isEmpty)
        #expect(result.stderr == "there is no cache in \(test.folder("empty"))\n", "\(result.stderr)")
        #expect(try test.folder.files(under: "empty").isEmpty)
    }

    @Test func whatWasNeverRun() throws {
        try test.folder.write(try test.folder.text(of: "face.yaml"), to: "new.yaml")
        for command in ["history new.yaml", "cache list new.yaml"] {
            let result = try test.shell("\"$PULID_RUN\" \(command)")
            #expect(result.status == 0 && result.stdout.isEmpty)
            #expect(result.stderr == "the cache has nothing of new.yaml: run it first\n")
        }
        let kept = try test.run("cache", "gc", "--max-size", "1GB", "--keep", "new.yaml")
        #expect(kept.status == 0)
        #expect(kept.stderr == "warning: the cache has nothing of new.yaml: run it first\n")
    }

    /// Root may read everything.
    @Test(.enabled(if: geteuid() == 0)) func whatMayNotBeRead() throws {
        try test.folder.write("", to: "locked/a.png")
        let result = try test.shell(
            """
            chmod -R a+rX . && chmod 700 locked && chmod 1777 . && cp "$PULID_RUN" program && chmod 755 program
            try() { setpriv --reuid=65534 --regid=65534 --clear-groups ./program "$@" 2>&1; echo "= $?"; }
            try inspect locked
            try diff out/face/1.png locked/a.png
            try uses locked/a.png face.yaml
            try history --cache locked
            """
        )
        #expect(
            result.stdout == """
                locked: a folder that cannot be read
                  problem  locked: cannot be read: Permission denied
                = 3
                error: locked/a.png: cannot be read: Permission denied
                = 3
                error: locked/a.png: Permission denied
                = 2
                error: the cache \(test.folder("locked")) cannot be used: Permission denied; give another with --cache
                = 5

                """,
            "\(result.stderr)"
        )
    }
}
