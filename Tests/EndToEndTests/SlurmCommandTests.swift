import EngineTestSupport
import Foundation
import Testing

/// `pulid-run slurm` with programs in Slurm's place that note how they were called and do at once what they are told.
/// `scripts/cluster/check.sh` does the same on a cluster.
struct SlurmCommandTests {
    private struct Cluster {
        let test: CommandTest

        init() throws {
            test = try CommandTest()
            let config = "MaxArraySize            = 4\\nAccountingStorageType   = accounting_storage/none\\n"
            try program("scontrol", "[ \"$2\" = config ] && printf '\(config)' || true")
            try program("squeue", "cat queue 2> /dev/null || true")
            // Runs every task of a job before it returns; those of `broken` come to a node without the program.
            try program(
                "sbatch",
                """
                id=$(($(cat ids 2> /dev/null || echo 16) + 1)); echo $id > ids
                numbers=
                for word; do
                    case $word in
                    --array=*) numbers=$(seq $(echo "${word#--array=}" | sed 's/%.*//; s/-/ /')) ;;
                    -*) ;;
                    *.sh) script=$word; break ;;
                    esac
                    shift
                done
                shift
                grep -q exclude=n2 "$script" || export PULID_BROKEN="$(cat "$FAKE/broken" 2> /dev/null)"
                cd "$FAKE"
                for number in ${numbers:-none}; do
                    [ "$number" = none ] || export SLURM_ARRAY_TASK_ID=$number
                    case " $PULID_BROKEN " in
                    *" $number "*) echo "127 n2" > "sweep/status/$number" ;;
                    *) SLURMD_NODENAME=n1 SLURM_JOB_ID=$id bash "sweep/$script" "$@" > /dev/null 2>> failures || true ;;
                    esac
                done
                unset SLURM_ARRAY_TASK_ID
                echo "$id;loopback"
                """
            )
            try test.folder.write(
                """
                recipe: drawn
                axes:
                  seed: {from: 1, to: 6}
                nodes:
                  face:  {uses: draw_face, seed: "${seed}", size: 64}
                  sheet: {uses: contact_sheet, images: "$face[*]", columns: seed}
                outputs:
                  "${seed}.png": $face
                  sheet.png: $sheet

                """,
                to: "drawn.yaml"
            )
        }

        private func program(_ name: String, _ text: String) throws {
            let call = "#!/bin/bash\necho \"\(name) $*\" >> \"$FAKE/calls\"\n"
            try test.folder.write(call + text + "\n", to: "bin/\(name)")
            let attributes = [FileAttributeKey.posixPermissions: 0o755]
            try FileManager.default.setAttributes(attributes, ofItemAtPath: test.folder("bin/\(name)"))
        }

        func sweep(_ arguments: String = "--shards 3") throws -> CommandTest.Result {
            try test.shell(
                "$PULID_RUN slurm drawn.yaml --folder sweep --out out --poll 0.1 \(arguments)",
                environment: ["PATH": test.folder("bin") + ":/usr/bin:/bin", "FAKE": test.folder.path, "USER": "ada"]
            )
        }

        /// Without the sweep's own name and the user.
        var calls: [String] {
            get throws {
                guard FileManager.default.fileExists(atPath: test.folder("calls")) else { return [] }
                return try test.folder.text(of: "calls").split(separator: "\n").map { line in
                    String(line).replacing(/pulid-drawn-[0-9a-f]{8}/, with: "NAME").replacing(
                        /--user=\S+/,
                        with: "--user=ME"
                    )
                }
            }
        }

        func bytes(in folder: String) throws -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            for file in try test.folder.files() where file.hasPrefix(folder + "/") {
                files[String(file.dropFirst(folder.count + 1))] = try test.folder.bytes(of: file)
            }
            return files
        }
    }

    @Test func aSweepComesToTheBytesOfOneProcess() throws {
        let cluster = try Cluster()
        let alone = try cluster.test.run("drawn.yaml", "--out", "alone", "--cache", cluster.test.folder("other"))
        #expect(alone.status == 0)
        let result = try cluster.sweep()
        #expect(result.status == 0, "\(result.stderr)")
        #expect(try cluster.bytes(in: "out").count == 7)
        #expect(try cluster.bytes(in: "out") == cluster.bytes(in: "alone"))
        let queue =
            "squeue --noheader --array --states=all --user=ME --name=NAME-shared,NAME,NAME-collect --format=%i|%j|%T|%N|%r"
        #expect(
            try cluster.calls == [
                queue, "scontrol show config", "scontrol --oneliner show partition",
                "sbatch --parsable --array=1-3 shard.sh", "sbatch --parsable --dependency=afterany:17 collect.sh",
                queue,
            ]
        )
        for part in ["1", "2", "3", "collect"] {
            #expect(try cluster.test.folder.text(of: "sweep/status/\(part)") == "0 n1\n")
        }
        // What is there is not computed again: only the run that writes is submitted.
        let again = try cluster.sweep()
        #expect(again.status == 0, "\(again.stderr)")
        #expect(try cluster.calls.suffix(2).first == "sbatch --parsable collect.sh")
    }

    /// The array of a cluster that allows four numbers, from 0 to 3, has at most three shards.
    @Test func theClustersLimitsHold() throws {
        let cluster = try Cluster()
        #expect(try cluster.sweep("--shards 50 --nodes 2").status == 0)
        #expect(try cluster.calls.contains("sbatch --parsable --array=1-3%2 shard.sh"))
    }

    @Test func aNodeWithoutTheProgramIsLeftOutTheNextTime() throws {
        let cluster = try Cluster()
        try cluster.test.folder.write("1 2 3", to: "broken")
        let result = try cluster.sweep()
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stderr.contains("the jobs have ended and not all is done; left out from now on: n2\n"))
        #expect(try cluster.test.folder.text(of: "sweep/shard.sh").contains("#SBATCH --exclude=n2\n"))
        #expect(try cluster.calls.count { $0.hasSuffix("--array=1-3 shard.sh") } == 2)
        #expect(try cluster.bytes(in: "out").count == 7)
    }

    @Test func jobsInTheQueueAreAttachedTo() throws {
        let cluster = try Cluster()
        #expect(try cluster.sweep().status == 0)
        let name = try #require(
            cluster.test.folder.text(of: "sweep/shard.sh").firstMatch(of: /pulid-drawn-[0-9a-f]{8}/)
        )
        let held =
            "17_3|\(name.output)|PENDING||launch failed requeued held\n17_1|\(name.output)|PENDING||JobHeldAdmin\n"
        try cluster.test.folder.write("17_2|\(name.output)|RUNNING|n1|None\n" + held, to: "queue")
        let submitted = try cluster.calls.count { $0.hasPrefix("sbatch") }
        let run = try cluster.test.start(
            shell: "exec $PULID_RUN slurm drawn.yaml --folder sweep --out out --poll 0.1 --shards 3",
            environment: ["PATH": cluster.test.folder("bin") + ":/usr/bin:/bin", "FAKE": cluster.test.folder.path]
        )
        // Long enough to be looking at the queue.
        let calls = try cluster.calls.count
        for _ in 0..<300 where try cluster.calls.count < calls + 3 { usleep(100_000) }
        run.process.interrupt()
        let result = try cluster.test.finish(run)
        #expect(result.status == 130)
        #expect(result.stderr.contains("attached to jobs \(name.output)\n"))
        #expect(result.stderr.contains("3 shards: 1 running, 2 waiting, 3 ended\n"))
        // What waits for somebody is said, once.
        let warnings = result.stderr.split(separator: "\n").filter { $0.hasPrefix("warning: 17_") }
        #expect(
            warnings == [
                "warning: 17_3 is held (launch failed requeued held) and waits until it is released: scontrol release 17_3",
                "warning: 17_1 is held (JobHeldAdmin) and waits until it is released: ask an administrator of the cluster for "
                    + "scontrol release 17_1",
            ]
        )
        #expect(result.stderr.contains("\ndetached: the jobs go on; the same command attaches again"))
        #expect(try cluster.calls.count { $0.hasPrefix("sbatch") } == submitted)
    }

    @Test func aFailedCellIsNamedWithItsLog() throws {
        let cluster = try Cluster()
        try cluster.test.folder.write(
            """
            recipe: drawn
            axes:
              size: [64, 32, 48]
            nodes:
              face:  {uses: draw_face, seed: 1, size: "${size}"}
              other: {uses: draw_face, seed: 2, size: 64}
              score: {uses: compare_tensors, value: $face, baseline: $other}
            outputs:
              scores.csv: "$score[*]"

            """,
            to: "drawn.yaml"
        )
        let result = try cluster.sweep()
        #expect(result.status == 3, "\(result.stderr)")
        for size in [32, 48] {
            let line = try #require(
                result.stderr.split(separator: "\n").first { $0.hasPrefix("score[size=\(size)] failed: ") },
                "\(result.stderr)"
            )
            let log = try #require(line.firstMatch(of: /\((.*\.log)\)$/))
            #expect(FileManager.default.fileExists(atPath: String(log.output.1)))
        }
        // What could be done is there.
        #expect(try cluster.bytes(in: "out").keys.sorted() == ["scores.csv"])
    }

    @Test func whatIsWrongWithFilesIsSaidBeforeAnythingIsSubmitted() throws {
        let cluster = try Cluster()
        try cluster.test.folder.write("no picture", to: "broken.png")
        try cluster.test.edit("drawn.yaml") {
            $0.replacing(
                "outputs:",
                with:
                    "  score: {uses: compare, image: $face, baseline: broken.png}\noutputs:\n  \"${seed}.json\": $score"
            )
        }
        let result = try cluster.sweep()
        #expect(result.status == 3, "\(result.stderr)")
        #expect(result.stderr.contains("broken.png"))
        #expect(try !cluster.calls.contains { $0.hasPrefix("sbatch") })
    }

    @Test func printedScriptsRunByHand() throws {
        let cluster = try Cluster()
        let printed = try cluster.sweep("--shards 2 --print --time 90 --mem 3GiB --sbatch=--account=faces")
        #expect(printed.status == 0, "\(printed.stderr)")
        #expect(try !cluster.calls.contains { $0.hasPrefix("sbatch") })
        for option in ["--time=90", "--mem=3072M", "--account=faces", "--signal=B:USR1@60", "--requeue"] {
            #expect(printed.stdout.components(separatedBy: "#SBATCH \(option)\n").count == 3, "\(option)")
        }
        // Nodes that compute other bits refuse before the work.
        for script in ["shard.sh", "collect.sh"] {
            #expect(try cluster.test.folder.text(of: "sweep/\(script)").contains(/--numerics 'kernels [0-9]+, .+'/))
        }
        for script in ["shard.sh 2", "shard.sh 1", "collect.sh"] {
            let result = try cluster.test.shell("bash sweep/\(script)")
            #expect(result.status == 0, "\(script): \(result.stderr)")
        }
        #expect(try cluster.bytes(in: "out").count == 7)
        #expect(
            try cluster.test.folder.text(of: "sweep/logs/collect.json").components(separatedBy: "\"finished\"").count
                == 2
        )
    }

    @Test func aMachineWithoutSlurmSaysSo() throws {
        let cluster = try Cluster()
        let result = try cluster.test.shell("$PULID_RUN slurm drawn.yaml", environment: ["PATH": "/nowhere"])
        #expect(result.status == 75)
        #expect(result.stderr.contains("squeue"), "\(result.stderr)")
    }
}
