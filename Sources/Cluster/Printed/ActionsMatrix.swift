/// For GitHub Actions: a workflow with a job for each shard and one that renders and keeps what they computed.
public struct ActionsMatrix: CustomStringConvertible {
    private let job: SweepJob

    public init(_ job: SweepJob) { self.job = job }

    public var description: String {
        let numbers = (1...job.shards).map { "\($0)" }.joined(separator: ", ")
        func step(_ command: String) -> String { "- run: \(KubernetesJob.quoted(command))" }
        let shared =
            job.hasShared
            ? """
              shared:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v4
                  \(step(job.shardCommand("0/\(job.shards)")))

            """ : ""
        return """
            name: \(KubernetesJob.quoted(job.name))
            on: [push]
            jobs:
            \(shared)  shard:
            \(job.hasShared ? "    needs: shared\n" : "")    runs-on: ubuntu-latest
                strategy:
                  fail-fast: false
                  matrix:
                    shard: [\(numbers)]
                steps:
                  - uses: actions/checkout@v4
                  \(step(job.shardCommand("${{ matrix.shard }}/\(job.shards)")))
              render:
                needs: shard
                if: ${{ !cancelled() }}
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v4
                  \(step(job.lastCommand + " --format github"))
                  - uses: actions/upload-artifact@v4
                    if: ${{ !cancelled() }}
                    with:
                      name: \(KubernetesJob.quoted(job.name))
                      path: out

            """
    }
}
