import EngineTestSupport
import Testing

/// `--set precision=bf16` and `int8` of the recipes that come with the program.
@Suite struct PrecisionTests {
    @Test(arguments: ["style-sweep", "compare-strength", "two-photos", "two-people", "seeds", "regression"])
    func planSaysIt(recipe: String) throws {
        let test = try CommandTest()
        let usual = try test.run("plan", "recipes/\(recipe).yaml")
        #expect(!usual.stdout.contains("precision"))
        for precision in ["bf16", "int8"] {
            let rounded = try test.run("plan", "recipes/\(recipe).yaml", "--set", "precision=\(precision)")
            #expect(
                rounded.lines.filter { $0.contains("precision") } == [
                    "sdxl: precision \(precision)", "pulid: precision \(precision)",
                ]
            )
        }
    }

    /// What `auto` became on this machine, as doctor says it.
    @Test func planSaysWhatAutoIs() throws {
        let test = try CommandTest()
        let here = try test.run("doctor").stdout.contains("auto is bf16") ? "bf16" : "f32"
        let plan = try test.run("plan", "recipes/seeds.yaml", "--set", "precision=auto")
        #expect(
            plan.lines.filter { $0.contains("precision") } == [
                "sdxl: precision \(here) (auto)", "pulid: precision \(here) (auto)",
            ]
        )
    }

    /// A model's precision changes what uses it, and other instructions change nothing.
    @Test func onlyWhatUsesTheModel() throws {
        let test = try CommandTest()
        func ran(_ options: String) throws -> [String] {
            let only = "--only latent --set 'seed=[1]' --set 'sampler=[euler]'"
            let result = try test.shell("$PULID_RUN recipes/seeds.yaml \(only) \(options)")
            #expect(result.status == 0, "\(result.stderr)")
            return test.executed(result).map { $0.split(separator: "[").first.map(String.init) ?? $0 }.sorted()
        }
        #expect(try ran("") == ["face", "face.image", "identity", "latent", "prompt"])
        // The face is what it was.
        #expect(try ran("--set precision=bf16") == ["identity", "latent", "prompt"])
        #expect(try ran("--set precision=bf16 --kernels portable") == [])
        // Identities are encoded in bf16 where the UNet computes in int8.
        #expect(try ran("--set precision=int8") == ["latent", "prompt"])
        #expect(try ran("--set precision=int8 --kernels portable") == [])
        #expect(try ran("--set precision=f32") == [])
        let unknown = try test.run("recipes/seeds.yaml", "--kernels", "neon")
        #expect(unknown.status == 64 && unknown.stderr.contains("this processor has"))
    }
}
