import EngineTestSupport
import Foundation
import Testing

/// `--mpi`, where OpenMPI is installed; `scripts/mpi/check.sh` does more.
struct SharedTrainingTests {
    private static let hasOpenMPI = FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")

    private static let recipe = """
        recipe: trained
        nodes:
          model:    {uses: load_sdxl, base: models/tiny/sdxl}
          pictures: {uses: make_dataset, seed: 1, size: 16}
          first:    {uses: train_vae, model: $model, pictures: $pictures, seed: 2, steps: 2, batch: 10, part: decoder}
          second:   {uses: train_vae, model: $model, pictures: $pictures, from: $first, seed: 3, steps: 2, batch: 10, part: decoder}
        outputs: {vae.safetensors: $second}
        """

    @Test(.enabled(if: hasOpenMPI)) func severalProcessesHaveTheBytesOfOne() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "trained.yaml")
        let alone = try test.run("run", "trained.yaml", "--out", "alone", "--threads", "1")
        #expect(alone.status == 0, "\(alone.stderr)")
        for count in [1, 3] {
            let together = try test.shell(
                "mpirun --allow-run-as-root --oversubscribe -n \(count) $PULID_RUN run trained.yaml --mpi --threads 1 "
                    + "--cache cache-\(count) --out out-\(count)",
                environment: ["HOME": test.folder.path]
            )
            #expect(together.status == 0, "\(together.stderr)")
            #expect(test.executed(together) == test.executed(alone), "\(together.stderr)")
            #expect(
                try test.folder.bytes(of: "out-\(count)/vae.safetensors")
                    == test.folder.bytes(of: "alone/vae.safetensors")
            )
        }
    }

    @Test(.enabled(if: !hasOpenMPI)) func withoutOpenMPIItIsSaid() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "trained.yaml")
        let result = try test.run("run", "trained.yaml", "--mpi")
        #expect(result.status == 64 && result.stderr.contains("--mpi needs OpenMPI (libmpi.so.40;"))
    }
}
