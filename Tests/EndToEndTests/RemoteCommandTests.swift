import EngineTestSupport
import Foundation
import Testing

/// A remote cache, as the user has it.
@Suite struct RemoteCommandTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest.ofTwoFaces()
        try FileManager.default.createDirectory(atPath: test.folder("share"), withIntermediateDirectories: true)
    }

    @Test func machinesShareAFolder() throws {
        let first = try test.run("face.yaml", "--remote", "share")
        #expect(test.summary(first) == "2 ran, 0 cached, 2 written")
        #expect(first.stderr.contains("remote cache \(test.folder("share")): 2 results sent"))
        let plan = try test.run("plan", "face.yaml", "--remote", "share", "--cache", "other")
        #expect(plan.lines.last == "2 nodes cached (2 in the remote cache), 0 to run")
        let second = try test.shell(
            "$PULID_RUN face.yaml --cache other --out there/face --format json 2>/dev/null | tail -n 1",
            environment: ["PULID_REMOTE": "file://\(test.folder("share"))", "PULID_REMOTE_MODE": "read"]
        )
        #expect(second.stdout.contains(#""ran": 0"#) && second.stdout.contains(#""found": 2"#), "\(second.stdout)")
        #expect(try test.folder.bytes(of: "there/face/1.png") == test.folder.bytes(of: "out/face/1.png"))
    }

    @Test func whatIsMissingIsPushed() throws {
        #expect(try test.run("face.yaml").status == 0)
        let pushed = try test.run("cache", "push", "face.yaml", "--remote", "share")
        #expect(pushed.status == 0)
        #expect(pushed.stdout.hasPrefix("2 results sent with ") && pushed.stdout.hasSuffix(", 0 were there\n"))
        let again = try test.run("cache", "push", "face.yaml", "--remote", "share")
        #expect(again.stdout.hasPrefix("0 results sent with ") && again.stdout.hasSuffix(", 2 were there\n"))
        #expect(test.summary(try test.run("face.yaml", "--remote", "share", "--cache", "other")).hasPrefix("0 ran"))
        #expect(try test.run("cache", "push", "face.yaml").status == 64)
    }

    /// A shard that could not share what it computed does so when it is run again.
    @Test func aShardSendsWhatItFindsCached() throws {
        let shard = ["face.yaml", "--shard", "1/2", "--remote", "later"]
        let lost = try test.finish(test.start(shard))
        #expect(lost.status == 75, "\(lost.stderr)")
        let folder = test.folder("later")
        #expect(lost.stderr.contains("there is no folder \(folder) for the remote cache: make it"), "\(lost.stderr)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let again = try test.finish(test.start(shard))
        #expect(again.status == 0 && again.stderr.contains("1 results sent"), "\(again.stderr)")
        let other = try test.finish(test.start(shard + ["--cache", "other"]))
        #expect(test.summary(other).hasPrefix("0 ran"), "\(other.stderr)")
    }

    @Test func doctorTriesIt() throws {
        let well = try test.run("doctor", "--remote", "share")
        #expect(well.stdout.contains("share: reachable, writable, unsigned results are believed\n"))
        let read = try test.run("doctor", "--remote", "share", "--remote-mode", "read")
        #expect(read.stdout.contains("share: reachable, only read, unsigned results are believed\n"))
        let missing = try test.run("doctor", "--remote", "nowhere")
        #expect(missing.stdout.contains("nowhere: not reachable, not writable"))
        #expect(missing.stdout.contains("warning: the remote cache: No such file or directory\n"))
    }

    @Test func whatCannotBeAsked() throws {
        let scheme = try test.run("face.yaml", "--remote", "s3://bucket")
        #expect(scheme.status == 5)
        #expect(
            scheme.stderr
                == "error: there can be no remote cache at `s3://bucket`: s3 is not spoken here, but http, https and file\n"
        )
        #expect(try test.run("face.yaml", "--remote", "share", "--remote-mode", "sideways").status == 64)
        let key = try test.shell(
            "$PULID_RUN face.yaml --remote share",
            environment: ["PULID_REMOTE_PUBLIC_KEYS": test.folder("face.yaml")]
        )
        #expect(key.status == 5)
        #expect(key.stderr.contains("PULID_REMOTE_PUBLIC_KEYS names, is no use: it holds no Ed25519 public key"))
        // A folder that is not there is a mount that is missing, perhaps; a run does without.
        let missing = try test.run("face.yaml", "--remote", "nowhere")
        #expect(missing.status == 0 && missing.stderr.contains("requests failed"))
    }

    @Test func otherBitsAreRefusedBeforeTheWork() throws {
        let refused = try test.run("face.yaml", "--numerics", "kernels of yesterday")
        #expect(refused.status == 64)
        #expect(refused.stderr.contains("not `kernels of yesterday`: results would have other keys"))
        let doctor = try #require(try test.run("doctor").lines.first)
        let own = doctor.components(separatedBy: "; ").dropFirst().joined(separator: "; ")
        #expect(try test.run("face.yaml", "--numerics", own).status == 0, "\(own)")
    }
}
