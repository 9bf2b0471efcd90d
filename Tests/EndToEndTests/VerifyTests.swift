import EngineTestSupport
import Foundation
import Testing

/// `cache verify` as a nightly job meets it.
@Suite struct VerifyTests {
    @Test func aDamagedCacheIsNoSuccessAndIsLeftAlone() throws {
        let test = try CommandTest.ofTwoFaces()
        #expect(try test.run("face.yaml").status == 0)
        let sound = try test.run("cache", "verify")
        #expect(sound.status == 0)
        #expect(sound.stdout == "2 values, 1.8 kB read, 0 damaged\n")

        let database = try test.folder.bytes(of: "cache/cache.sqlite")
        try test.folder.write(Array(database.prefix(20_000)), to: "cache/cache.sqlite")
        for _ in 0..<2 {
            let damaged = try test.run("cache", "verify")
            #expect(damaged.status == 5)
            #expect(damaged.stdout.hasSuffix("0 values, 0 B read, 1 damaged\n"), "\(damaged.stdout)")
        }
        #expect(try test.folder.bytes(of: "cache/cache.sqlite") == Array(database.prefix(20_000)))
        #expect(try test.folder.files().filter { $0.contains(".corrupt-") } == [])

        #expect(try test.run("cache", "verify", "--repair").status == 5)
        #expect(try test.folder.files().contains { $0.hasPrefix("cache/cache.sqlite.corrupt-") })
        #expect(try test.run("cache", "verify").status == 0)
        #expect(test.summary(try test.run("face.yaml")) == "2 ran, 0 cached, 0 written, 2 unchanged")
    }
}
