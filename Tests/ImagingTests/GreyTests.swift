import Imaging
import Testing

@Suite struct GreyTests {
    @Test func greyUsesRec601() {
        let grey = Bitmap(width: 1, height: 1, pixels: [200, 100, 50]).grey()
        #expect(grey[0, 0] == RGB(124, 124, 124))  // 59.8 + 58.7 + 5.7 = 124.2
        #expect(Bitmap(FloatImage(width: 1, height: 1, pixels: [-1, .nan, 7]))[0, 0] == RGB(0, 0, 255))
    }
}
