import Cluster
import Testing

@Suite struct SlurmLimitsTests {
    private let config = """
        Configuration data as of 2026-11-30T20:00:00
        AccountingStorageType   = accounting_storage/slurmdbd
        MaxArraySize            = 501
        MaxJobCount             = 20000

        Slurmctld(primary) at n0 is UP
        """
    private let partitions = """
        PartitionName=work AllowGroups=ALL Default=YES DefaultTime=NONE MaxNodes=UNLIMITED MaxTime=1-12:00:00 State=UP
        PartitionName=long Default=NO MaxTime=UNLIMITED State=UP
        PartitionName=test Default=NO MaxTime=30:00 State=UP

        """

    @Test func areReadFromWhatTheClusterSays() {
        var limits = SlurmLimits(config: config, partitions: partitions, partition: nil)
        #expect(limits.arraySize == 501)
        #expect(limits.hasAccounting)
        #expect(limits.mostMinutes == 2160)
        #expect(limits.mostShards == 500)
        limits.mostSubmitted = 100
        #expect(limits.mostShards == 98)
        limits.mostSubmitted = 1
        #expect(limits.mostShards == 1)
        #expect(SlurmLimits(config: config, partitions: partitions, partition: "long").mostMinutes == nil)
        #expect(SlurmLimits(config: config, partitions: partitions, partition: "test").mostMinutes == 30)
    }

    @Test func areSlurmsOwnWhereNothingIsSaid() {
        let limits = SlurmLimits(config: "", partitions: "", partition: nil)
        #expect(limits.mostShards == 1000)
        #expect(!limits.hasAccounting)
        #expect(limits.mostMinutes == nil)
    }

    /// The user's share of a cluster that keeps accounts, by as many calls as there are questions.
    @Test func theAccountsAreAskedWhereThereAreSome() throws {
        let slurm = Slurm(user: "ada") { [config, partitions] program, arguments in
            switch (program, arguments.last) {
            case ("scontrol", "config"): CommandOutput(status: 0, output: config, errors: "")
            case ("scontrol", "partition"): CommandOutput(status: 0, output: partitions, errors: "")
            case ("sacctmgr", _):
                arguments.contains("user=ada")
                    ? CommandOutput(status: 0, output: "200\n\n64\n", errors: "")
                    : CommandOutput(status: 1, output: "", errors: "who?")
            default: CommandOutput(status: 127, output: "", errors: "")
            }
        }
        #expect(try slurm.limits(partition: nil).mostShards == 62)
    }

    @Test func aClusterThatIsNotThereIsSaidSo() {
        let slurm = Slurm(user: "ada") { _, _ in CommandOutput(status: 127, output: "", errors: "env: scontrol: none\n")
        }
        #expect(throws: SlurmError.refused("scontrol", reason: "env: scontrol: none\n")) {
            try slurm.limits(partition: nil)
        }
    }

    @Test func tasksAreReadAsTheQueueSaysThem() throws {
        let lines = """
            7_3|pulid-a|RUNNING|n1|None
            7_4|pulid-a|PENDING||(Priority|Resources)
            7_1|pulid-a|NODE_FAIL|n2|NodeDown
            nonsense
            8|pulid-a-collect|PENDING||Dependency

            """
        let slurm = Slurm(user: "ada") { _, _ in CommandOutput(status: 0, output: lines, errors: "") }
        let tasks = try slurm.tasks(ofJobs: ["pulid-a", "pulid-a-collect"])
        #expect(tasks.map(\.id) == ["7_3", "7_4", "7_1", "8"])
        #expect(tasks.map(\.isActive) == [true, true, false, true])
        #expect(tasks.map(\.isRunning) == [true, false, false, false])
        #expect(tasks[2].hasFailedWithItsNode)
        #expect(tasks[1].reason == "(Priority|Resources)")
    }
}
