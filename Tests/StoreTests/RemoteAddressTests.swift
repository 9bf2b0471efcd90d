import Store
import Testing

@Suite struct RemoteAddressTests {
    @Test(arguments: [
        ("http://cache:8080", RemoteAddress.server("http://cache:8080")),
        ("https://user:secret@cache/team/", .server("https://user:secret@cache/team")),
        ("file:///srv/a%20b", .folder("/srv/a b")), ("/srv/share", .folder("/srv/share")),
        ("share", .folder("/here/share")),
    ]) func whatIsMeant(text: String, address: RemoteAddress) throws {
        #expect(try RemoteAddress(text, directory: "/here") == address)
    }

    @Test(arguments: ["", "s3://bucket", "http://", "http://cache/?x=1", "file://share", "http:// /"])
    func whatCannotBe(text: String) {
        #expect(throws: RemoteSettingsError.self) { try RemoteAddress(text, directory: "/here") }
    }
}
