import Graph
import Testing
import Workflows

/// Workflows of ComfyUI as recipes, word by word.
struct WorkflowImportTests {
    private func draft(_ json: String, folder: String = ".") throws -> RecipeDraft {
        let workflow = try #require(Workflow(try Value.parsed(json: Array(json.utf8))))
        return try WorkflowImport.recipe(of: workflow, name: "made", folder: folder)
    }

    /// As the API takes it: a checkpoint, a LoRA, PuLID with a photo, a sampler.
    private static let api = #"""
        {"3": {"class_type": "KSampler", "inputs": {"seed": 42, "steps": 4, "cfg": 1.2, "sampler_name": "dpmpp_2m",
           "scheduler": "sgm_uniform", "denoise": 1, "model": ["33", 0], "positive": ["22", 0], "negative": ["23", 0],
           "latent_image": ["5", 0]}},
         "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl\\base.safetensors"}},
         "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 768, "height": 1024, "batch_size": 1}},
         "6": {"class_type": "LoraLoader", "inputs": {"lora_name": "style.safetensors", "strength_model": 0.8,
           "strength_clip": 0.5, "model": ["4", 0], "clip": ["4", 1]}},
         "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
         "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "faces/%date%ada", "images": ["8", 0]}},
         "12": {"class_type": "LoadImage", "inputs": {"image": "ada.png"}},
         "16": {"class_type": "PulidModelLoader", "inputs": {"pulid_file": "pulid_v1.safetensors"}},
         "17": {"class_type": "PulidInsightFaceLoader", "inputs": {"provider": "CPU"}},
         "19": {"class_type": "PulidEvaClipLoader", "inputs": {}},
         "22": {"class_type": "CLIPTextEncode", "inputs": {"text": "portrait, $5 (hat:1.3)", "clip": ["6", 1]}},
         "23": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["6", 1]}},
         "33": {"class_type": "ApplyPulid", "inputs": {"method": "fidelity", "weight": 0.8, "start_at": 0, "end_at": 1,
           "model": ["6", 0], "pulid": ["16", 0], "eva_clip": ["19", 0], "face_analysis": ["17", 0], "image": ["12", 0]}}}
        """#

    @Test func theAPIsForm() throws {
        let draft = try draft(Self.api, folder: "comfy")
        #expect(
            draft.text == """
                recipe: made
                params:
                  lora: comfy/models/loras/style.safetensors
                  base: comfy/models/checkpoints/sdxl/base.safetensors
                  prompt: "portrait, $$5 (hat:1.3)"
                  negative: blurry
                  pulid: comfy/models/pulid/pulid_v1.safetensors
                  eva_clip: comfy/models/pulid/EVA02_CLIP_L_336_psz14_s6B.pt
                  photo: comfy/input/ada.png
                  faces: comfy/models/insightface/models/antelopev2
                  id_scale: 0.8
                  seed: 42
                nodes:
                  sdxl:
                    uses: load_sdxl
                    base: "${base}"
                    loras: [{file: "${lora}", scale: 0.8, text_scale: 0.5}]
                  prompt:
                    uses: encode_prompt
                    model: $sdxl
                    text: "${prompt}"
                    negative: "${negative}"
                    weighting: comfyui
                    overflow: chunks
                  pulid:
                    uses: load_pulid
                    weights: "${pulid}"
                    eva_clip: "${eva_clip}"
                  faces:
                    uses: load_face_models
                    folder: "${faces}"
                  face:
                    uses: load_face
                    image: "${photo}"
                    models: $faces
                  identity:
                    uses: encode_id
                    face: $face
                    pulid: $pulid
                  latent:
                    uses: sample
                    model: $sdxl
                    prompt: $prompt
                    pulid: $pulid
                    identity: $identity
                    mode: fidelity
                    id_scale: "${id_scale}"
                    start_at: 0.0
                    end_at: 1.0
                    seed: "${seed}"
                    steps: 4
                    sampler: dpmpp_2m
                    schedule: sgm_uniform
                    guidance: 1.2
                    width: 768
                    height: 1024
                  image:
                    uses: decode
                    model: $sdxl
                    latent: $latent
                outputs:
                  "faces/ada.png": $image

                """
        )
        #expect(
            draft.remarks == [
                "PuLID_ComfyUI fetches EVA-CLIP by itself: put it at comfy/models/pulid/EVA02_CLIP_L_336_psz14_s6B.pt, or "
                    + "name it with --set eva_clip=",
                "facexlib's detection_Resnet50_Final.pth and parsing_bisenet.pth belong beside insightface's files in "
                    + "comfy/models/insightface/models/antelopev2, or --set faces= names a folder with all of them",
            ]
        )
    }

    /// The same two nodes as the interface saves them: settings without names, links in a list of their own.
    @Test func theInterfacesForm() throws {
        let draft = try draft(
            #"""
            {"nodes": [
              {"id": 1, "type": "CheckpointLoaderSimple", "mode": 0, "widgets_values": ["base.safetensors"]},
              {"id": 2, "type": "CLIPTextEncode", "inputs": [{"name": "clip", "link": 1}], "widgets_values": ["a face"]},
              {"id": 3, "type": "EmptyLatentImage", "widgets_values": [512, 640, 4]},
              {"id": 4, "type": "KSampler", "inputs": [{"name": "model", "link": 2}, {"name": "positive", "link": 3},
                 {"name": "latent_image", "link": 4}, {"name": "seed", "link": 9, "widget": {"name": "seed"}}],
               "widgets_values": [0, "fixed", 20, 7, "lms", "karras", 1]},
              {"id": 5, "type": "Reroute", "inputs": [{"name": "", "link": 5}]},
              {"id": 6, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 6}, {"name": "vae", "link": 7}]},
              {"id": 7, "type": "SaveImage", "inputs": [{"name": "images", "link": 8}], "widgets_values": ["../../x"]},
              {"id": 8, "type": "PrimitiveNode", "widgets_values": [77, "fixed"]},
              {"id": 9, "type": "FreeU_V2", "mode": 4, "inputs": [{"name": "model", "link": 10}], "widgets_values": [1]},
              {"id": 10, "type": "UpscaleModelLoader", "widgets_values": ["4x.pth"]}],
             "links": [[1, 1, 1, 2, 0, "CLIP"], [2, 9, 0, 4, 0, "MODEL"], [3, 2, 0, 4, 1, "CONDITIONING"],
              [4, 3, 0, 4, 3, "LATENT"], [5, 4, 0, 5, 0, "*"], [6, 5, 0, 6, 0, "LATENT"], [7, 1, 2, 6, 1, "VAE"],
              [8, 6, 0, 7, 0, "IMAGE"], [9, 8, 0, 4, 4, "INT"], [10, 1, 0, 9, 0, "MODEL"]],
             "version": 0.4, "extra": {"is_changed": [NaN]}}
            """#
        )
        #expect(draft.text.contains("  seed: 77\n"))
        #expect(
            draft.text.contains(
                "    sampler: dpmpp_2m\n    schedule: karras\n    guidance: 7.0\n    width: 512\n    height: 640\n"
            )
        )
        #expect(draft.text.hasSuffix("outputs:\n  \"x.png\": $image\n"))
        #expect(
            draft.remarks == [
                "KSampler (4): there is no sampler_name lms here, and dpmpp_2m in its place gives another picture",
                "EmptyLatentImage (3): of a batch of 4 pictures the first; the others have noise that no seed gives, so sweep "
                    + "over seeds instead",
                "UpscaleModelLoader (10): no picture that is saved rests on it in a way that recipes know",
            ]
        )
    }

    @Test func pictureToPictureAndPartsOfSteps() throws {
        let draft = try draft(
            #"""
            {"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "b.safetensors"}},
             "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a", "clip": ["1", 1]}},
             "3": {"class_type": "LoadImage", "inputs": {"image": "in.png [input]"}},
             "4": {"class_type": "ImageScale", "inputs": {"image": ["3", 0], "width": 512}},
             "5": {"class_type": "VAEEncode", "inputs": {"pixels": ["4", 0], "vae": ["1", 2]}},
             "6": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 10, "cfg": 5, "sampler_name": "lcm",
               "scheduler": "karras", "denoise": 0.5, "model": ["1", 0], "positive": ["2", 0], "latent_image": ["5", 0]}},
             "7": {"class_type": "KSamplerAdvanced", "inputs": {"noise_seed": 2, "steps": 20, "cfg": 5, "sampler_name": "euler",
               "scheduler": "normal", "start_at_step": 10, "end_at_step": 10000, "add_noise": "disable", "model": ["1", 0],
               "positive": ["2", 0], "latent_image": ["6", 0]}}}
            """#
        )
        #expect(draft.text.contains("  start:\n    uses: encode_image\n    model: $sdxl\n    image: $photo\n"))
        #expect(
            draft.text.contains(
                "    steps: 20\n    sampler: lcm\n    schedule: lcm\n    guidance: 5.0\n    strength: 0.5\n"
            )
        )
        #expect(draft.text.contains("    file: \"${photo}\"\n") && draft.text.contains("  photo: input/in.png\n"))
        #expect(
            draft.remarks.contains("KSamplerAdvanced (7): all of its 20 steps are run, not those from 10 to 10000")
                && draft.remarks.contains("ImageScale (4): the picture passes it unchanged"),
            "\(draft.remarks)"
        )
    }

    @Test func severalPeople() throws {
        let applied = Self.api.replacing("[\"33\", 0]", with: "[\"34\", 0]").dropLast(1)
        let draft = try draft(
            applied + #"""
                , "34": {"class_type": "ApplyPulidAdvanced", "inputs": {"weight": -0.5, "projection": "ortho", "fidelity": 16,
                  "noise": 0.1, "start_at": 0.2, "end_at": 0.9, "model": ["33", 0], "pulid": ["16", 0], "eva_clip": ["19", 0],
                  "face_analysis": ["17", 0], "image": ["35", 0], "attn_mask": ["36", 0]}},
                "35": {"class_type": "ImageBatch", "inputs": {"image1": ["12", 0], "image2": ["37", 0]}},
                "36": {"class_type": "LoadImageMask", "inputs": {"image": "mask.png"}},
                "37": {"class_type": "LoadImage", "inputs": {"image": "ben.png"}}}
                """#
        )
        #expect(draft.text.contains("    identity: [$placed, $placed-2]\n"))
        #expect(draft.text.contains("    face: [$face, $face-2]\n    pulid: $pulid\n    fuse: mean\n"))
        #expect(
            draft.text.contains("    ortho: v1\n    num_zero: 16\n    id_scale: \"${id_scale-2}\"\n    start_at: 0.2\n")
        )
        #expect(
            draft.remarks.contains("ApplyPulidAdvanced (34): weight is -0.5, which recipes do not take: 0.0")
                && draft.remarks.contains("ApplyPulidAdvanced (34): its noise, which no seed decides, is left out")
        )
    }

    @Test func picturesThatANetworkEnlarges() throws {
        let draft = try draft(
            #"""
            {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
             "2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "4x.pth"}},
             "3": {"class_type": "ImageUpscaleWithModel", "inputs": {"image": ["1", 0], "upscale_model": ["2", 0]}},
             "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "large"}}}
            """#
        )
        #expect(
            draft.text == """
                recipe: made
                params:
                  photo: input/a.png
                  upscaler: models/upscale_models/4x.pth
                nodes:
                  photo:
                    uses: load_image
                    file: "${photo}"
                  upscaled:
                    uses: upscale
                    image: $photo
                    model: "${upscaler}"
                outputs:
                  "large.png": $upscaled

                """
        )
        #expect(draft.remarks == [])
        // A picture that is made of itself is none.
        #expect(throws: ImportError.self) {
            try self.draft(
                #"""
                {"3": {"class_type": "ImageUpscaleWithModel", "inputs": {"image": ["3", 0]}},
                 "5": {"class_type": "ImageScale", "inputs": {"image": ["5", 0]}},
                 "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
                 "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}}}
                """#
            )
        }
    }

    @Test func circlesEnd() throws {
        let draft = try draft(
            #"""
            {"1": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "latent_image": ["3", 0], "positive": ["4", 0]}},
             "2": {"class_type": "LoraLoader", "inputs": {"lora_name": "a.safetensors", "model": ["2", 0]}},
             "3": {"class_type": "LatentUpscale", "inputs": {"samples": ["1", 0]}},
             "4": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["4", 0]}}}
            """#
        )
        #expect(draft.text.contains("uses: sample"))
        #expect(!draft.remarks.isEmpty)
    }

    @Test func whatIsNoWorkflow() throws {
        #expect(Workflow(.map(["recipe": .string("a")])) == nil)
        #expect(Workflow(.list([])) == nil)
        #expect(throws: ImportError.noSampler(["LoadImage"])) {
            try draft(#"{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}"#)
        }
    }

    @Test func parametersOfTheWebUI() throws {
        let parameters = try #require(
            GenerationParameters(
                """
                portrait of a woman, (hat:1.2) <lora:style:0.7>
                second line
                Negative prompt: blurry, [bad]
                Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 123, Size: 832x1216, Model hash: abc, Model: juggernaut, ENSD: 31337, Lora hashes: "style: 1, b: 2", Version: v1.6.0
                """
            )
        )
        let draft = parameters.recipe(name: "made", folder: ".")
        #expect(
            draft.text == """
                recipe: made
                params:
                  base: models/Stable-diffusion/juggernaut.safetensors
                  lora: models/Lora/style.safetensors
                  prompt: "portrait of a woman, (hat:1.2)\\nsecond line"
                  negative: "blurry, [bad]"
                  seed: 123
                nodes:
                  sdxl:
                    uses: load_sdxl
                    base: "${base}"
                    loras: [{file: "${lora}", scale: 0.7}]
                  prompt:
                    uses: encode_prompt
                    model: $sdxl
                    text: "${prompt}"
                    negative: "${negative}"
                    weighting: comfyui
                    overflow: chunks
                  latent:
                    uses: sample
                    model: $sdxl
                    prompt: $prompt
                    seed: "${seed}"
                    steps: 20
                    sampler: dpmpp_2m
                    schedule: karras
                    guidance: 7.0
                    width: 832
                    height: 1216
                  image:
                    uses: decode
                    model: $sdxl
                    latent: $latent
                outputs:
                  "picture.png": $image

                """
        )
        #expect(
            draft.remarks == [
                "the web UI takes its noise from the GPU unless it says RNG: CPU; the same seed is another picture here",
                "[word] is text here, where the web UI weighs or changes it", "ENSD: 31337 is left out",
            ]
        )
        #expect(draft.files.map(\.param) == ["base", "lora"])
        let vae = GenerationParameters("a <lora:x:1> <lora:y:1>\nSteps: 20, Sampler: Euler, VAE: a$b.pt")?.recipe(
            name: "a",
            folder: "."
        )
        #expect(
            vae?.files.map { "\($0.param)=\($0.path)" } == [
                "base=models/Stable-diffusion/model.safetensors", "lora=models/Lora/x.safetensors",
                "lora-2=models/Lora/y.safetensors", "vae=models/VAE/a$b.pt",
            ]
        )
        let skipping = GenerationParameters("a\nSteps: 20, Sampler: Euler, Clip skip: 2")?.recipe(
            name: "a",
            folder: "."
        )
        #expect(skipping?.remarks.contains { $0.hasPrefix("Clip skip 2: SDXL's own layer is taken") } == true)
        #expect(GenerationParameters("no settings") == nil)
        #expect(GenerationParameters("Steps: 1, Sampler: \"open, Size: 8x8, Seed: -1") != nil)
    }
}
