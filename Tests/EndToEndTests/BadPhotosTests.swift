import EngineTestSupport
import Foundation
import Imaging
import Testing

/// One bad photo among many costs its row, and no more.
struct BadPhotosTests {
    /// Six photos with faces; a sheet for each, and one of all.
    private func photos() throws -> CommandTest {
        let test = try CommandTest()
        for number in 1...6 {
            let source = ["ada", "ada-2", "ben"][number % 3]
            try test.folder.write(try test.folder.bytes(of: "recipes/faces/\(source).png"), to: "photos/\(number).png")
        }
        try test.folder.write(
            """
            params: {on_no_face: error}
            axes:
              photo: {files: "photos/*.png"}
              style: [photo, neon]
            nodes:
              sdxl:     {uses: load_sdxl, base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors}
              pulid:    {uses: load_pulid, weights: models/tiny/pulid.safetensors, eva_clip: models/tiny/eva_clip.safetensors}
              faces:    {uses: load_face_models, folder: models/tiny/face}
              face:     {uses: load_face, image: "${photo}", models: $faces, on_no_face: "${on_no_face}"}
              identity: {uses: encode_id, face: $face, pulid: $pulid}
              prompt:   {uses: encode_prompt, model: $sdxl, text: "a portrait, ${style} style"}
              latent:
                {uses: sample, model: $sdxl, prompt: $prompt, identity: $identity, pulid: $pulid, seed: 1, sampler: euler,
                 steps: 1, guidance: 1, width: 64, height: 64}
              image:    {uses: decode, model: $sdxl, latent: $latent}
              score:    {uses: compare, image: $image, face: $face, models: $faces}
              sheet:    {uses: contact_sheet, images: "$image[style=*]", columns: style}
              all:      {uses: contact_sheet, images: "$image[*]", rows: photo, columns: style}
            outputs:
              "${photo.stem}.png": $sheet
              all.png: $all
              scores.csv: $score[style=neon, photo=*]

            """,
            to: "many.yaml"
        )
        return test
    }

    /// Rows of the table that have scores, and those that are there.
    private func rows(_ test: CommandTest) throws -> (filled: Int, all: Int) {
        let rows = try test.folder.text(of: "out/many/scores.csv").split(separator: "\r\n").dropFirst()
        return (rows.count { !$0.hasSuffix(",,,,,,,") }, rows.count)
    }

    private func sheets(_ test: CommandTest) throws -> [String] {
        try test.folder.files().filter { $0.hasPrefix("out/many/") && $0.hasSuffix(".png") }.sorted()
    }

    @Test func aBrokenFileWithKeepGoing() throws {
        let test = try photos()
        try test.folder.write("no picture", to: "photos/4b.png")
        let stopped = try test.run("many.yaml")
        #expect(stopped.status == 3)
        #expect(stopped.stderr.contains("many.yaml:9:38: error: `face.image[photo=photos/4b.png]` failed"))
        #expect(stopped.stderr.contains("hint: --keep-going runs what does not rest on a failure\n"))
        #expect(try sheets(test) == [])

        let run = try test.run("many.yaml", "--keep-going")
        #expect(run.status == 3, "\(run.stderr)")
        #expect(try rows(test) == (6, 7))
        #expect(try sheets(test) == (["1", "2", "3", "4", "5", "6", "all"].map { "out/many/\($0).png" }))
        let withBlank = try Bitmap.read(path: test.folder("out/many/all.png"))

        // Mended, its row is there.
        try test.folder.write(try test.folder.bytes(of: "photos/1.png"), to: "photos/4b.png")
        let mended = try test.run("many.yaml")
        #expect(mended.status == 0, "\(mended.stderr)")
        #expect(try rows(test) == (7, 7))
        let whole = try Bitmap.read(path: test.folder("out/many/all.png"))
        #expect((whole.width, whole.height) == (withBlank.width, withBlank.height))
        #expect(whole.pixels != withBlank.pixels)
    }

    @Test func aPhotoWithoutAFaceIsSkipped() throws {
        let test = try photos()
        try test.folder.write(
            try Array(Bitmap(width: 96, height: 96, pixels: Array(repeating: 90, count: 3 * 96 * 96)).encodedPNG()),
            to: "photos/wall.png"
        )
        let refused = try test.run("many.yaml")
        #expect(refused.status == 3)
        #expect(refused.stderr.contains("no face was found in this picture of 96x96"))

        let run = try test.run("many.yaml", "--set", "on_no_face=skip")
        #expect(run.status == 0, "\(run.stderr)")
        #expect(
            run.stderr.contains(
                "warning: `face[photo=photos/wall.png]`: no face was found; what rests on it is skipped\n"
            )
        )
        #expect(test.summary(run).contains("7 skipped"), "\(run.stderr)")
        #expect(try rows(test) == (6, 7))
        #expect(try sheets(test) == (["1", "2", "3", "4", "5", "6", "all"].map { "out/many/\($0).png" }))

        let again = try test.run("many.yaml", "--set", "on_no_face=skip")
        #expect(again.status == 0 && test.summary(again).hasPrefix("0 ran"), "\(again.stderr)")
        #expect(again.stderr.contains("no face was found; what rests on it is skipped"))
    }
}
