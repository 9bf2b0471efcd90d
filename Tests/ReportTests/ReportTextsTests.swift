import EngineTestSupport
import Foundation
import Report
import Testing

/// What a report says of the world around its run.
@Suite struct ReportTextsTests {
    @Test func theCommitAroundARecipe() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (String(repeating: "a1", count: 20), String(repeating: "b2", count: 20))
        func commit() -> GitCommit? { GitCommit(around: folder("project/recipes/r.yaml"), environment: [:]) }
        #expect(commit() == nil)

        try folder.write("ref: refs/heads/main\n", to: "project/.git/HEAD")
        #expect(commit() == nil, "no commit yet")
        try folder.write("# pack-refs\n\(first) refs/heads/main\n", to: "project/.git/packed-refs")
        #expect(commit()?.id == first && commit()?.branch == "main")
        try folder.write(second + "\n", to: "project/.git/refs/heads/main")
        #expect(commit()?.id == second)
        try folder.write(first + "\n", to: "project/.git/HEAD")
        #expect(commit()?.id == first && commit()?.branch == nil)

        // A work tree beside the main one.
        try folder.write("gitdir: ../project/.git/worktrees/w\n", to: "w/.git")
        try folder.write("ref: refs/heads/main\n", to: "project/.git/worktrees/w/HEAD")
        try folder.write("../..\n", to: "project/.git/worktrees/w/commondir")
        #expect(GitCommit(around: folder("w/r.yaml"), environment: [:])?.id == second)

        // What does not look like it is none.
        try folder.write("ref: refs/heads/../../../secret\n", to: "project/.git/HEAD")
        #expect(commit() == nil)
        try folder.write("ref: /etc/passwd\n", to: "project/.git/HEAD")
        #expect(commit() == nil)
        let server = GitCommit(around: "/", environment: ["GITHUB_SHA": first, "GITHUB_REF_NAME": "topic"])
        #expect(server?.id == first && server?.branch == "topic")
        #expect(GitCommit(around: "/", environment: ["CI_COMMIT_SHA": "<script>"]) == nil)
    }
}
