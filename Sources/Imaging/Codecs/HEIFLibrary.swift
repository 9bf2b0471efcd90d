import CHEIF
import Foundation

/// libheif, which reads AVIF and HEIC: opened when the first such picture is read, so that no one else needs it, nor waits
/// for it.
package struct HEIFLibrary: Sendable {
    let contextAlloc: heif_context_alloc
    let contextFree: heif_context_free
    let limitSide: heif_context_set_maximum_image_size_limit
    let read: heif_context_read_from_memory_without_copy
    let primaryImage: heif_context_get_primary_image_handle
    let width, height, hasAlpha: heif_image_handle_size
    /// Before the picture was cropped or turned.
    let codedWidth, codedHeight: heif_image_handle_size
    let handleRelease: heif_image_handle_release
    let optionsAlloc: heif_decoding_options_alloc
    let optionsFree: heif_decoding_options_free
    let decode: heif_decode_image
    let imageWidth, imageHeight: heif_image_size
    let plane: heif_image_get_plane_readonly
    let imageRelease: heif_image_release

    /// Nil where it is not installed, or lacks what is called here.
    package static let installed = HEIFLibrary()

    /// Where it lies: "/usr/lib/x86_64-linux-gnu/libheif.so.1".
    private static let path: String? = {
        #if arch(arm64)
            let machine = "aarch64-linux-gnu"
        #else
            let machine = "x86_64-linux-gnu"
        #endif
        let folders = ["/usr/local/lib", "/usr/lib/\(machine)", "/usr/lib64", "/usr/lib"]
        return folders.map { "\($0)/libheif.so.1" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// The file's name with its version, "libheif.so.1.15.1", without opening it; nil where it is not installed.
    static var version: String? {
        path.map { ($0 as NSString).resolvingSymlinksInPath as NSString }.map(\.lastPathComponent)
    }

    private init?() {
        guard let path = Self.path, let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
        func symbol<Function>(_ name: String, _ type: Function.Type) -> Function? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let contextAlloc = symbol("heif_context_alloc", heif_context_alloc.self),
            let contextFree = symbol("heif_context_free", heif_context_free.self),
            let limitSide = symbol(
                "heif_context_set_maximum_image_size_limit",
                heif_context_set_maximum_image_size_limit.self
            ),
            let read = symbol(
                "heif_context_read_from_memory_without_copy",
                heif_context_read_from_memory_without_copy.self
            ),
            let primaryImage = symbol(
                "heif_context_get_primary_image_handle",
                heif_context_get_primary_image_handle.self
            ),
            let width = symbol("heif_image_handle_get_width", heif_image_handle_size.self),
            let height = symbol("heif_image_handle_get_height", heif_image_handle_size.self),
            let hasAlpha = symbol("heif_image_handle_has_alpha_channel", heif_image_handle_size.self),
            let codedWidth = symbol("heif_image_handle_get_ispe_width", heif_image_handle_size.self),
            let codedHeight = symbol("heif_image_handle_get_ispe_height", heif_image_handle_size.self),
            let handleRelease = symbol("heif_image_handle_release", heif_image_handle_release.self),
            let optionsAlloc = symbol("heif_decoding_options_alloc", heif_decoding_options_alloc.self),
            let optionsFree = symbol("heif_decoding_options_free", heif_decoding_options_free.self),
            let decode = symbol("heif_decode_image", heif_decode_image.self),
            let imageWidth = symbol("heif_image_get_width", heif_image_size.self),
            let imageHeight = symbol("heif_image_get_height", heif_image_size.self),
            let plane = symbol("heif_image_get_plane_readonly", heif_image_get_plane_readonly.self),
            let imageRelease = symbol("heif_image_release", heif_image_release.self)
        else { return nil }
        self.contextAlloc = contextAlloc
        self.contextFree = contextFree
        self.limitSide = limitSide
        self.read = read
        self.primaryImage = primaryImage
        self.width = width
        self.height = height
        self.hasAlpha = hasAlpha
        self.codedWidth = codedWidth
        self.codedHeight = codedHeight
        self.handleRelease = handleRelease
        self.optionsAlloc = optionsAlloc
        self.optionsFree = optionsFree
        self.decode = decode
        self.imageWidth = imageWidth
        self.imageHeight = imageHeight
        self.plane = plane
        self.imageRelease = imageRelease
    }
}
