import Imaging
import Models

/// The steps from a photo to what PuLID is shown, on one labelled page: the photo with the detectors' findings on the
/// left, four pictures of the face on the right, and what the colours mean below.
struct FaceSheet {
    let photo: Bitmap
    /// SCRFD's and RetinaFace's faces, in pixels of `photo`.
    let detected, alignable: [FaceDetection]
    var recognized: Bitmap?
    var aligned: Bitmap?
    /// Of each pixel of `aligned`.
    var labels: [UInt8] = []
    var features: FloatImage?

    private static let side = 384
    private static let gap = 16
    private static let margin = 20
    private static let captionHeight = 28
    private static let lineHeight = 26
    private static let ink = RGB(48, 48, 56)
    private static let frame = RGB(222, 222, 226)
    private static let scrfd = Color(hex: 0xF26B1D)
    private static let retinaFace = Color(hex: 0x1E6FE0)
    /// Pixels on each side of what EVA02-CLIP-L sees.
    private static let towerSide = 336

    init(photo: Bitmap, detected: [FaceDetection], alignable: [FaceDetection]) {
        self.photo = photo
        self.detected = detected
        self.alignable = alignable
    }

    func render() -> Bitmap {
        let (side, gap, margin) = (Self.side, Self.gap, Self.margin)
        // 1. The photo as tall as both rows, or as wide as that.
        let room = 2 * side + gap + Self.captionHeight
        let zoom = min(Double(room) / Double(photo.height), Double(room) / Double(photo.width))
        let found = drawnPhoto(zoom: zoom)
        let column = margin + found.width + gap
        let width = column + 2 * side + gap + margin
        let legend = legendLines(width: width - 2 * margin)
        var page = Bitmap(
            width: width,
            height: 2 * margin + Self.captionHeight + room + gap + legend.count * Self.lineHeight
        )
        let top = margin + Self.captionHeight
        page.draw(caption, x: margin, y: margin, scale: 2, color: Self.ink)
        page.paste(found, x: margin, y: top + (room - found.height) / 2)

        // 2. The face, four times.
        let panels: [(String, Bitmap?)] = [
            (recognized.map { "recogniser, \($0.width)x\($0.height)" } ?? "recogniser", recognized.map(fitted)),
            ("aligned, 512x512", aligned.map(fitted)),
            ("parser's labels", colouredLabels.map(fitted)),
            ("features, \(Self.towerSide)x\(Self.towerSide)", towerPicture.map(fitted)),
        ]
        for (index, (name, picture)) in panels.enumerated() {
            let x = column + index % 2 * (side + gap)
            let y = margin + index / 2 * (side + gap + Self.captionHeight)
            page.draw(name, x: x, y: y, scale: 2, color: Self.ink)
            page.fill(x: x, y: y + Self.captionHeight, width: side, height: side, with: Self.frame)
            let inner = picture ?? Bitmap(width: side - 2, height: side - 2)
            page.paste(inner, x: x + (side - inner.width) / 2, y: y + Self.captionHeight + (side - inner.height) / 2)
        }

        // 3. What the colours mean.
        for (line, entries) in legend.enumerated() {
            let y = top + room + gap + line * Self.lineHeight
            for entry in entries {
                page.fill(x: margin + entry.x, y: y, width: 18, height: 18, with: entry.colour)
                page.draw(entry.name, x: margin + entry.x + 24, y: y, scale: 2, color: Self.ink)
            }
        }
        return page
    }

    private var caption: String {
        let size = "\(photo.width)x\(photo.height)"
        if aligned == nil { return "photo, \(size): no face" }
        return detected.isEmpty && alignable.isEmpty ? "photo, \(size): an aligned face" : "photo, \(size)"
    }

    // MARK: - The photo

    /// Boxes, points and scores of both detectors, the better faces over the others.
    private func drawnPhoto(zoom: Double) -> Bitmap {
        let width = max(1, Int(Double(photo.width) * zoom)), height = max(1, Int(Double(photo.height) * zoom))
        var canvas = Canvas(FloatImage(photo).resized(width: width, height: height, by: .bilinear))
        for (faces, colour) in [(alignable, Self.retinaFace), (detected, Self.scrfd)] {
            for face in faces.reversed() {
                let box = place(face.box, zoom)
                let frame = Path.rectangle(x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1])
                canvas.stroke(frame, width: 3, with: .color(colour), closed: true)
                for point in face.landmarks {
                    let x = place([point.x, point.y], zoom)
                    let center = Point(x[0], x[1])
                    canvas.fill(.ellipse(center: center, radiusX: 6, radiusY: 6), with: .color(.white))
                    canvas.fill(.ellipse(center: center, radiusX: 4.5, radiusY: 4.5), with: .color(colour))
                }
            }
        }
        var drawn = Bitmap(canvas.image)
        for (faces, colour, isAbove) in [(alignable, Self.retinaFace, false), (detected, Self.scrfd, true)] {
            for face in faces.reversed() {
                drawn.draw(score: face.score, of: place(face.box, zoom), isAbove: isAbove, in: colour.bytes)
            }
        }
        return drawn
    }

    /// Places in the drawn photo. What a network says may be far outside, or no number.
    private func place(_ pixels: [Float], _ zoom: Double) -> [Double] {
        pixels.map { $0.isNaN ? 0 : Double(min(max($0, -2000), 4000)) * zoom }
    }

    // MARK: - The face

    private func fitted(_ picture: Bitmap) -> Bitmap {
        let side = Self.side - 2
        // Few pixels are shown as such.
        let zoom = side / max(picture.width, picture.height)
        if zoom >= 2 { return picture.enlarged(by: zoom) }
        return picture.resizedLinearly(width: side, height: side)
    }

    private var towerPicture: Bitmap? {
        features.map { Bitmap($0.resized(width: Self.towerSide, height: Self.towerSide, by: .bicubic)) }
    }

    private var colouredLabels: Bitmap? {
        guard let aligned, labels.count == aligned.width * aligned.height else { return nil }
        return Bitmap(
            width: aligned.width,
            height: aligned.height,
            pixels: labels.flatMap { label -> [UInt8] in
                let colour = Self.colour(of: label)
                return [colour.r, colour.g, colour.b]
            }
        )
    }

    /// Far apart for labels that touch: the golden ratio around the wheel, in two shades. The background is pale.
    private static func colour(of label: UInt8) -> RGB {
        if label == 0 { return RGB(240, 240, 242) }
        let hue = (Float(label) * 0.618034).truncatingRemainder(dividingBy: 1)
        return Color(hue: hue, saturation: label % 2 == 0 ? 0.75 : 0.5, value: label % 3 == 0 ? 0.7 : 0.92).bytes
    }

    // MARK: - What the colours mean

    /// The detectors that found a face and the labels that are there, in lines of at most `width` pixels.
    private func legendLines(width: Int) -> [[(name: String, colour: RGB, x: Int)]] {
        var entries: [(name: String, colour: RGB)] = []
        if !detected.isEmpty { entries.append(("SCRFD", Self.scrfd.bytes)) }
        if !alignable.isEmpty { entries.append(("RetinaFace", Self.retinaFace.bytes)) }
        for label in Set(labels).sorted() {
            let name = FaceParsing.names.indices.contains(Int(label)) ? FaceParsing.names[Int(label)] : "\(label)"
            entries.append((name, Self.colour(of: label)))
        }
        var lines: [[(name: String, colour: RGB, x: Int)]] = []
        var x = Int.max
        for (name, colour) in entries {
            let extent = 24 + BitmapFont.width(of: name, scale: 2)
            if x > width - extent {
                lines.append([])
                x = 0
            }
            lines[lines.count - 1].append((name, colour, x))
            x += extent + 20
        }
        return lines
    }
}

extension Color {
    fileprivate var bytes: RGB {
        func byte(_ value: Float) -> UInt8 { UInt8((min(max(value, 0), 1) * 255).rounded()) }
        return RGB(byte(r), byte(g), byte(b))
    }
}

extension Bitmap {
    /// Each pixel as a square.
    fileprivate func enlarged(by zoom: Int) -> Bitmap {
        var result = Bitmap(width: width * zoom, height: height * zoom)
        for y in 0..<height {
            for x in 0..<width {
                result.fill(x: x * zoom, y: y * zoom, width: zoom, height: zoom, with: self[x, y])
            }
        }
        return result
    }

    /// A score on a tab at the upper or lower left corner of a box, as far as that is in the picture.
    fileprivate mutating func draw(score: Float, of box: [Double], isAbove: Bool, in colour: RGB) {
        let hundredths = Int((min(max(score, 0), 1) * 100).rounded())
        let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        let (tabWidth, tabHeight) = (BitmapFont.width(of: text, scale: 2) + 10, 22)
        func inside(_ position: Double, _ limit: Int) -> Int { Int(min(max(position, 0), Double(max(0, limit)))) }
        let x = inside(box[0] - 1, width - tabWidth)
        let y = inside(isAbove ? box[1] - Double(tabHeight) : box[3], height - tabHeight)
        fill(x: x, y: y, width: tabWidth, height: tabHeight, with: colour)
        draw(text, x: x + 5, y: y + 3, scale: 2, color: .white)
    }
}
