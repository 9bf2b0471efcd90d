import Checkpoints
import EngineTestSupport
import Foundation
import Testing

/// What must hold for every render, whatever the weights.
struct RenderTests {
    private let recipe = """
        recipe: strengths
        axes:
          seed: [1, 2]
        params: {id_scale: 1}
        nodes:
          sdxl:     {uses: load_sdxl, base: models/tiny/sdxl}
          pulid:    {uses: load_pulid, weights: models/tiny/pulid.safetensors, eva_clip: models/tiny/eva_clip.safetensors}
          faces:    {uses: load_face_models, folder: models/tiny/face}
          face:     {uses: load_face, image: recipes/faces/ada.png, models: $faces, crop: whole}
          identity: {uses: encode_id, face: $face, pulid: $pulid}
          prompt:   {uses: encode_prompt, model: $sdxl, text: portrait, negative: blurry}
          plain:    {uses: sample, model: $sdxl, prompt: $prompt, seed: "${seed}", width: 64, height: 64}
          zero:     {uses: sample, model: $sdxl, prompt: $prompt, identity: $identity, pulid: $pulid, id_scale: 0, seed: "${seed}", width: 64, height: 64}
          one:      {uses: sample, model: $sdxl, prompt: $prompt, identity: $identity, pulid: $pulid, id_scale: "${id_scale}", seed: "${seed}", width: 64, height: 64}
          image:    {uses: decode, model: $sdxl, latent: $one}
        outputs:
          "plain-${seed}.safetensors": $plain
          "zero-${seed}.safetensors": $zero
          "one-${seed}.safetensors": $one
          "one-${seed}.png": $image
          "identity.safetensors": $identity
          "face.safetensors": $face
          "prompt.safetensors": $prompt
          "image-${seed}.npy": $image

        """

    @Test func scaleZeroIsNoIdentityAndScaleOneIsAnother() throws {
        let test = try CommandTest()
        try test.folder.write(recipe, to: "strengths.yaml")
        let result = try test.run("strengths.yaml")
        #expect(result.status == 0, "\(result.stderr)")
        for seed in 1...2 {
            let plain = try test.folder.bytes(of: "out/strengths/plain-\(seed).safetensors")
            #expect(try test.folder.bytes(of: "out/strengths/zero-\(seed).safetensors") == plain)
            #expect(try test.folder.bytes(of: "out/strengths/one-\(seed).safetensors") != plain)
        }
    }

    /// `--exact` has its own results, close to the usual ones, and neither is taken for the other.
    @Test func exactIsAClassOfItsOwn() throws {
        let test = try CommandTest()
        try test.folder.write(recipe, to: "strengths.yaml")
        let usual = try test.run("strengths.yaml", "--out", "usual")
        let exact = try test.run("strengths.yaml", "--exact", "--out", "exact")
        #expect(usual.status == 0 && exact.status == 0, "\(usual.stderr)\(exact.stderr)")
        // Nodes without convolutions are not run again.
        let nodes = Set(test.executed(exact).map { String($0.prefix { $0 != "[" }) })
        #expect(nodes == ["face", "identity", "plain", "zero", "one", "image"], "identity, as the face is another")
        #expect(test.executed(try test.run("strengths.yaml", "--exact", "--out", "exact")) == [])
        #expect(test.executed(try test.run("strengths.yaml", "--out", "usual")) == [])

        let pictures = try ["usual", "exact"].map { folder in
            try test.folder.bytes(of: "\(folder)/image-1.npy").dropFirst(128).withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
        }
        let differ = pictures[0] != pictures[1]
        #expect(differ)
        #expect(zip(pictures[0], pictures[1]).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func sameBitsFromOneAndTwoThreads() throws {
        let test = try CommandTest()
        try test.folder.write(recipe, to: "strengths.yaml")
        for threads in ["1", "2"] {
            let result = try test.run(
                "strengths.yaml",
                "--threads",
                threads,
                "--cache",
                "cache-\(threads)",
                "--out",
                "out-\(threads)"
            )
            #expect(result.status == 0, "\(result.stderr)")
        }
        let files = try test.folder.files(under: "out-1")
        #expect(files.count == 13)
        for file in files {
            #expect(try test.folder.bytes(of: "out-1/\(file)") == test.folder.bytes(of: "out-2/\(file)"), "\(file)")
        }
    }

    /// The names and shapes that other programs read (contract).
    @Test func filesHaveTheLayoutOfTheContract() throws {
        let test = try CommandTest()
        try test.folder.write(recipe, to: "strengths.yaml")
        #expect(try test.run("strengths.yaml").status == 0)
        func shapes(_ name: String) throws -> [String: [Int]] {
            let file = try SafetensorsFile(path: test.folder("out/strengths/\(name).safetensors"))
            return Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0.shape) })
        }
        #expect(try shapes("plain-1") == ["latent": [1, 4, 16, 16]])
        #expect(try shapes("identity") == ["id": [1, 10, 112], "uncond": [1, 10, 112]])
        #expect(
            try shapes("prompt") == [
                "embeds": [1, 77, 112], "pooled": [1, 64], "negative_embeds": [1, 77, 112],
                "negative_pooled": [1, 64],
            ]
        )
        #expect(
            try shapes("face") == [
                "box": [4], "landmarks": [5, 2], "recognition": [512], "aligned": [1, 3, 512, 512],
                "features": [1, 3, 512, 512],
            ]
        )
        let npy = try test.folder.bytes(of: "out/strengths/image-1.npy")
        #expect(npy.starts(with: [0x93] + Array("NUMPY".utf8)))
        #expect(npy.count == 128 + 3 * 64 * 64 * 4)
    }

    @Test func interruptedRunsKeepWhatIsFinished() throws {
        let test = try CommandTest()
        try test.edit("recipes/seeds.yaml") {
            $0.replacing("{from: 1, to: 6}", with: "{from: 1, to: 400}").replacing("steps: 8", with: "steps: 50")
        }
        let running = try test.start(["recipes/seeds.yaml"])
        // Until some latents are done.
        var seen = ""
        while !seen.contains("latent[sampler=dpmpp_2m seed=2]"), running.process.isRunning {
            seen += String(decoding: running.errors.fileHandleForReading.availableData, as: UTF8.self)
        }
        running.process.interrupt()
        let result = try test.finish(running)
        #expect(result.status == 130, "\(seen) \(result.stderr)")
        let plan = try test.run("plan", "recipes/seeds.yaml")
        let cached = plan.lines.first { $0.hasPrefix("latent ") }?.split(separator: " ")[2]
        #expect((cached.flatMap { Int($0) } ?? 0) >= 2, "\(plan.stdout)")
        let leftovers = try test.folder.files().filter { $0.hasPrefix("out/") && $0.contains("tmp") }
        #expect(leftovers == [])
    }
}
