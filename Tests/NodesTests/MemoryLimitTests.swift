#if os(Linux)
    import Foundation
    import Graph
    import Nodes
    import TensorTestSupport
    import Testing

    /// What is let go of is gone: its files are mapped no more, and results are the same.
    struct MemoryLimitTests {
        /// The files below a folder that the process has mapped now.
        private func mapped(below folder: String) throws -> Set<String> {
            // Read to its end by hand: its size is said to be 0.
            let maps = try #require(fopen("/proc/self/maps", "r"))
            defer { fclose(maps) }
            var files: Set<String> = []
            var buffer = [CChar](repeating: 0, count: 8192)
            while fgets(&buffer, Int32(buffer.count), maps) != nil {
                let line = String(
                    decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
                    as: UTF8.self
                )
                if let folder = line.range(of: folder + "/") { files.insert(String(line[folder.upperBound...])) }
            }
            return files
        }

        private func render(_ folder: ModelFolder, limit: Int) throws -> (
            image: Graph.ArtifactRecord, mapped: [Set<String>]
        ) {
            let runner = NodeRunner(residents: Residents(MemoryBudget(limit: limit)))
            let model: SDXLModel = try runner.run("load_sdxl", ["base": .string(folder.path)])
            var files: [Set<String>] = []
            let prompt: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("portrait of a woman")],
                inputs: ["model": model]
            )
            files.append(try mapped(below: folder.path))
            let latent: LatentArtifact = try runner.run(
                "sample",
                ["seed": .integer(3), "width": .integer(64), "height": .integer(64), "steps": .integer(1)],
                inputs: ["model": model, "prompt": prompt]
            )
            files.append(try mapped(below: folder.path))
            let image: ImageArtifact = try runner.run("decode", inputs: ["model": model, "latent": latent])
            files.append(try mapped(below: folder.path))
            return (image.record, files)
        }

        @Test func filesAreUnmappedAndResultsAreTheSame() throws {
            let folder = try ModelFolder(copying: goldenFolder + "/sdxl")
            let text: Set = ["text_encoder/model.safetensors", "text_encoder_2/model.safetensors"]
            let unet: Set = ["unet/diffusion_pytorch_model.safetensors"]
            let vae: Set = ["vae/diffusion_pytorch_model.safetensors"]
            let all = try render(folder, limit: .max)
            #expect(all.mapped == [text, text.union(unet), text.union(unet).union(vae)])
            let one = try render(folder, limit: 1)
            // The weights that LoRAs share are used last, those of the second text encoder after the first's.
            #expect(one.mapped == [["text_encoder_2/model.safetensors"], unet, vae])
            #expect(one.image == all.image)
        }
    }
#endif
