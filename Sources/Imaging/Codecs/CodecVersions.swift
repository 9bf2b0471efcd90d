import CTurboJPEG
import CWebP

/// The libraries whose rounding is in what they read: those of formats that lose something.
public enum CodecVersions {
    /// "libjpeg-turbo 2.1.5, libwebp 1.2.4, libheif.so.1.15.1", the last where it is installed. The first says its version when this program is compiled alone.
    public static let lossy: String = {
        let webp = WebPGetDecoderVersion()
        let jpeg = libjpeg_turbo_version()
        return "libjpeg-turbo \(jpeg / 1_000_000).\(jpeg / 1000 % 1000).\(jpeg % 1000), "
            + "libwebp \(webp >> 16).\(webp >> 8 & 255).\(webp & 255)"
            + (HEIFLibrary.version.map { ", \($0)" } ?? "")
    }()
}
