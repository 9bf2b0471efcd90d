import CCrypto
import Foundation

/// Signs traces, and tells those that were signed by somebody who may (Ed25519, keys in PEM files as `openssl` makes them).
/// A value needs no signature, since its name is its digest; that a key gave this value has to be believed, or signed.
public struct TraceSignatures: Sendable {
    /// Signs; nil where traces are sent without.
    private let own: SigningKey?
    /// nil where everything is accepted.
    private let trusted: [VerifyingKey]?

    /// No signatures are made or asked for.
    public init() { (own, trusted) = (nil, nil) }

    /// - Parameters:
    ///   - privateKey: a file with one private key.
    ///   - publicKeys: a file with the public keys of all who are believed; nobody else is.
    /// - Throws: `RemoteSettingsError`.
    public init(privateKey: String?, publicKeys: String?) throws {
        own = try privateKey.map { try SigningKey(file: $0) }
        trusted = try publicKeys.map { try VerifyingKey.all(in: $0) }
    }

    /// By `PULID_REMOTE_SIGNING_KEY` and `PULID_REMOTE_PUBLIC_KEYS`.
    /// - Throws: `RemoteSettingsError`.
    public init(environment: [String: String]) throws {
        func file(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        try self.init(privateKey: file(Self.privateKeyVariable), publicKeys: file(Self.publicKeysVariable))
    }

    public var areDemanded: Bool { trusted != nil }
    public var canSign: Bool { own != nil }

    /// In front of what is signed, so that no signature of something else is one of a trace.
    private static let purpose = "pulid-run trace\n"
    private static let name = "ed25519 "

    /// A line to follow a trace; nothing where there is no key.
    func line(for text: String) -> String {
        guard let signature = own?.sign(Array((Self.purpose + text).utf8)) else { return "" }
        return Self.name + Data(signature).base64EncodedString() + "\n"
    }

    func accept(_ text: String, signed lines: [String]) -> Bool {
        guard let trusted else { return true }
        let message = Array((Self.purpose + text).utf8)
        return lines.prefix(8).contains { line in
            guard line.hasPrefix(Self.name),
                let signature = Data(base64Encoded: String(line.dropFirst(Self.name.count)))
            else { return false }
            return trusted.contains { $0.verifies([UInt8](signature), of: message) }
        }
    }

    static let privateKeyVariable = "PULID_REMOTE_SIGNING_KEY"
    static let publicKeysVariable = "PULID_REMOTE_PUBLIC_KEYS"
}

/// libcrypto's form of a key; nobody changes it once it is read.
private final class Key: @unchecked Sendable {
    let pointer: OpaquePointer

    /// nil where it is none of Ed25519.
    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
        if EVP_PKEY_get_base_id(pointer) != EVP_PKEY_ED25519 { return nil }
    }

    deinit { EVP_PKEY_free(pointer) }

    /// - Parameter body: given the file's text, to read keys from one after the other.
    static func read<Result>(_ path: String, _ variable: String, _ body: (OpaquePointer) -> Result) throws -> Result {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw RemoteSettingsError.key(variable: variable, path: path, reason: "it cannot be read")
        }
        return try text.withUnsafeBytes { bytes in
            guard bytes.count < 1 << 20, let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
                throw RemoteSettingsError.key(variable: variable, path: path, reason: "it is no file of keys")
            }
            defer {
                BIO_free(source)
                ERR_clear_error()
            }
            return body(source)
        }
    }
}

private struct SigningKey: Sendable {
    private let key: Key

    init(file path: String) throws {
        let variable = TraceSignatures.privateKeyVariable
        // A key behind a password is none: nobody is there to type it.
        let found = try Key.read(path, variable) { Key(PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil)) }
        guard let found else {
            let reason = "it holds no Ed25519 private key (openssl genpkey -algorithm ed25519 makes one)"
            throw RemoteSettingsError.key(variable: variable, path: path, reason: reason)
        }
        key = found
    }

    func sign(_ message: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == signature.count
        else { return nil }
        return signature
    }
}

private struct VerifyingKey: Sendable {
    private let key: Key

    static func all(in path: String) throws -> [VerifyingKey] {
        let variable = TraceSignatures.publicKeysVariable
        let keys = try Key.read(path, variable) { source in
            var keys: [VerifyingKey] = []
            while let pointer = PEM_read_bio_PUBKEY(source, nil, nil, nil) {
                if let key = Key(pointer) { keys.append(VerifyingKey(key: key)) }
            }
            return keys
        }
        guard !keys.isEmpty else {
            let reason = "it holds no Ed25519 public key (openssl pkey -in KEY -pubout gives one)"
            throw RemoteSettingsError.key(variable: variable, path: path, reason: reason)
        }
        return keys
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
