import EngineTestSupport
import Foundation
import Imaging
import Testing

/// Pictures of any size as a start, and what is wrong with sizes before anything runs.
struct FittingPicturesTests {
    /// An image-to-image recipe with a photo of 250x190 as phones save them.
    private func recipe(_ change: (String) -> String = { $0 }) throws -> CommandTest {
        let test = try CommandTest()
        let ada = try Bitmap.read(path: test.folder("recipes/faces/ada.png"))
            .resized(width: 250, height: 190, by: .area)
        try test.folder.write(Array(try ada.encodedJPEG()), to: "photo.jpg")
        let text = """
            axes: {strength: [0.5, 1]}
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors}
              small:  {uses: resize, image: photo.jpg, longest: 64, multiple: 8}
              start:  {uses: encode_image, model: $sdxl, image: $small}
              prompt: {uses: encode_prompt, model: $sdxl, text: "a portrait, neon style"}
              latent:
                {uses: sample, model: $sdxl, prompt: $prompt, latent: $start, strength: "${strength}", seed: 1, steps: 1,
                 sampler: euler, guidance: 1}
              image:  {uses: decode, model: $sdxl, latent: $latent}
            outputs: {"${strength}.png": $image}

            """
        try test.folder.write(change(text), to: "start.yaml")
        return test
    }

    @Test func theSizeComesFromTheLatent() throws {
        let test = try recipe()
        let run = try test.run("start.yaml")
        #expect(run.status == 0, "\(run.stderr)")
        let picture = try Bitmap.read(path: test.folder("out/start/1.png"))
        #expect((picture.width, picture.height) == (64, 48))
    }

    @Test func whatCannotFitIsSaidBeforeAnythingRuns() throws {
        let test = try recipe {
            $0.replacing("image: $small", with: "image: photo.jpg")
                .replacing("guidance: 1}", with: "guidance: 1, width: 512}")
        }
        for command in ["run", "plan"] {
            let run = try test.run(command, "start.yaml")
            #expect(run.status == 3)
            let message = "start.yaml:5:53: error: `start` cannot run: the picture is 250x190; both sides must be"
            #expect(run.stderr.contains(message), "\(run.stderr)")
            #expect(run.stderr.contains("hint: give it through a node `{uses: resize, image: ..., multiple:"))
            #expect(!run.stderr.contains("prompt: ") && !run.stdout.contains("out/"), "\(run.stderr)")
        }
        let sized = try recipe { $0.replacing("guidance: 1}", with: "guidance: 1, width: 512}") }
        let run = try sized.run("start.yaml")
        #expect(run.status == 3)
        let message = "start.yaml:9:42: error: `latent[strength=0.5]` cannot run: width is 512, but the latent is"
        #expect(run.stderr.contains(message), "\(run.stderr)")
        #expect(run.stderr.components(separatedBy: "cannot run").count == 2, "\(run.stderr)")
        #expect(test.summary(run) == "1 ran, 0 cached, 1 failed, 6 not run, 0 written", "\(run.stderr)")
    }

    @Test func whatDoesNothingInAPromptIsSaidOnce() throws {
        let test = try recipe {
            $0.replacing(
                "text: \"a portrait, neon style\"",
                with: "text: \"a (hat:1.3) <lora:x:1> ${strength}\", negative: \"(bad:2)\""
            )
        }
        let check = try test.run("check", "start.yaml")
        #expect(check.status == 0)
        let warnings = check.stderr.split(separator: "\n").filter { $0.contains("warning") }.map(String.init)
        #expect(
            warnings == [
                "start.yaml:6:53: warning: in a prompt <lora:x:1> is read as words; name LoRAs under `loras` of load_sdxl",
                "start.yaml:6:53: warning: in a prompt (hat:1.3) weighs no more than other words; say `weighting: comfyui`",
                "start.yaml:6:101: warning: in a prompt (bad:2) weighs no more than other words; say `weighting: comfyui`",
                "start.yaml:9:32: warning: the prompt's `negative` does nothing at a guidance of 1 or less",
            ],
            "\(check.stderr)"
        )
        // Also where only some cells have it: of guidance, or of the negative prompt itself.
        try test.edit("start.yaml") {
            $0.replacing("guidance: 1", with: "guidance: \"${g}\"").replacing("axes: {", with: "axes: {g: [1, 3], ")
                .replacing("\"${strength}.png\"", with: "\"${strength}-${g}.png\"")
        }
        #expect(try doubts(test) == ["guidance of 1 or less (in 2 of 4 cells of `latent`)"])
        try test.edit("start.yaml") {
            $0.replacing("g: [1, 3]", with: "n: [\"\", dark]").replacing("guidance: \"${g}\"", with: "guidance: 1")
                .replacing("negative: \"(bad:2)\"", with: "negative: \"${n}\"").replacing("-${g}", with: "-${n}")
        }
        #expect(try doubts(test) == ["guidance of 1 or less (in 2 of 4 cells of `latent`)"])
    }

    /// By every run that uses the prompt, and by plans.
    @Test func aPromptThatIsCutIsSaidAgain() throws {
        let long = Array(repeating: "portrait", count: 120).joined(separator: " ")
        let test = try recipe { $0.replacing("a portrait, neon style", with: long) }
        for arguments in [["run", "start.yaml"], ["run", "start.yaml"], ["plan", "start.yaml"]] {
            let result = try test.finish(test.start(arguments))
            #expect(result.status == 0, "\(result.stderr)")
            let warnings = result.stderr.split(separator: "\n").filter {
                $0.hasPrefix("warning: `prompt`: the prompt is too")
            }
            #expect(warnings.count == 1, "\(arguments): \(result.stderr)")
        }
    }

    private func doubts(_ test: CommandTest) throws -> [String] {
        let check = try test.run("check", "start.yaml")
        return check.stderr.split(separator: "\n").filter { $0.contains("does nothing at a ") }
            .compactMap { $0.components(separatedBy: "does nothing at a ").last }
    }
}
