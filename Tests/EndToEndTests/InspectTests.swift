import Foundation
import Testing

/// `pulid-run inspect` as people and programs see it.
struct InspectTests {
    @Test func filesAndFolders() throws {
        let test = try CommandTest()
        try test.folder.write("{\"a\": 1", to: "bad\u{1b}name.safetensors")
        let found = try test.run("inspect", "models/tiny/pulid.safetensors", "models/tiny/face", "models/tiny/none")
        #expect(
            found.stdout == """
                models/tiny/pulid.safetensors: PuLID v1
                  format  safetensors, 1.1 MB
                  holds   124 tensors (124 F16), 566,044 numbers
                          IDEncoder: made for SDXL-Lightning
                  use     {uses: load_pulid, weights: models/tiny/pulid.safetensors, eva_clip: EVA_CLIP}
                models/tiny/face: a folder of networks that look at faces
                  format  4.0 MB
                          without aligner: detection_Resnet50_Final.pth or aligner.safetensors
                  use     {uses: load_face_models, folder: models/tiny/face}
                  detector.onnx: a face detector (insightface's SCRFD with key points)
                    format  ONNX (operators of version 11), 1.2 MB
                    holds   75 tensors (66 F32, 9 I64), 307,844 numbers
                            takes input.1 [1, 3, 640, 640]
                            gives score_8 [12800, 1], score_16 [3200, 1], score_32 [800, 1], bbox_8 [12800, 4], bbox_16 [3200, 4], bbox_32 [800, 4], kps_8 [12800, 10], kps_16 [3200, 10], kps_32 [800, 10]
                            written by pulid-run
                    use     {uses: load_face_models, folder: FOLDER, detector: models/tiny/face/detector.onnx}
                  recognizer.safetensors: a face recogniser (IResNet of ArcFace)
                    format  safetensors, 2.3 MB
                    holds   126 tensors (126 F16), 1,122,720 numbers
                    use     {uses: load_face_models, folder: FOLDER, recognizer: models/tiny/face/recognizer.safetensors}
                  parser.safetensors: a face parser (BiSeNet)
                    format  safetensors, 535.8 kB
                    holds   148 tensors (148 F16), 260,984 numbers
                    use     {uses: load_face_models, folder: FOLDER, parser: models/tiny/face/parser.safetensors}
                models/tiny/none: a file that cannot be read
                  problem  models/tiny/none: cannot be read: No such file or directory

                """
        )
        #expect(found.stderr == "" && found.status == 3)
        // Nothing of a name speaks to the terminal.
        let odd = try test.run("inspect", "bad\u{1b}name.safetensors")
        #expect(odd.stdout.hasPrefix("bad\\u001Bname.safetensors: ") && !odd.stdout.contains("\u{1b}"))
    }

    @Test func tensorsAndJSON() throws {
        let test = try CommandTest()
        let text = try test.run("inspect", "--tensors", "models/tiny/face/parser.safetensors")
        #expect(text.status == 0 && text.lines.count == 4 + 148)
        #expect(text.lines.contains("  conv_out.conv.bn.bias  F16  [32]"))
        let json = try test.run(
            "inspect",
            "--json",
            "models/tiny/pulid.safetensors",
            "models/tiny/eva_clip.safetensors"
        )
        #expect(json.status == 0 && json.lines.count == 2)
        let kinds = try json.lines.map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["kind"] as? String
        }
        #expect(kinds == ["PuLID v1", "EVA02-CLIP"])
    }
}
