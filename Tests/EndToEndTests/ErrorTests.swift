import Checkpoints
import EngineTestSupport
import Foundation
import Tensors
import Testing

/// What a user sees when something is wrong, with the real nodes: the whole of stderr.
struct ErrorTests {
    @Test func aMisspeltCommandIsNotTakenForARecipe() throws {
        let test = try CommandTest()
        for result in [try test.run("paln", "recipes/seeds.yaml"), try test.run("paln")] {
            #expect(result.status == 64)
            #expect(result.stderr.contains("there is no command or recipe `paln`; did you mean `plan`?"))
        }
    }

    @Test func clearingSaysWhatIsForgotten() throws {
        let test = try CommandTest()
        try test.folder.write("nodes: {a: {uses: draw_face, seed: 1, size: 16}}\noutputs: {a.png: $a}\n", to: "a.yaml")
        #expect(try test.run("a.yaml").status == 0)
        let cleared = try test.run("cache", "clear")
        #expect(cleared.status == 0 && cleared.stderr.hasPrefix("forgot 1 result, "), "\(cleared.stderr)")
        #expect(try test.run("cache", "stats").stdout.contains("0 results"))
    }

    @Test func allMistakesOfARecipeAtOnce() throws {
        let test = try CommandTest()
        try test.folder.write(
            """
            recipe: broken
            axes:
              style: [neon]
            nodes:
              sdxl: {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $sdxl, txt: "${style}"}
              latent:
                uses: sample
                model: $sdxl
                prompt: $promt
                seed: 1
                width: 65
                sampler: dpmpp_2n
              image: {uses: decode, model: $sdxl, latent: $prompt}
            outputs:
              image.png: $image[*]

            """,
            to: "broken.yaml"
        )
        let result = try test.run("check", "broken.yaml")
        #expect(result.status == 2)
        #expect(result.stdout == "")
        #expect(
            result.stderr == """
                broken.yaml:6:47: error: `encode_prompt` has no `txt`
                6 |   prompt: {uses: encode_prompt, model: $sdxl, txt: "${style}"}
                  |                                               ^^^
                hint: did you mean `text`?

                broken.yaml:10:13: error: there is no node `promt`
                10 |     prompt: $promt
                   |             ^^^^^^
                hint: did you mean `$prompt`?

                broken.yaml:12:12: error: width is 65, which is not a multiple of 8
                12 |     width: 65
                   |            ^^
                hint: use 64 or 72

                broken.yaml:13:14: error: `sampler` of `sample` cannot be `dpmpp_2n`
                13 |     sampler: dpmpp_2n
                   |              ^^^^^^^^
                hint: did you mean `dpmpp_2m`?

                broken.yaml:14:47: error: `latent` of `decode` needs a latent, but `prompt` makes a prompt
                14 |   image: {uses: decode, model: $sdxl, latent: $prompt}
                   |                                               ^^^^^^^
                broken.yaml:6:3: note: `prompt` is declared here
                hint: did you mean `$latent`?

                broken.yaml:16:14: error: an image has no fields to make a table of
                16 |   image.png: $image[*]
                   |              ^^^^^^^^^
                hint: write a file for each: "image.png": $image

                """
        )
    }

    @Test func aWrongWeightsFileIsNamedForWhatItIs() throws {
        let test = try CommandTest()
        try FileManager.default.removeItem(atPath: test.folder("models/tiny/pulid.safetensors"))
        try test.folder.write(
            [0x50, 0x4b, 3, 4] + Array(repeating: 0, count: 60),
            to: "models/tiny/pulid.safetensors"
        )
        let result = try test.run("recipes/two-photos.yaml")
        #expect(result.status == 3)
        #expect(
            result.stderr.contains("models/tiny/pulid.safetensors: ") && result.stderr.contains("PyTorch"),
            "\(result.stderr)"
        )
    }

    /// `check` asks of models' files what a run asks, and hashes and keeps nothing.
    @Test func checkLooksAtModels() throws {
        let test = try CommandTest()
        try test.folder.write(
            """
            nodes:
              sdxl: {uses: load_sdxl, base: models/tiny/sdxl, vae: models/tiny/pulid.safetensors}
              pulid: {uses: load_pulid, weights: models/tiny/eva_clip.safetensors, eva_clip: models/tiny/eva_clip.safetensors}
              prompt: {uses: encode_prompt, model: $sdxl, text: a}
              latent: {uses: sample, model: $sdxl, prompt: $prompt, seed: 1, pulid: $pulid}

            """,
            to: "wrong.yaml"
        )
        let result = try test.run("check", "wrong.yaml")
        #expect(result.status == 3)
        #expect(result.stderr.contains("wrong.yaml:2:"), "\(result.stderr)")
        #expect(result.stderr.contains("`sdxl` failed: "), "\(result.stderr)")
        #expect(result.stderr.contains("this is PuLID v1; name it as `weights:` of load_pulid; expected a VAE"))
        #expect(result.stderr.contains("this is EVA02-CLIP; name it as `eva_clip:` of load_pulid; expected PuLID"))
        #expect(!FileManager.default.fileExists(atPath: test.folder("cache")))
        #expect(try test.run("check", "recipes/style-sweep.yaml").status == 0)
    }

    /// A latent with one value that is not a number must not become a picture, nor be kept.
    @Test func valuesThatAreNoNumbersStopTheRun() throws {
        let test = try CommandTest()
        var values = [Float](repeating: 0.5, count: 4 * 16 * 16)
        values[3] = .nan
        var writer = SafetensorsWriter()
        writer.add("latent", Tensor(values, shape: [1, 4, 16, 16]))
        try Data(writer.serialized()).write(to: URL(fileURLWithPath: test.folder("latent.safetensors")))
        try test.folder.write(
            """
            recipe: spoiled
            nodes:
              sdxl:  {uses: load_sdxl, base: models/tiny/sdxl}
              image: {uses: decode, model: $sdxl, latent: latent.safetensors}
            outputs:
              a.png: $image

            """,
            to: "spoiled.yaml"
        )
        for _ in 1...2 {
            let result = try test.run("spoiled.yaml")
            #expect(result.status == 3)
            #expect(
                result.stderr.contains("1 of the 1024 values of the latent's `latent` is infinite or no number"),
                "\(result.stderr)"
            )
            #expect(!FileManager.default.fileExists(atPath: test.folder("out/spoiled/a.png")))
        }
    }

    @Test func unknownFlagsAndFiles() throws {
        let test = try CommandTest()
        #expect(try test.run("run", "recipes/style-sweep.yaml", "--nonsense").status == 64)
        let missing = try test.run("recipes/style-swep.yaml")
        #expect(missing.status == 2)
        #expect(missing.stderr.contains("recipes/style-swep.yaml"), "\(missing.stderr)")
    }
}
