import Runner
import Testing

/// How many threads a run takes, from what a system says.
@Suite struct ProcessorReadingsTests {
    private func least(
        affine: Int = 64,
        environment: [String: String] = [:],
        files: [String: String] = [:]
    ) -> String {
        let readings = ProcessorReadings(machine: 64, affine: affine, environment: environment, read: { files[$0] })
        return "\(readings.least.count) \(readings.least.source)"
    }

    @Test func theLeastDecides() {
        #expect(least() == "64 the machine's")
        #expect(least(affine: 3) == "3 by affinity, as taskset sets it")
        #expect(least(environment: ["SLURM_CPUS_ON_NODE": "16"]) == "16 by $SLURM_CPUS_ON_NODE")
        let task = ["SLURM_CPUS_ON_NODE": "16", "SLURM_CPUS_PER_TASK": "4"]
        #expect(least(environment: task) == "4 by $SLURM_CPUS_PER_TASK")
        #expect(least(affine: 2, environment: task) == "2 by affinity, as taskset sets it")
        for text in ["0", "-5", "", "many", "99999999999999999999"] {
            #expect(least(environment: ["SLURM_CPUS_PER_TASK": text]) == "64 the machine's")
        }
        #expect(least(affine: 0) == "64 the machine's", "a system that does not say")
    }

    @Test(arguments: [
        ("200000 100000\n", "2"), ("150000 100000\n", "2"), ("1000 100000\n", "1"), ("max 100000\n", nil),
        ("800000\n", nil), ("-1 100000\n", nil), ("5 0\n", nil), ("", nil), ("9223372036854775807 1\n", nil),
    ])
    func quotas(_ text: String, _ expected: String?) {
        let root = "/sys/fs/cgroup"
        let own = ["/proc/self/cgroup": "0::/jobs/one\n"]
        for folder in ["\(root)/jobs/one", "\(root)/jobs", root] {
            let found = least(files: own.merging(["\(folder)/cpu.max": text]) { $1 })
            #expect(found == (expected.map { "\($0) by \(folder)/cpu.max" } ?? "64 the machine's"))
        }
    }

    @Test func theFirstVersionOfControlGroups() {
        let own = ["/proc/self/cgroup": "3:memory:/b\n2:cpu,cpuacct:/docker/a\n0::/x\n"]
        let folder = "/sys/fs/cgroup/cpu/docker/a"
        func found(_ quota: String, _ period: String?) -> String {
            var files = own.merging(["\(folder)/cpu.cfs_quota_us": quota]) { $1 }
            files["\(folder)/cpu.cfs_period_us"] = period
            return least(files: files)
        }
        #expect(found("350000\n", "100000\n") == "4 by \(folder)/cpu.cfs_quota_us")
        #expect(found("-1\n", "100000\n") == "64 the machine's")
        #expect(found("350000\n", nil) == "64 the machine's")
    }
}
