import Runner
import Testing

/// How much memory a run makes do with, from what a system says.
@Suite struct MemoryReadingsTests {
    private static let gigabyte = 1 << 30

    private func least(
        machine: Int = 64 * gigabyte,
        addressSpace: Int? = nil,
        environment: [String: String] = [:],
        files: [String: String] = [:]
    ) -> String {
        let readings = MemoryReadings(
            machine: machine,
            processors: 8,
            addressSpace: addressSpace,
            environment: environment,
            read: { files[$0] }
        )
        return "\(readings.least.bytes / Self.gigabyte) GiB \(readings.least.source)"
    }

    @Test func theLeastDecides() {
        #expect(least() == "64 GiB the machine's")
        #expect(least(addressSpace: 2 << 30) == "2 GiB by ulimit -v")
        #expect(least(environment: ["SLURM_MEM_PER_NODE": "16384"]) == "16 GiB by $SLURM_MEM_PER_NODE")
        let perCPU = ["SLURM_MEM_PER_CPU": "2048", "SLURM_CPUS_PER_TASK": "4"]
        #expect(least(environment: perCPU) == "8 GiB by $SLURM_MEM_PER_CPU")
        let onNode = perCPU.merging(["SLURM_CPUS_ON_NODE": "6"]) { $1 }
        #expect(least(environment: onNode) == "12 GiB by $SLURM_MEM_PER_CPU")
        #expect(least(environment: ["SLURM_MEM_PER_CPU": "1024"]) == "8 GiB by $SLURM_MEM_PER_CPU")
        // 0 is Slurm's way to say all; the others say nothing.
        for text in ["0", "-5", "", "many", "9223372036854775807"] {
            #expect(
                least(environment: ["SLURM_MEM_PER_NODE": text, "SLURM_MEM_PER_CPU": text]) == "64 GiB the machine's"
            )
        }
    }

    @Test func threeQuartersAreShared() {
        let readings = MemoryReadings(
            machine: 4000,
            processors: 1,
            addressSpace: nil,
            environment: [:],
            read: { _ in nil }
        )
        #expect(readings.least.share == 3000)
    }

    @Test func controlGroupsAndThoseAroundThem() {
        let root = "/sys/fs/cgroup"
        let own = ["/proc/self/cgroup": "0::/system.slice/job.scope\n"]
        func second(_ files: [String: String]) -> String { least(files: own.merging(files) { $1 }) }
        #expect(second([:]) == "64 GiB the machine's")
        #expect(second(["\(root)/system.slice/job.scope/memory.max": "max\n"]) == "64 GiB the machine's")
        #expect(
            second([
                "\(root)/system.slice/job.scope/memory.max": "max\n", "\(root)/system.slice/memory.max": "4294967296\n",
            ])
                == "4 GiB by /sys/fs/cgroup/system.slice/memory.max"
        )
        // In a container of its own name space the group is the root.
        #expect(
            least(files: ["/proc/self/cgroup": "0::/\n", "\(root)/memory.max": "1073741824\n"])
                == "1 GiB by /sys/fs/cgroup/memory.max"
        )
        let first = ["/proc/self/cgroup": "12:cpu,cpuacct:/a\n9:memory:/docker/abc\n0::/x\n"]
        #expect(
            least(files: first.merging(["\(root)/memory/docker/abc/memory.limit_in_bytes": "2147483648\n"]) { $1 })
                == "2 GiB by /sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes"
        )
        #expect(
            least(files: first.merging(["\(root)/memory/memory.limit_in_bytes": "9223372036854771712\n"]) { $1 })
                == "64 GiB the machine's"
        )
        #expect(least(files: ["/proc/self/cgroup": "\n:::\nnonsense"]) == "64 GiB the machine's")
    }
}
