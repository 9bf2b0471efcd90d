import CCurl
import Foundation

/// libcurl, which knows HTTP, TLS, proxies and slow names: opened for the first request, so that runs without a server neither
/// need nor load it.
struct CurlLibrary: @unchecked Sendable {
    let easyInit: curl_easy_init
    let easyReset: curl_easy_reset
    let easyCleanup: curl_easy_cleanup
    let easyPerform: curl_easy_perform
    let easyError: curl_easy_strerror
    let listAppend: curl_slist_append
    let listFree: curl_slist_free_all
    /// Variadic: called by `curl_set_number` and its like.
    let setopt, getinfo: UnsafeRawPointer

    /// nil where it is not installed.
    static let installed = CurlLibrary()

    private init?() {
        let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else { return nil }
        func symbol<Function>(_ name: String, _ type: Function.Type) -> Function? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let globalInit = symbol("curl_global_init", curl_global_init.self),
            let easyInit = symbol("curl_easy_init", curl_easy_init.self),
            let easyReset = symbol("curl_easy_reset", curl_easy_reset.self),
            let easyCleanup = symbol("curl_easy_cleanup", curl_easy_cleanup.self),
            let easyPerform = symbol("curl_easy_perform", curl_easy_perform.self),
            let easyError = symbol("curl_easy_strerror", curl_easy_strerror.self),
            let listAppend = symbol("curl_slist_append", curl_slist_append.self),
            let listFree = symbol("curl_slist_free_all", curl_slist_free_all.self),
            let setopt = dlsym(library, "curl_easy_setopt"), let getinfo = dlsym(library, "curl_easy_getinfo"),
            globalInit(Int(CURL_GLOBAL_DEFAULT)) == 0
        else { return nil }
        (self.easyInit, self.easyReset, self.easyCleanup) = (easyInit, easyReset, easyCleanup)
        (self.easyPerform, self.easyError) = (easyPerform, easyError)
        (self.listAppend, self.listFree) = (listAppend, listFree)
        (self.setopt, self.getinfo) = (UnsafeRawPointer(setopt), UnsafeRawPointer(getinfo))
    }
}
