import Foundation

/// Whole renders with an identity, by the program that users have.
struct RenderCases {
    let program: String
    /// As `scripts/full_size_models.py` or `pulid-run init` makes it.
    let models: URL
    let size: PictureSize
    let precision: ProductPrecision
    let scratch: URL

    var all: [BenchmarkCase] { [render, start] }

    private var render: BenchmarkCase {
        BenchmarkCase(
            group: .render,
            name: "PuLID render, \(size.pixels)x\(size.pixels), 4 steps, guidance 1.2",
            task: size.isFull
                ? [
                    "kind": "render", "model": .string(models.appendingPathComponent("sdxl").path),
                    "pixels": .int(size.pixels), "steps": 4,
                ] : nil,
            inFloat32: { try rendering(in: .f32) },
            setUp: { try rendering(in: precision) }
        )
    }

    private func rendering(in precision: ProductPrecision) throws -> () throws -> BenchmarkCase.Outcome {
        let run = try productRun(steps: 4, in: precision)
        return {
            let result = try run()
            return .init(seconds: result.seconds, peak: result.peak)
        }
    }

    /// With the prompt and the identity in the cache: what is left is to load the UNet. The first step begins one step
    /// before its end.
    private var start: BenchmarkCase {
        BenchmarkCase(
            group: .startup,
            name: "from process start to the first sampling step, \(size.pixels)x\(size.pixels)",
            inFloat32: { try starting(in: .f32) },
            setUp: { try starting(in: precision) }
        )
    }

    private func starting(in precision: ProductPrecision) throws -> () throws -> BenchmarkCase.Outcome {
        let run = try productRun(steps: 2, in: precision, forced: "latent")
        return {
            let result = try run()
            let steps = result.lines.filter { $0.text.contains("\"progress\"") && $0.text.contains("latent") }
            guard let first = steps.first, let second = steps.dropFirst().first else {
                throw ProductRunError.failed(arguments: [program], lines: ["no progress was reported"])
            }
            return .init(seconds: max(0, 2 * first.at - second.at), peak: result.peak)
        }
    }

    private func productRun(steps: Int, in precision: ProductPrecision, forced: String? = nil) throws -> ProductRun {
        let folder = scratch.appendingPathComponent("render-\(size.rawValue)-\(steps)-\(precision.rawValue)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let recipe = folder.appendingPathComponent("render.yaml")
        try text(steps: steps, in: precision).write(to: recipe, atomically: true, encoding: .utf8)
        return ProductRun(program: program, recipe: recipe, folder: folder, forced: forced)
    }

    private func text(steps: Int, in precision: ProductPrecision) -> String {
        func file(_ full: String, _ tiny: String) -> String {
            models.appendingPathComponent(size.isFull ? full : tiny).path
        }
        return """
            recipe: render
            nodes:
              photo:    {uses: draw_face, seed: 1, size: 512}
              sdxl:     {uses: load_sdxl, base: \(file("sdxl", "sdxl")), precision: \(precision.rawValue)}
              pulid:
                uses: load_pulid
                weights: \(file("pulid_v1.bin", "pulid.safetensors"))
                eva_clip: \(file("EVA02_CLIP_L_336_psz14_s6B.pt", "eva_clip.safetensors"))
                precision: \(precision.rawValue)
              faces:    {uses: load_face_models, folder: \(file("face", "face"))}
              face:     {uses: load_face, image: $photo, models: $faces, crop: whole}
              identity: {uses: encode_id, face: $face, pulid: $pulid}
              prompt:   {uses: encode_prompt, model: $sdxl, text: portrait, negative: blurry}
              latent:
                uses: sample
                model: $sdxl
                prompt: $prompt
                identity: $identity
                pulid: $pulid
                seed: 1
                steps: \(steps)
                guidance: 1.2
                width: \(size.pixels)
                height: \(size.pixels)
              image: {uses: decode, model: $sdxl, latent: $latent}
            outputs:
              render.png: $image
            """
    }
}
